"""Turn lists and policies, as an account has them, into the files that they would be made for.

Where among others a policy stands is not said in files, so that policies are numbered anew in their
order. What does nothing is left out: a policy that is turned off, a list that nothing refers to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from aipol.remote import Json, Unusable, Wanted, references
from aipol_targets.cloudflare.model import LISTS, RULES
from aipol_targets.cloudflare.precedence import STEP, middle
from aipol_targets.cloudflare.remote_expression import meaning, written
from aipol_targets.cloudflare.remote_kinds import LIST, POLICY, said

_TYPES = ("dns", "http", "l4")
_UNSAID = "nothing is said of it"


def artifacts(objects: Iterable[Wanted]) -> dict[str, bytes]:
    """Both files. Raises Unusable where a policy cannot be in them."""
    found = tuple(objects)
    policies = [each for each in found if each.kind == POLICY and each.body["enabled"] is not False]
    used = {key for each in policies for key in references(each.body)}
    lists = {each.key: each for each in found if each.kind == LIST and each.key in used}
    names = {key: str(each.body["name"]) for key, each in lists.items()}
    types: dict[str, list[Json]] = {}
    for number, each in zip(_numbers(policies), sorted(policies, key=_place), strict=True):
        types.setdefault(_type(each), []).append(_policy(each, names, number))
    rules = {name: types.get(name, None if types else []) for name in _TYPES}
    written_lists = [_list(each) for each in sorted(lists.values(), key=_name)]
    return {LISTS: _file(written_lists), RULES: _file(rules)}


def _file(bodies: Json) -> bytes:
    return f"{json.dumps(bodies, indent=2)}\n".encode()


def _name(each: Wanted) -> str:
    return str(each.body["name"])


def _place(each: Wanted) -> int:
    number: Any = each.body["precedence"]
    if type(number) is not int:
        raise Unusable(f"`{each.name}` has no precedence")
    return number


def _numbers(policies: list[Wanted]) -> Iterable[int]:
    first = min(map(_place, policies), default=0)
    return range(middle(first), middle(first) + STEP * len(policies), STEP)


def _type(each: Wanted) -> str:
    match each.body["filters"]:
        case [str(name)] if name in _TYPES:
            return name
        case filters:
            raise Unusable(f"`{each.name}` is a policy of the type {filters}")


def _list(each: Wanted) -> dict[str, Any]:
    """Without what is noted beside entries."""
    return {
        "name": each.body["name"],
        "description": each.body["description"] or _UNSAID,
        "type": each.body["type"],
        "items": [{"value": item["value"]} for item in each.body["items"]],
    }


def _policy(each: Wanted, names: Mapping[str, str], number: int) -> dict[str, Any]:
    unknown = [key for key in references(each.body) if key not in names]
    if unknown:
        raise Unusable(f"`{each.name}` refers to {unknown[0]}, which is not there")
    body = {**each.body, "precedence": number}
    body["description"] = each.body["description"] or _UNSAID
    body["traffic"] = written(meaning(each.body["traffic"]), names)
    settings = said(body.pop("rule_settings", None))
    return {**body, **({"rule_settings": settings} if settings else {})}
