"""What Intune checks and does for one type of policy alone, when it is made or changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aipol_targets.standins.graph.errors import bad
from aipol_targets.standins.graph.resources import CATALOG, COMPLIANCE, CUSTOM, SCRIPTS, World
from aipol_targets.standins.graph.rules import check_rules
from aipol_targets.standins.graph.store import Stored
from aipol_targets.standins.graph.validate import INVALID

_NO_TEMPLATE = "00000000-0000-0000-0000-000000000000"  # as exported compliance policies have it
_NOTIFY = frozenset({"notification", "pushNotification"})
_SCRIPT = "deviceCompliancePolicyScript"
# PATCH sets these; settings need a PUT (deploymenttheory/terraform-provider-microsoft365 7e461231
# settings_catalog_configuration_policy_json/crud.go). That others are refused is unverified.
_PATCHED = frozenset({"name", "description", "roleScopeTagIds"})


def made(world: World, segment: str, stored: Stored, sent: dict[str, Any]) -> None:
    """Check and complete what was made; raising takes it back."""
    match segment:
        case _ if segment == COMPLIANCE:
            stored.actions = block_action(world, sent.get("scheduledActionsForRule"))
            _script(world, stored)
        case _ if segment == CATALOG:
            _named(stored.body)
            stored.settings = _settings(world, sent.get("settings"))
        case _ if segment == CUSTOM:
            _no_references(stored.body)
        case _:
            pass


def changed(world: World, segment: str, stored: Stored, sent: dict[str, Any]) -> None:
    """Check what a PATCH made of an object."""
    match segment:
        case _ if segment == COMPLIANCE:
            _script(world, stored)
        case _ if segment == CATALOG:
            _named(stored.body)
            fixed = sorted(name for name in set(sent) - _PATCHED if not name.startswith("@"))
            if fixed:
                raise bad(f"'{fixed[0]}' of a policy cannot be changed by PATCH", INVALID)
        case _ if segment == CUSTOM:
            _no_references(sent)
        case _:
            pass


def deleting(world: World, segment: str, stored: Stored) -> None:
    """Refuse to delete what is in use: a script that a compliance policy runs.

    MicrosoftDocs/memdocs create-custom-script.md (2025-09-04); the status is unverified.
    """
    if segment == SCRIPTS and any(_runs(each) == stored.id for each in _policies(world)):
        raise bad(f"The script {stored.id} is used by a compliance policy and cannot be deleted")


def block_action(world: World, rules: object) -> list[dict[str, Any]]:
    """Give the actions of the one rule: one of them blocks (microsoft-graph-docs#7746)."""
    listed = rules if isinstance(rules, list) else []
    actions = listed[0].get("scheduledActionConfigurations") if len(listed) == 1 else None
    kept = [_action(world, each) for each in actions or ()]
    if sum(each["actionType"] == "block" for each in kept) != 1:
        raise bad("Compliance policy must have one and only one block scheduled action")
    return sorted(kept, key=lambda each: str(each["id"]))


def _action(world: World, sent: dict[str, Any]) -> dict[str, Any]:
    template = sent.get("notificationTemplateId") or _NO_TEMPLATE
    kind = sent.get("actionType", "noAction")
    if kind in _NOTIFY and template == _NO_TEMPLATE:
        raise bad(f"The action {kind} needs a notificationTemplateId")
    return {
        **sent,
        "id": world.store.new_id(),
        "actionType": kind,
        "notificationTemplateId": template,
    }


def _policies(world: World) -> Iterator[Stored]:
    yield from world.store.collections.get(COMPLIANCE, {}).values()


def _runs(policy: Stored) -> str:
    return str((policy.body.get(_SCRIPT) or {}).get("deviceComplianceScriptId") or "")


def _script(world: World, policy: Stored) -> None:
    """Check the custom part: a script that exists and no other policy runs, and its rules.

    One script per policy and one policy per script: create-custom-script.md (2025-09-04). That the
    service refuses a second one, or an unknown one, is unverified.
    """
    given = policy.body.get(_SCRIPT)
    if given is None:
        return
    script = _runs(policy)
    if world.store.held(SCRIPTS, script) is None:
        raise bad(f"The compliance script '{script}' does not exist")
    if any(_runs(each) == script for each in _policies(world) if each is not policy):
        raise bad(f"The compliance script {script} is used by another policy")
    if not given.get("rulesContent"):
        raise bad("The rules of custom compliance are not valid: jsonFileMissing")
    check_rules(given["rulesContent"])


def _named(body: dict[str, Any]) -> None:
    if not body.get("name"):
        raise bad("A policy needs a name", INVALID)


def _settings(world: World, sent: object) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = sent if isinstance(sent, list) else []
    for each in listed:
        _known(world, each["settingInstance"])
    # In nobody's order: by something that has nothing to do with how they were sent.
    order = world.store.derived_id
    ordered = sorted(listed, key=lambda each: order(each["settingInstance"]["settingDefinitionId"]))
    return [{**each, "id": str(number)} for number, each in enumerate(ordered)]


def _known(world: World, instance: dict[str, Any]) -> None:
    known = world.tenant.definitions
    if known is None:
        return
    key = instance["settingDefinitionId"]
    if key not in known:
        raise bad(f"The setting definition '{key}' does not exist")
    chosen = instance.get("choiceSettingValue") or {}
    if known[key] and chosen and chosen.get("value") not in known[key]:
        raise bad(f"'{chosen.get('value')}' is no option of the setting '{key}'")
    for child in chosen.get("children") or ():
        _known(world, child)


def _no_references(body: dict[str, Any]) -> None:
    """Refuse a custom setting that was read back and sent again (IntuneBackupAndRestore#39)."""
    for each in body.get("omaSettings") or ():
        if each.get("secretReferenceValueId"):
            raise bad("SecretReferenceValueId invalid for create.", "NotSupported")


def put(world: World, stored: Stored, sent: dict[str, Any]) -> None:
    """Replace a settings catalog policy as a whole."""
    _named(stored.body)
    stored.settings = _settings(world, sent.get("settings"))
