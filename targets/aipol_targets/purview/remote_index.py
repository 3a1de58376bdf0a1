"""Make the index of policies and rules that are there: what their names stand for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aipol.remote import Json, mark_in
from aipol_targets.purview.remote_form import marks_in
from aipol_targets.purview.remote_kinds import COPILOT

_PEOPLE = "as the tenant has them"
_CARRIERS = ("items", "text")
_LEVELS = ("Medium", "Low", "High")


def index_of(known: Json, organization: str, policies: list[Json], rules: list[Json]) -> Json:
    """The index; `known` is that of the policy, which says what its data classes are.

    Where it is not there, as it is not for a rollback, each mark is a class of its own.
    """
    known = known or {"data_classes": _each_mark(rules), "confidence": _confidence(rules)}
    classes, apps = known["data_classes"], known.get("apps", {})
    entries = {each["Name"]: _policy(each, known, _of(each, rules)) for each in policies}
    places = {entries[each["Name"]]["app"]: _place(each) for each in policies}
    return {
        "version": 1,
        "organization": organization,
        "confidence": known["confidence"],
        "apps": {name: apps.get(name) or _app(place) for name, place in places.items()},
        "data_classes": classes,
        "policies": entries,
    }


def _each_mark(rules: list[Json]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for rule in rules:
        of_items = str(rule["Name"]).endswith(" items")
        for mark in sorted(marks_in(rule["AdvancedRule"])):
            types = [] if of_items else [{"name": mark, "id": mark}]
            label = mark if of_items else ""
            found[mark] = {"rank": 0, "label": label, "info_types": types}
    return found


def _confidence(rules: list[Json]) -> str:
    """How sure the types of all rules are to be found."""
    named = (level for rule in rules for level in _LEVELS if f'"{level}"' in rule["AdvancedRule"])
    return next(named, _LEVELS[0])


def _of(policy: Json, rules: list[Json]) -> list[Json]:
    return [each for each in rules if each["Policy"] == policy["Name"]]


def _policy(policy: Json, known: Json, rules: list[Json]) -> dict[str, Any]:
    """One that is not in the policy's index is about the classes of which its rules name marks."""
    before = known.get("policies", {}).get(policy["Name"], {})
    named = [marks_in(rule["AdvancedRule"]) for rule in rules]
    kinds = {str(rule["Name"]).removeprefix(f"{policy['Name']} ") for rule in rules}
    return {
        "app": _app_of(policy, known, before.get("app", "")),
        "people": before.get("people", _PEOPLE),
        "data_classes": _classes(
            frozenset[str]().union(*named), known["data_classes"], before.get("data_classes", [])
        ),
        "rules": [name for name in _CARRIERS if name in kinds],
    }


def _classes(named: frozenset[str], classes: Json, before: list[str]) -> list[str]:
    told = frozenset[str]().union(*(_marks(classes[name]) for name in before))
    more = [name for name in classes if name not in before and _marks(classes[name]) & named - told]
    return [*before, *more] or list(classes)


def _marks(data_class: Json) -> frozenset[str]:
    types = (each["id"] for each in data_class["info_types"])
    return frozenset(filter(None, (data_class["label"], *types)))


def _app_of(policy: Json, known: Json, before: str) -> str:
    """The app of a policy's location, or what it was, or what its mark says."""
    apps: Mapping[str, Any] = known.get("apps", {})
    place = _place(policy)
    here = (name for name, app in apps.items() if app["location"] == place)
    mark = mark_in(policy["Comment"])
    return next(here, before) or (mark.key.split("/")[1] if mark else place)


def _place(policy: Json) -> str:
    """Where it acts; nothing where that is at several places."""
    match json.loads(policy["Locations"]):
        case [{"Location": str(place)}]:
            return place
        case _:
            return ""


def _app(place: str) -> dict[str, str]:
    return {"plane": "copilot" if place == COPILOT else "application", "location": place}
