"""Bring a policy or rule, of a file or of a tenant, to the form that is compared and written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from aipol.remote import REF, Json, Mark, digest_of, without_mark
from aipol_targets.purview.remote_canonical import canonical, listed
from aipol_targets.purview.remote_kinds import EXCEPTIONS, PACKAGE, POLICY, RULE

PACKAGE_NAME = "information-types"
_DEEPEST = 50
_CASES = {
    name.lower(): name
    for name in (
        *("Workload", "Location", "LocationDisplayName", "LocationSource", "LocationType"),
        *("Inclusions", "Exclusions", "Type", "Identity"),
    )
}


def policy_body(row: Mapping[str, Any]) -> Json:
    """A policy: its name, mode, plane, and its locations with the people they are for."""
    return {
        "Name": str(row["Name"]),
        "Comment": without_mark(str(row.get("Comment") or "")),
        "Mode": str(row["Mode"]),
        "EnforcementPlanes": [str(each) for each in listed(row["EnforcementPlanes"])],
        "Locations": [_cased(each) for each in _entries(row["Locations"])],
    }


def rule_body(row: Mapping[str, Any], policy: Json, packages: Iterable[Json]) -> Json:
    """A rule of a policy; `packages` are those that define types it names."""
    return {
        "Name": str(row["Name"]),
        "Policy": policy,
        "Comment": without_mark(str(row.get("Comment") or "")),
        "Disabled": bool(row.get("Disabled", False)),
        "AdvancedRule": _parsed(row.get("AdvancedRule") or ""),
        "RestrictAccess": list(_entries(row.get("RestrictAccess"))),
        EXCEPTIONS: dict(row.get(EXCEPTIONS) or {}),
        "Packages": list(packages),
    }


def wanted_rule(
    entry: Mapping[str, Any], policy_key: str, ours: AbstractSet[str], organization: str
) -> Json:
    """A rule of the files; `ours` are the ids of the types that the rule package defines."""
    uses = ours & set(types_in(_parsed(entry["AdvancedRule"])))
    packages = [{REF: package_key(organization)}] if uses else []
    return rule_body(entry, {REF: policy_key}, packages)


def types_in(condition: Json) -> Iterator[str]:
    """The ids of the information types that a condition names, in lower case."""
    return _named_in(condition, "sensitivetypes", "id")


def marks_in(text: str) -> frozenset[str]:
    """The labels and information types that a rule of the files names."""
    whole = _parsed(text)
    return frozenset((*_named_in(whole, "labels", "name"), *types_in(whole)))


def _named_in(condition: Json, several: str, by: str) -> Iterator[str]:
    if isinstance(condition, Mapping):
        for name, value in condition.items():
            if str(name).lower() == several:
                entries = (each for each in listed(value) if isinstance(each, Mapping))
                yield from (str(each.get(by, "")).lower() for each in entries)
            else:
                yield from _named_in(value, several, by)
    elif isinstance(condition, list):
        for each in condition:
            yield from _named_in(each, several, by)


def package_key(organization: str) -> str:
    """What the rule package is called for good."""
    return f"{organization}/{PACKAGE_NAME}"


def policy_mark(key: str, entry: Mapping[str, Any]) -> Mark:
    """The mark of a policy of the files."""
    return Mark(key, digest_of(canonical(POLICY, policy_body(entry))))


def rule_mark(key: str, body: Json) -> Mark:
    """The mark of a rule whose policy is referred to."""
    return Mark(key, digest_of(canonical(RULE, body)))


def package_digest(text: str) -> str:
    """The digest in a package's mark, which it does not depend on."""
    return digest_of(canonical(PACKAGE, {"Package": text}))


def _entries(value: Json) -> Iterator[Json]:
    """Entries that may be texts of JSON, each of one entry or several."""
    for each in listed(value):
        yield from listed(_parsed(each))


def _cased(value: Json) -> Json:
    """A location with its names in the case in which they are written."""
    if isinstance(value, list):
        return [_cased(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {_CASES.get(str(name).lower(), name): _cased(each) for name, each in value.items()}


def _parsed(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return found if is_shallow(found, _DEEPEST) else value


def is_shallow(value: Json, levels: int) -> bool:
    """Whether nothing is nested deeper than anything that means something."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(is_shallow(each, levels - 1) for each in inner)
