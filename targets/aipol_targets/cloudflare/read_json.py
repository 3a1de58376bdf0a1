"""Turns the bytes of both files into lists and policies as the API takes them, and no others.

Policies are kept by the type that is their filter; a type that is left to others is null.

Bodies: API reference of `gateway/lists` and `gateway/rules`, as in the SDK `cloudflare` 5.9. A
policy without `traffic` is for everything, and `filters` has one value. Lists have no duplicates
and no wildcards (Lists, Limitations).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from aipol_targets.common.network.read_json import parse, refuse
from aipol_targets.common.network.reading import HOST_NAME

LISTS = "lists.json"
RULES = "rules.json"

_HOST = re.compile(HOST_NAME)
_LIST_KEYS = {"name", "description", "type", "items"}
_RULE_KEYS = {"name", "description", "action", "enabled", "filters", "precedence", "traffic"}
# RFC 9110: a name is a token; a value is visible characters, with spaces only between them.
# Gateway puts the value of a selector in place of `@{...}`.
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"(?!.*@\{)[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
# A policy has ten precedences to itself.
_STEP = 10
_MOST_LISTS, _MOST_ENTRIES, _MOST_POLICIES, _LONGEST = 100, 5_000, 500, 140_000


@dataclass(frozen=True, slots=True)
class Body:
    """One policy, its expression not yet looked at."""

    name: str
    action: str
    precedence: int
    traffic: str
    headers: tuple[tuple[str, str], ...]
    by_own_name: bool
    """Whether categories are those of the name that is asked for, and of none it leads to."""


def read_lists(content: bytes) -> dict[str, frozenset[str]]:
    """The hosts of each list by its name. Raises UnreadableArtifact."""
    found: dict[str, frozenset[str]] = {}
    for body in _bodies(parse(content, LISTS), LISTS):
        if body.keys() != _LIST_KEYS or body["type"] != "DOMAIN":
            refuse(LISTS, "a list has other keys than those that are known, or another type")
        name = _text(LISTS, body["name"])
        _text(LISTS, body["description"])
        if name in found:
            refuse(LISTS, f"two lists are called {name}")
        found[name] = _hosts(name, body["items"])
    if len(found) > _MOST_LISTS:
        refuse(LISTS, f"has more than {_MOST_LISTS} lists")
    return found


def read_rules(content: bytes) -> dict[str, tuple[Body, ...]]:
    """The policies of each type in the order of their precedence. Raises UnreadableArtifact."""
    types = parse(content, RULES)
    if not _is(types, {"dns", "http", "l4"}):
        refuse(RULES, "is not of policies by type")
    written = {kind: bodies for kind, bodies in types.items() if bodies is not None}
    if not written:
        refuse(RULES, "has no type of policies")
    found = {
        kind: [_rule(kind, body) for body in _bodies(bodies, RULES)]
        for kind, bodies in written.items()
    }
    rules = [rule for each in found.values() for rule in each]
    for what in ("name", "precedence"):
        if len({getattr(rule, what) for rule in rules}) != len(rules):
            refuse(RULES, f"two policies have one {what}")
    orders = sorted(rule.precedence for rule in rules)
    if any(after - before != _STEP for before, after in pairwise(orders)):
        # More of what is not ours could stand in between.
        refuse(RULES, "policies do not follow one another")
    if max(map(len, found.values())) > _MOST_POLICIES:
        refuse(RULES, f"has more than {_MOST_POLICIES} policies of one type")
    return {
        kind: tuple(sorted(each, key=lambda rule: rule.precedence)) for kind, each in found.items()
    }


def _hosts(name: str, items: Any) -> frozenset[str]:
    values = [item.get("value") if _is(item, {"value"}) else None for item in _list(LISTS, items)]
    for value in values:
        if not isinstance(value, str) or not _HOST.fullmatch(value):
            refuse(LISTS, f"{name} has an entry that is no host: {value!r}")
    if len(set(values)) != len(values):
        refuse(LISTS, f"{name} has an entry twice")
    if not 0 < len(values) <= _MOST_ENTRIES:
        refuse(LISTS, f"{name} is empty, or has more than {_MOST_ENTRIES} entries")
    return frozenset(map(str, values))


def _rule(kind: str, body: Mapping[str, Any]) -> Body:
    sends = "rule_settings" in body
    if body.keys() - {"rule_settings"} != _RULE_KEYS:
        refuse(RULES, "a policy has other keys than those that are known")
    name = _text(RULES, body["name"])
    _text(RULES, body["description"])
    traffic = _text(RULES, body["traffic"])
    if body["action"] not in {"allow", "block", "off"} or body["enabled"] is not True:
        refuse(RULES, f"{name} does what is not accounted for, or is turned off")
    if body["action"] == "off" and kind != "http":
        refuse(RULES, f"{name} spares what is of no HTTP policy")
    if body["filters"] != [kind] or type(body["precedence"]) is not int:
        refuse(RULES, f"{name} is not of the type it is kept under, or has no place")
    if body["precedence"] < 0 or len(traffic) > _LONGEST:
        refuse(RULES, f"{name} has no place, or an expression that is too long")
    by_own_name = (kind, body["action"]) == ("dns", "block") and sends
    if by_own_name and not _is_by_own_name(body["rule_settings"]):
        refuse(RULES, f"{name} has settings that are not accounted for")
    headers = _headers(name, body["rule_settings"]) if sends and not by_own_name else ()
    if headers and (body["action"], kind) != ("allow", "http"):
        refuse(RULES, f"{name} cannot add headers")
    return Body(
        name,
        body["action"],
        body["precedence"],
        traffic,
        headers,
        by_own_name,
    )


def _is_by_own_name(settings: Any) -> bool:
    """Whether the one setting is that a DNS policy ignores the categories of CNAME targets."""
    name = "ignore_cname_category_matches"
    return _is(settings, {name}) and settings[name] is True


def _headers(name: str, settings: Any) -> tuple[tuple[str, str], ...]:
    added = settings.get("add_headers") if _is(settings, {"add_headers"}) else None
    if not isinstance(added, dict) or not added:
        refuse(RULES, f"{name} has settings that are not accounted for")
    found: list[tuple[str, str]] = []
    for header, values in added.items():
        match values:
            case [str(value)] if _HEADER_NAME.fullmatch(header) and _HEADER_VALUE.fullmatch(value):
                found.append((header, value))
            case _:
                refuse(RULES, f"{name} adds what is no header with one value: {header!r}")
    if len({header.lower() for header, _ in found}) != len(found):
        refuse(RULES, f"{name} adds one header twice")
    return tuple(found)


# --- parts of a body ------------------------------------------------------------------------------


def _bodies(found: Any, path: str) -> list[dict[str, Any]]:
    bodies = _list(path, found)
    if not all(isinstance(body, dict) for body in bodies):
        refuse(path, "is not a list of bodies")
    return bodies


def _list(path: str, found: Any) -> list[Any]:
    if not isinstance(found, list):
        refuse(path, "has something else where a list should be")
    return found


def _is(found: Any, keys: set[str]) -> bool:
    return isinstance(found, dict) and found.keys() == keys


def _text(path: str, found: Any) -> str:
    if not isinstance(found, str) or not found:
        refuse(path, "has something else where a text should be")
    return found
