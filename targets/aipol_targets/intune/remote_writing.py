"""Make the bodies of the requests that bring an object to what is wanted of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aipol.remote import Json, Refused, Write, marked
from aipol_targets.intune.remote_canonical import canonical
from aipol_targets.intune.remote_form import DEFAULTS, TYPE
from aipol_targets.intune.remote_kinds import ACTIONS, Kind

# nicolonsky/ModernWorkplaceConcierge#86: how a secret reads back.
_MASK = "****"
# A fixed word that every public importer sends (microsoft/mggraph-intune-samples
# CompliancePolicy_Import_FromJSON.ps1 @f83a7be3); that it reads back as null is from published
# exports (standins/graph/README.md), read 2026-11-29.
_RULE = "PasswordRequired"


def made(kind: Kind, write: Write) -> dict[str, Any]:
    """The body that creates an object, or replaces one as a whole."""
    found = dict(write.body["object"])
    if any(_is_masked(each) for each in found.get("omaSettings", ())):
        raise Refused("a secret value reads back masked, and cannot be written again")
    found["description"] = marked(str(found.get("description", "")), write.mark)
    if kind.scheduled:
        found[ACTIONS] = _actions(found.get(ACTIONS, ()))
    return found


def changed(kind: Kind, write: Write, now: Json) -> dict[str, Any]:
    """The body of PATCH: what is wanted, and nothing where somebody set what is not."""
    found = made(kind, write)
    found.pop(ACTIONS, None)
    before, after = canonical(now)["object"], canonical(write.body)["object"]
    for name in before.keys() - after.keys() - {TYPE, ACTIONS, "description"}:
        found[name] = _nothing(name, before[name])
    return found


def actions(write: Write) -> dict[str, Any]:
    """The body of `scheduleActionsForRules`, which replaces the actions."""
    given = write.body["object"].get(ACTIONS, ())
    return {"deviceComplianceScheduledActionForRules": _actions(given)}


def assigned(write: Write) -> dict[str, Any]:
    """The body of `assign`, which replaces all assignments."""
    return {"assignments": write.body.get("assignments", [])}


def groups(body: Json) -> Iterator[str]:
    """The ids of the groups that an object is assigned to, or kept from."""
    for each in body.get("assignments", ()):
        if group := each.get("target", {}).get("groupId"):
            yield group


def _actions(rules: Any) -> list[Any]:
    return [{**each, "ruleName": each.get("ruleName") or _RULE} for each in rules]


def _is_masked(setting: Any) -> bool:
    return bool(setting.get("isEncrypted")) or setting.get("value") == _MASK


def _nothing(name: str, value: Json) -> Json:
    if name in DEFAULTS:
        return DEFAULTS[name]
    if isinstance(value, bool):
        return False
    return [] if isinstance(value, list) else None
