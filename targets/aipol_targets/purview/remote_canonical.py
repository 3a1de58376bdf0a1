"""Say what of an object's body means something, so that equal meanings compare equal.

Security & Compliance PowerShell gives nested values as text or as tables whose order and case vary
from one process to the next, a list of one as its item, and numbers as text. What it adds to what
was written is left out: display names, sources of locations, what a level of confidence implies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aipol.remote import Json, whole_digest
from aipol_targets.purview.remote_kinds import (
    COPILOT,
    COPILOT_NAMES,
    EXCEPTIONS,
    PACKAGE,
    POLICY,
)
from aipol_targets.purview.remote_xml import canonical_package

_PLANES = {"entra": "application"}  # the deprecated name of the same plane
# What the service adds to a type of a rule, each the default (microsoft/Microsoft365DSC, example of
# SCDLPComplianceRule, read 2026-11-29).
_IMPLIED = {"classifiertype": "content"}
_RANGE = ("minconfidence", "maxconfidence")


def canonical(kind: str, body: Json) -> Json:
    """What of a body means something."""
    if not isinstance(body, Mapping):
        return body
    if kind == PACKAGE:
        return canonical_package(str(body["Package"]))
    return _policy(body) if kind == POLICY else _rule(body)


def _policy(body: Mapping[str, Any]) -> Json:
    planes = (str(each).lower() for each in body["EnforcementPlanes"])
    return {
        "Name": body["Name"],
        "Mode": body["Mode"],
        "EnforcementPlanes": sorted({_PLANES.get(each, each) for each in planes}),
        "Locations": dict(map(location, body["Locations"])),
    }


def location(entry: Json) -> tuple[str, Json]:
    """A location by what names it, `<workload>/<place>`, with the people it is for."""
    if not isinstance(entry, Mapping):
        return str(entry), None
    given = _lowered(entry)
    place = str(given.get("location", "")).lower()
    place = COPILOT if place in COPILOT_NAMES else place
    people = {name: _people(given.get(name)) for name in ("inclusions", "exclusions")}
    return f"{str(given.get('workload', '')).lower()}/{place}", people


def _people(value: Json) -> list[str]:
    """`Group|<id>`, each once."""
    several = (_lowered(each) for each in listed(value) if isinstance(each, Mapping))
    return sorted(
        {f"{each.get('type', '')}|{each.get('identity', '')}".lower() for each in several}
    )


def _rule(body: Mapping[str, Any]) -> Json:
    return {
        "Name": body["Name"],
        "Policy": body["Policy"],
        "Disabled": body["Disabled"],
        EXCEPTIONS: body[EXCEPTIONS],
        "Packages": sorted(body["Packages"], key=whole_digest),
        "RestrictAccess": canonical_condition(body["RestrictAccess"]),
        "AdvancedRule": canonical_condition(body["AdvancedRule"]),
    }


def canonical_condition(value: Json) -> Json:
    """A condition with its lists as sets and its texts in lower case."""
    if isinstance(value, Mapping):
        entry = _named({name: each for name, each in _lowered(value).items() if _says(each)})
        return {name: _part(name, each) for name, each in entry.items()}
    if isinstance(value, list):
        return _as_set([canonical_condition(each) for each in value])
    return str(value).lower()


def _part(name: str, value: Json) -> Json:
    lists = ("subconditions", "value", "groups", "labels", "sensitivetypes")
    return canonical_condition(listed(value) if name in lists else value)


def _named(entry: dict[str, Any]) -> dict[str, Any]:
    """A label or type by its id alone, where it has one; and without what its level implies."""
    if "confidencelevel" in entry:
        entry = {name: each for name, each in entry.items() if name not in _RANGE}
    entry = {name: each for name, each in entry.items() if _IMPLIED.get(name) != str(each).lower()}
    if "id" in entry:
        return {name: each for name, each in entry.items() if name != "name"}
    if str(entry.get("type", "")).lower() == "sensitivity" and "name" in entry:
        return {"id": entry.pop("name"), **entry}
    return entry


def _says(value: Json) -> bool:
    return value is not None and value not in ("", [], {})


def _lowered(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in entry.items()}


def listed(value: Json) -> list[Any]:
    """A list, also where a list of one was given as its item, or nothing at all."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _as_set(items: list[Json]) -> list[Json]:
    unique = {json.dumps(each, sort_keys=True): each for each in items}
    return [each for _, each in sorted(unique.items())]
