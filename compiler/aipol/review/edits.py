"""Turns two written policies into what of one is written otherwise in the other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from aipol.difference import Direction

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled
    from aipol.language.model import Clause
    from aipol.language.placed import Placed
    from aipol.source import Span

CLAUSES = ("exceptions", "rules")
_MAPS = ("groups", "vendors", "apps", "targets")
_LISTS = ("vendor_tiers", "data_classes", "approvals")
_BY_NAME = ("entra", "jamf", "networks", "vlan", "paloalto", "cloudflare")
"""Who a group is on each platform: whom artefacts are about, though no rule says otherwise."""


class Way(StrEnum):
    """What became of something that is written."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Field:
    """A key whose value is another; text as a policy would have it, empty where it is not there."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that a policy says, such as a rule or a group, and what became of it."""

    section: str
    name: str
    way: Way
    fields: tuple[Field, ...] = ()
    before: Span | None = None
    after: Span | None = None
    direction: Direction = Direction.OTHER

    @property
    def title(self) -> str:
        """`rules.chatgpt`, `unlisted_ai`."""
        return f"{self.section}.{self.name}" if self.name else self.section

    @property
    def named(self) -> tuple[Field, ...]:
        """The fields, below what they are of: `network.close_bypasses`."""
        once = self.section in {field.key for field in self.fields}
        return (
            self.fields
            if once
            else tuple(Field(f"{self.title}.{f.key}", f.before, f.after) for f in self.fields)
        )

    @property
    def for_all(self) -> bool:
        """Whether it works for everybody at once, though no decision about a listed app differs."""
        if self.section == "groups":
            return self.way is Way.CHANGED and any(f.key in _BY_NAME for f in self.fields)
        return self.section in _FOR_ALL


_FOR_ALL = frozenset(
    (
        "unlisted_ai",
        "on_gap",
        "network",
        "inventory",
        "logging",
        "protected",
        "targets",
        "organization",
    )
)


Ways = Mapping[str, Direction]
"""Which way settings go that are others, by key."""


def edits(before: Assembled, after: Assembled, ways: Ways) -> tuple[Edit, ...]:
    """Everything that is written otherwise, clauses first, in the order of the new policy."""
    return (
        *_clauses(before, after),
        *(
            edit
            for section in _MAPS
            for edit in _of_map(section, getattr(before, section), getattr(after, section))
        ),
        *(
            edit
            for section in _LISTS
            for edit in _of_map(
                section, _by_id(getattr(before, section)), _by_id(getattr(after, section))
            )
        ),
        *_whole(before, after, ways),
    )


def clauses_of(policy: Assembled) -> Mapping[str, Placed[Clause]]:
    """Rules and exceptions by id, in the order in which they are tried."""
    return {placed.value.id: placed for placed in policy.clauses}


def section_of(policy: Assembled, name: str) -> str:
    """`exceptions` or `rules`."""
    return CLAUSES[all(placed.value.id != name for placed in policy.exceptions)]


# --- clauses ------------------------------------------------------------------------------------


def _clauses(before: Assembled, after: Assembled) -> Iterator[Edit]:
    old, new = clauses_of(before), clauses_of(after)
    stray = moved([name for name in old if name in new], [name for name in new if name in old])
    for name, placed in new.items():
        there, section = old.get(name), section_of(after, name)
        fields = tuple(_fields(there.value if there else None, placed.value))
        spans = (there.span("id") if there else None, placed.span("id"))
        if there is None:
            yield Edit(section, name, Way.ADDED, (), *spans)
        elif fields:
            yield Edit(section, name, Way.CHANGED, fields, *spans)
        if there is not None and name in stray:
            yield Edit(section, name, Way.MOVED, (), *spans)
    for name, placed in old.items():
        if name not in new:
            yield Edit(section_of(before, name), name, Way.REMOVED, (), placed.span("id"))


def moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """Those that have to be moved, as few as possible, for the first order to be the second."""
    place = {name: position for position, name in enumerate(after)}
    lasts, ends, earlier = list[int](), list[str](), dict[str, str]()
    for name in before:
        length = bisect_left(lasts, place[name])
        earlier[name] = ends[length - 1] if length else ""
        lasts[length : length + 1] = [place[name]]
        ends[length : length + 1] = [name]
    kept, name = set[str](), ends[-1] if ends else ""
    while name:
        kept.add(name)
        name = earlier[name]
    return frozenset(before) - kept


# --- the rest -------------------------------------------------------------------------------------


def _by_id(found: Iterable[Placed[Any]]) -> Mapping[str, Placed[Any]]:
    return {placed.value.id: placed for placed in found}


def _of_map(
    section: str, before: Mapping[str, Placed[Any]], after: Mapping[str, Placed[Any]]
) -> Iterator[Edit]:
    for name in dict.fromkeys((*after, *before)):
        old, new = before.get(name), after.get(name)
        spans = (old.key_span() if old else None, new.key_span() if new else None)
        if new is None:
            yield Edit(section, name, Way.REMOVED, (), *spans)
        elif old is None:
            yield Edit(section, name, Way.ADDED, (), *spans)
        elif fields := tuple(_fields(old.value, new.value)):
            yield Edit(section, name, Way.CHANGED, fields, *spans)


def _whole(before: Assembled, after: Assembled, ways: Ways) -> Iterator[Edit]:
    """What is said once for everybody."""
    for section in ("unlisted_ai", "on_gap"):
        old, new = getattr(before, section), getattr(after, section)
        if old != new:
            way = ways.get(section, Direction.OTHER)
            yield _once(before, after, section, (Field(section, str(old), str(new)),), way)
    for section in ("network", "logging", "organization"):
        sides = [getattr(each, section) for each in (before, after)]
        values = [getattr(side, "value", side) for side in sides]
        if fields := tuple(_fields(*values)):
            way = _together(ways.get(f"{section}.{f.key}", Direction.OTHER) for f in fields)
            yield _once(before, after, section, fields, way)
    sites = [each.inventory.value if each.inventory else None for each in (before, after)]
    if fields := tuple(_fields(*sites)):
        yield _once(before, after, "inventory", fields)
    accounts = [sorted({placed.value for placed in each.protected}) for each in (before, after)]
    if accounts[0] != accounts[1]:
        yield _once(before, after, "protected", (Field("protected", *map(_text, accounts)),))


def _once(
    before: Assembled,
    after: Assembled,
    section: str,
    fields: tuple[Field, ...],
    way: Direction = Direction.OTHER,
) -> Edit:
    old, new = (each.organization.document.key_span((section,)) for each in (before, after))
    return Edit(section, "", Way.CHANGED, fields, old, new, way)


def _together(ways: Iterable[Direction]) -> Direction:
    """Looser where any of them is."""
    found = set(ways)
    return next((way for way in Direction if way in found), Direction.OTHER)


def _fields(before: Any, after: Any) -> Iterator[Field]:
    """The keys that have other values, of two models or two mappings, one level down."""
    old, new = _values(before), _values(after)
    for key in dict.fromkeys((*new, *old)):
        if old.get(key) != new.get(key):
            yield Field(key, _text(old.get(key)), _text(new.get(key)))


def _values(given: Any) -> Mapping[str, Any]:
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return dict(given)
    return {name: getattr(given, name) for name in type(given).model_fields}


def _text(value: Any) -> str:
    """A value as flow YAML would have it, near enough to be recognised."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{', '.join(_text(each) for each in value)}]"
    given = value if isinstance(value, Mapping) else None
    if given is None and hasattr(type(value), "model_fields"):
        named: set[str] = getattr(value, "model_fields_set", set())
        given = {k: v for k, v in _values(value).items() if k in named}
    if given is not None:
        return f"{{{', '.join(f'{key}: {_text(each)}' for key, each in given.items())}}}"
    return str(value)
