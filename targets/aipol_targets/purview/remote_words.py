"""Write the parts of policies and rules, as a tenant has them, in the words that aipol uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aipol.remote import Json
from aipol_targets.purview.remote_canonical import canonical_condition
from aipol_targets.purview.remote_canonical import location as named
from aipol_targets.purview.remote_kinds import COPILOT

# In the order in which they are written.
_KEYS = (
    *("Version", "Condition", "Operator", "SubConditions", "ConditionName", "Value", "groups"),
    *("name", "type", "labels", "sensitivetypes", "id", "mincount", "maxcount", "confidencelevel"),
)
_VALUES = (
    *("And", "Or", "Not", "Default", "ContentContainsSensitiveInformation", "Sensitivity"),
    *("Low", "Medium", "High", "Block", "Audit", "ExcludeContentProcessing", "UploadText"),
    *("CopilotExperiences", "Application", "Applications", "Group", "Tenant"),
)
_ORDER = {name.lower(): place for place, name in enumerate(_KEYS)}
_KEY = {name.lower(): name for name in _KEYS}
_VALUE = {name.lower(): name for name in _VALUES}
_COUNTS = ("mincount", "maxcount")
_EVERYBODY = {"Type": "Tenant", "Identity": "All"}


def spelled(value: str) -> str:
    """A word in the case in which aipol writes it; any other as it is."""
    return _VALUE.get(value.lower(), value)


def location(entry: Json) -> Json:
    """A location of a policy; what is none stays as it is."""
    if not isinstance(entry, Mapping):
        return entry
    where, people = named(entry)
    workload, _, place = where.partition("/")
    found: dict[str, Any] = {"Workload": spelled(workload), "Location": place}
    if place != COPILOT:
        title = entry.get("LocationDisplayName") or place
        found |= {"LocationDisplayName": title, "LocationSource": "Entra"}
        found |= {"LocationType": "Individual"}
    found["Inclusions"] = [_person(each) for each in people["inclusions"]]
    if people["exclusions"]:
        found["Exclusions"] = [_person(each) for each in people["exclusions"]]
    return found


def _person(text: str) -> dict[str, str]:
    kind, _, identity = text.partition("|")
    person = {"Type": spelled(kind), "Identity": identity}
    return _EVERYBODY if person == {**_EVERYBODY, "Identity": "all"} else person


def condition(value: Json, names: Mapping[str, str]) -> Json:
    """A rule's condition; `names` are those of information types, by their ids."""
    return _worded(canonical_condition(value), names)


def restrictions(value: Json) -> Json:
    """What a rule does, each as a setting and its value."""
    return [_restriction(one) for one in canonical_condition(value)]


def _restriction(value: Json) -> Json:
    match value:
        case {"setting": str(setting), "value": [str(action)], **more} if not more:
            return {"setting": spelled(setting), "value": spelled(action)}
        case other:
            return other


def _worded(value: Json, names: Mapping[str, str]) -> Json:
    if isinstance(value, list):
        return [_worded(each, names) for each in value]
    if not isinstance(value, Mapping):
        return spelled(str(value))
    told = _titled(dict(value), names)
    ordered = sorted(told, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
    return {_KEY.get(name, name): _part(name, told[name], names) for name in ordered}


def _titled(entry: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A label by its id, which is its name here, and an information type with its name."""
    if "id" not in entry or "name" in entry:
        return entry
    if entry.get("type") == "sensitivity":
        return {"name": entry.pop("id"), **entry}
    return {"name": names.get(str(entry["id"]), str(entry["id"])), **entry}


def _part(name: str, value: Json, names: Mapping[str, str]) -> Json:
    if name == "name" and isinstance(value, str):
        return value if value.lower() != "default" else "Default"
    if name in _COUNTS and str(value).lstrip("-").isdecimal():
        return int(value)
    written = _worded(value, names)
    if name == "sensitivetypes" and all(isinstance(each, dict) for each in written):
        return sorted(written, key=lambda each: (str(each.get("name")), str(each.get("id"))))
    return written
