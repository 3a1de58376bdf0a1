"""Read DLP policies: in which mode, on which plane, for which app and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aipol_targets.purview.read_index import Index
from aipol_targets.purview.read_json import (
    Place,
    check_mark,
    items,
    mapping,
    mark_of,
    parse,
    same,
    text,
)
from aipol_targets.purview.remote_form import policy_mark

POLICIES = "policies.json"

_KEYS = frozenset({"Name", "Comment", "Mode", "EnforcementPlanes", "Locations"})
_MODES = ("Enable", "TestWithNotifications", "TestWithoutNotifications")
_PLANES = {"copilot": "CopilotExperiences", "application": "Application"}
_TENANT = {"Type": "Tenant", "Identity": "All"}
_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """A policy; `include` None means everybody in the tenant."""

    name: str
    id: str
    mode: str
    app: str
    include: frozenset[str] | None
    exclude: frozenset[str]

    def applies(self, identity: frozenset[str]) -> bool:
        """Whether a person in these groups is in scope: included, and not excluded."""
        mine = {each.lower() for each in identity}
        return not (mine & self.exclude) and (self.include is None or bool(mine & self.include))


def read_policies(content: bytes, index: Index) -> tuple[ReadPolicy, ...]:
    """The policies; each is one of the index, and the other way round."""
    place = Place(POLICIES)
    whole = parse(content, place)
    if not isinstance(whole, list):
        place.refuse("not an array")
    found = tuple(_policy(value, place.at(n), index) for n, value in enumerate(whole))
    # Purview compares names without regard to case: aipol's names are in lower case.
    names = [policy.name for policy in found]
    if len(set(names)) < len(names) or set(names) != set(index.policies):
        place.refuse("not the policies of the index, each once")
    if len({policy.id for policy in found}) < len(found):
        place.refuse("two policies share a mark")
    return found


def _policy(value: Any, place: Place, index: Index) -> ReadPolicy:
    entry = mapping(value, place, _KEYS)
    name = text(entry["Name"], place.at("Name"))
    if len(name) > _NAME_LENGTH or name != name.lower() or name not in index.policies:
        place.at("Name").refuse("too long, or not a policy of the index")
    mark = mark_of(entry, index.organization, place)
    if entry["Mode"] not in _MODES:
        place.at("Mode").refuse("not a mode of Purview")
    app = index.policies[name].app
    plane = index.apps[app].plane
    same(entry["EnforcementPlanes"], [_PLANES[plane]], place.at("EnforcementPlanes"))
    include, exclude = _locations(entry["Locations"], place.at("Locations"), index, app)
    check_mark(mark, policy_mark(mark.key, entry), place)
    return ReadPolicy(name, mark.key, entry["Mode"], app, include, exclude)


def _locations(
    value: Any, place: Place, index: Index, app: str
) -> tuple[frozenset[str] | None, frozenset[str]]:
    entries = items(parse(text(value, place), place), place)
    if len(entries) != 1:
        place.refuse("more than one location")
    keys = {"Workload", "Location", "Inclusions"}
    if index.apps[app].plane == "application":
        keys |= {"LocationDisplayName", "LocationSource", "LocationType"}
    entry = mapping(entries[0], place, frozenset(keys), frozenset({"Exclusions"}))
    same(entry["Workload"], "Applications", place.at("Workload"))
    same(entry["Location"], index.apps[app].location, place.at("Location"))
    if index.apps[app].plane == "application":
        same(entry["LocationSource"], "Entra", place.at("LocationSource"))
        same(entry["LocationType"], "Individual", place.at("LocationType"))
        text(entry["LocationDisplayName"], place.at("LocationDisplayName"))
    exclude: frozenset[str] = frozenset()
    if "Exclusions" in entry:
        exclude = _groups(entry["Exclusions"], place.at("Exclusions"))
    if entry["Inclusions"] == [_TENANT]:
        return None, exclude
    return _groups(entry["Inclusions"], place.at("Inclusions")), exclude


def _groups(value: Any, place: Place) -> frozenset[str]:
    found: list[str] = []
    for step, each in enumerate(items(value, place)):
        entry = mapping(each, place.at(step), frozenset({"Type", "Identity"}))
        same(entry["Type"], "Group", place.at(step).at("Type"))
        found.append(text(entry["Identity"], place.at(step).at("Identity")).lower())
    if len(set(found)) < len(found):
        place.refuse("a group is given twice")
    return frozenset(found)
