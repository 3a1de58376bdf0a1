"""Turn objects, as the tenant has them, into the files that they would be made for.

What `remote_form` leaves out, because it says nothing, is said here again: readers take whole
bodies. Whatever else somebody changed by hand stays, for a reader to account for or to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from aipol.remote import REF, Json, Mark, Unusable, Wanted, marked, references
from aipol_targets.intune.graph import NAMESPACE, canonical, typed
from aipol_targets.intune.remote_form import TYPE
from aipol_targets.intune.remote_kinds import ACTIONS, CONFIGURATIONS, KINDS
from aipol_targets.intune.remote_wanted import ASSIGN, BINDINGS

_SCRIPTED, _SCRIPT_ID = "deviceCompliancePolicyScript", "deviceComplianceScriptId"
_SCRIPTS = "deviceComplianceScripts"
_PART = "/script"  # a script's key is its policy's, and this
_TAGS: Mapping[str, Json] = MappingProxyType({"roleScopeTagIds": ["0"]})
_SCRIPT: Mapping[str, Json] = MappingProxyType(
    {**_TAGS, "enforceSignatureCheck": False, "runAs32Bit": False}
)
_ACTION: Mapping[str, Json] = MappingProxyType(
    {"notificationMessageCCList": [], "notificationTemplateId": ""}
)
_RULE: Mapping[str, Json] = MappingProxyType({"ruleName": "PasswordRequired"})
# Types that Graph leaves out, by the property below which nothing else can stand.
_INNER: Mapping[str, str] = MappingProxyType(
    {
        "choiceSettingValue": "deviceManagementConfigurationChoiceSettingValue",
        "settings": "deviceManagementConfigurationSetting",
    }
)


def artifacts(objects: Iterable[Wanted]) -> dict[str, bytes]:
    """The files of objects; what is for nobody, or sets nothing, is left out. Raises Unusable."""
    every = [each for each in objects if _does_something(each)]
    used = {key for each in every for key in references(each.body)}
    found = [each for each in every if each.kind != _SCRIPTS or each.key in used]
    paths = {each.key: _path(each) for each in found}
    files: dict[str, Json] = {}
    bindings: list[Json] = []
    for each in found:
        body = _restored(each)
        bindings += _bound(each, body, paths)
        files[paths[each.key]] = body
        if KINDS[each.kind].assigned:
            assigned = {"assignments": each.body.get("assignments", [])}
            files[f"{paths[each.key].removesuffix('.json')}{ASSIGN}"] = assigned
    if bindings:
        files[BINDINGS] = {"bindings": sorted(bindings, key=lambda each: str(each["object"]))}
    return {path: canonical(files[path]) for path in sorted(files)}


def _does_something(each: Wanted) -> bool:
    kind = KINDS[each.kind]
    if kind.assigned and not each.body.get("assignments"):
        return False
    return not kind.settings or bool(each.body["object"].get("settings"))


def _path(each: Wanted) -> str:
    """`windows/x.beta.deviceComplianceScript.json`, by the key and the type."""
    name = each.key.partition("/")[2]
    if each.kind == _SCRIPTS:
        return f"{name.removesuffix(_PART)}.beta.deviceComplianceScript.json"
    if each.kind == "configurationPolicies":
        return f"{name}.beta.deviceManagementConfigurationPolicy.json"
    body = each.body["object"]
    kind = str(body.get(TYPE, "")).removeprefix(NAMESPACE)
    if not kind:
        raise Unusable(f"`{each.name}` does not say of which type it is")
    return f"{name}.{'beta.' if body.get(_SCRIPTED) else ''}{kind}.json"


def _bound(each: Wanted, body: dict[str, Any], paths: Mapping[str, str]) -> Iterator[Json]:
    """What ties a policy to its script, whose id goes: files do not know it."""
    script = body.get(_SCRIPTED)
    reference = script.get(_SCRIPT_ID) if isinstance(script, dict) else None
    if not (isinstance(script, dict) and isinstance(reference, dict)):
        return
    key = reference[REF]
    if key not in paths:
        raise Unusable(f"`{each.name}` refers to {key}, which is not there")
    body[_SCRIPTED] = {name: value for name, value in script.items() if name != _SCRIPT_ID}
    place = f"{_SCRIPTED}.{_SCRIPT_ID}"
    yield {"idOf": paths[key], "object": paths[each.key], "property": place}


def _restored(each: Wanted) -> dict[str, Any]:
    """A body as files have it."""
    body = dict(each.body["object"])
    body["description"] = marked(str(body.get("description", "")), Mark(each.key))
    match each.kind:
        case kind if kind == _SCRIPTS:
            return typed("deviceComplianceScript") | {**_SCRIPT, **body}
        case "configurationPolicies":
            body.pop(TYPE, None)
            return {**_TAGS, **_typed_within(body)}
        case "deviceCompliancePolicies":
            tags = _TAGS if body.get(_SCRIPTED) else {}
            actions = [_rule(rule) for rule in body.get(ACTIONS, ())]
            return {**tags, **body, ACTIONS: actions}
        case _:
            return body


def _rule(rule: Json) -> Json:
    if not isinstance(rule, dict):
        return rule
    configured = rule.get(CONFIGURATIONS, [])
    return {**_RULE, **rule, CONFIGURATIONS: [{**_ACTION, **action} for action in configured]}


def _typed_within(value: Json, name: str = "") -> Json:
    """The same, with the types that Graph leaves out."""
    if isinstance(value, list):
        return [_typed_within(each, name) for each in value]
    if not isinstance(value, dict):
        return value
    found = {inner: _typed_within(each, inner) for inner, each in value.items()}
    return typed(_INNER[name]) | found if name in _INNER else found
