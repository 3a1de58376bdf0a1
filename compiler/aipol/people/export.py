"""Count the people of a directory's export: what Microsoft Graph answers about users and members.

    {"users": <answer>, "groups": {"<name or Entra id>": <answer>, ...}}

The answers are those of `GET /users` and `GET /groups/{id}/transitiveMembers`, a flat list of
direct and nested members (https://learn.microsoft.com/graph/api/group-list-transitivemembers, read
2026-11-29): an object with the list `value`, whose items have an `id`, and `@odata.type` where they
may be something other than users. Whoever may not read more gets no other fields, so `id` is who
somebody is. An answer with `@odata.nextLink` is a page of several.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aipol.diagnostics import codes
from aipol.language.shapes import is_list, is_mapping
from aipol.language.words import clip
from aipol.people.sums import Sums
from aipol.source import Span, whole_file

_KEYS = ("users", "groups")
_NEXT = "@odata.nextLink"
_TYPE, _USER = "@odata.type", "#microsoft.graph.user"
_SHAPE = 'write `{"users": <answer>, "groups": {"<name or Entra id>": <answer>}}`'


class _Fault(Exception):
    """What in an export is not as it must be."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


def from_export(text: str, sums: Sums) -> None:
    """Add everybody in `text` to `sums`, or what is wrong with it."""
    span = whole_file(sums.file)
    try:
        memberships = _memberships(json.loads(text, object_pairs_hook=_once))
    except json.JSONDecodeError as error:
        why, hint = f"it is not JSON: {error.msg.lower()}", ""
        span = Span(sums.file, error.lineno, error.colno)
    except RecursionError:
        why, hint = "it is nested too deeply", _SHAPE
    except _Fault as fault:
        why, hint = fault.why, fault.hint
    else:
        for names in memberships.values():
            sums.counted[sums.groups(sorted(names)), ()] += 1
        return
    sums.findings.append(codes.PEOPLE_UNREADABLE.at(span, file=sums.file, why=why, hint=hint))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A mapping none of whose keys is given twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Fault("it gives a key of one object twice")
    return found


def _memberships(export: Any) -> Mapping[str, set[str]]:
    """The groups that each user is in, by the users' ids."""
    if not is_mapping(export) or set(export) != set(_KEYS) or not is_mapping(export["groups"]):
        raise _Fault("it is not an object of `users` and `groups`", _SHAPE)
    found: dict[str, set[str]] = {}
    for user in _users("users", export["users"]):
        if user in found:
            raise _Fault("`users` has an id twice")
        found[user] = set()
    for name, answer in export["groups"].items():
        if not name.strip():
            raise _Fault("a group has no name")
        for user in _users(name, answer):
            found.setdefault(user, set()).add(name)
    return found


def _users(name: str, answer: Any) -> Iterator[str]:
    """The ids of the users in an answer; devices and groups among the members are no people."""
    about = f"the answer about `{clip(name)}`"
    if not is_mapping(answer) or not is_list(answer.get("value")):
        raise _Fault(f"{about} has no list `value`", _SHAPE)
    if answer.get(_NEXT):
        raise _Fault(f"{about} is a page of several", f"follow `{_NEXT}` and join their `value`s")
    for item in answer["value"]:
        user = item.get("id") if is_mapping(item) else None
        if not isinstance(user, str) or not user:
            raise _Fault(f"{about} has a member without an `id`")
        if item.get(_TYPE, _USER) == _USER:
            yield user.casefold()
