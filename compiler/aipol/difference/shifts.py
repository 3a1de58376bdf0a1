"""Turns what readers answer differently into what some people get, and should not, or lose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from aipol.audience import EVERYBODY, NOBODY, Region, TooManyClasses
from aipol.difference.answers import DETAILED, Heard, Hearing
from aipol.difference.questions import Thing, Use
from aipol.difference.sides import Sides
from aipol.difference.strictness import Direction
from aipol.ir import Ir, Ruling
from aipol.target import Kind
from aipol.vocabulary import Surface

_MOST_PARTS = 64
_LAYERED = frozenset({Kind.HOST, Kind.URL, Kind.CATEGORY, Kind.DATA})
_Place = tuple[str, str]
"""A device or a segment of the network, and a path, empty where there is no choice."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What some people get for some uses otherwise than by the artefacts as they should be."""

    uses: tuple[Use, ...]
    """None where no app of the policy is known by what differs."""
    who: str
    people: Region
    direction: Direction
    kind: Kind
    before: str
    after: str
    places: tuple[_Place, ...]
    """On which devices, or in which segments, and on which paths where it is not all of them."""
    rulings: tuple[Ruling, ...]
    """What the policy says of the first of the uses; of the others the same rules say the same."""
    things: tuple[str, ...]
    needed: tuple[str, ...] = ()
    """What things are needed for that nothing may block, and that are blocked now."""
    causes: tuple[str, ...] = ()
    """Keys of the objects by which it is so; none where only several of them together do it."""
    why: str = ""
    """Why nobody can tell what they get, where objects are at odds."""

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        """The surfaces, in the vocabulary's order."""
        found = {surface for _, surface in self.uses}
        return tuple(surface for surface in Surface if surface in found)


def shifts(hearing: Hearing, heard: Iterable[tuple[Heard, tuple[str, ...]]]) -> tuple[Shift, ...]:
    """What was heard, each with its causes, folded: the looser first."""
    folding = _Folding(hearing)
    for one, causes in heard:
        folding.add(one, causes)
    order = list(Direction)
    found = sorted(folding.shifts(), key=lambda s: (s.uses, s.who, s.places, s.before, s.things))
    return tuple(sorted(found, key=lambda shift: (not shift.needed, order.index(shift.direction))))


@dataclass(frozen=True, slots=True)
class _Sort:
    """What must be the same for all of a line."""

    kind: Kind
    direction: Direction
    before: str
    after: str
    causes: tuple[str, ...]
    needed: tuple[str, ...]
    why: str


class _Folding:
    def __init__(self, hearing: Hearing) -> None:
        self._hearing, self._ir = hearing, hearing.ir
        self._sides = Sides(hearing.ir, hearing.ir)
        self._people: dict[tuple[_Sort, Use | None, Thing, _Place], Region] = {}

    def add(self, heard: Heard, causes: tuple[str, ...]) -> None:
        """Take up one of those that differ."""
        questions, thing = self._hearing.questions, heard.thing
        blocked = heard.direction is Direction.STRICTER and thing.kind not in DETAILED
        why = questions.needed.get(thing, "") if blocked else ""
        sort = _Sort(
            thing.kind,
            heard.direction,
            heard.before,
            heard.after,
            causes,
            (why,) if why else (),
            heard.why,
        )
        place = (heard.seat, heard.question.client if thing.kind in _LAYERED else "")
        for use in questions.uses[thing] or (None,):
            key = (sort, use, thing, place)
            known = self._people.get(key, NOBODY)
            self._people[key] = self._ir.universe.either(known, heard.people)

    def shifts(self) -> Iterator[Shift]:
        """One for each line."""
        by_use = self._by_use()
        alike: dict[tuple[object, ...], list[Shift]] = {}
        for shift in by_use:
            key = (*_sort_of(shift), shift.people, shift.places, _said(shift), _classes(shift))
            alike.setdefault(key, []).append(shift)
        for members in alike.values():
            first = members[0]
            uses = tuple(sorted({use for member in members for use in member.uses}))
            things = tuple(sorted({thing for member in members for thing in member.things}))
            yield replace(first, uses=uses, things=things)

    def _by_use(self) -> Iterator[Shift]:
        """For each use, things of the same people on the same paths together."""
        places: dict[tuple[_Sort, Use | None, Thing, Region], set[_Place]] = {}
        for (sort, use, thing, place), people in self._people.items():
            for part in _parts(self._ir, use):
                those = self._ir.universe.both(people, part)
                if those != NOBODY:
                    places.setdefault((sort, use, thing, those), set()).add(place)
        things: dict[tuple[_Sort, Use | None, Region, tuple[_Place, ...]], set[str]] = {}
        for (sort, use, thing, people), found in places.items():
            key = (sort, use, people, self._told(thing.kind, found))
            things.setdefault(key, set()).add(thing.name)
        for (sort, use, people, where), names in things.items():
            yield Shift(
                (use,) if use else (),
                self._sides.words(people),
                people,
                sort.direction,
                sort.kind,
                sort.before,
                sort.after,
                where,
                _rulings(self._ir, use, people),
                without_below(names),
                sort.needed,
                sort.causes,
                sort.why,
            )

    def _told(self, kind: Kind, places: set[_Place]) -> tuple[_Place, ...]:
        """Devices with all of whose paths it is so are told without paths."""
        every = set(self._hearing.clients(kind))
        by_device: dict[str, set[str]] = {}
        for device, client in places:
            by_device.setdefault(device, set()).add(client)
        return tuple(
            (device, client)
            for device, clients in sorted(by_device.items())
            for client in (("",) if clients >= every else sorted(clients))
        )


def _classes(shift: Shift) -> frozenset[str]:
    """What must be the same of the things: the classes of data, and that no app has them."""
    if shift.kind is Kind.DATA:
        return frozenset(thing.rpartition("/")[2] for thing in shift.things)
    return frozenset() if shift.uses else frozenset({""})


def _said(shift: Shift) -> tuple[object, ...]:
    """What the policy says: whose account it is only where that matters, and up to which data."""
    rules = {(each.effect, each.decided_by.id, _limit(shift, each)) for each in shift.rulings}
    if len(rules) == 1:
        return tuple(rules)
    return tuple(
        (each.effect, each.decided_by.id, each.account, _limit(shift, each))
        for each in shift.rulings
    )


def _limit(shift: Shift, ruling: Ruling) -> str:
    return ruling.obligations.data_max if shift.kind is Kind.DATA else ""


def _sort_of(shift: Shift) -> tuple[object, ...]:
    return (
        shift.kind,
        shift.direction,
        shift.before,
        shift.after,
        shift.causes,
        shift.needed,
        shift.why,
    )


def without_below(names: Iterable[str]) -> tuple[str, ...]:
    """In order; what is below a host is not told beside the host."""
    every = set(names)
    kept = (name for name in every if name.removeprefix("*.") == name or name[2:] not in every)
    return tuple(sorted(kept))


@lru_cache(maxsize=4_096)
def _parts(ir: Ir, use: Use | None) -> tuple[Region, ...]:
    """Everybody, in parts for each of which the policy says one thing about a use."""
    if use is None:
        return (EVERYBODY,)
    try:
        return tuple(
            ir.universe.refine([each.audience.region for each in ir.by_use[use]], _MOST_PARTS)
        )
    except TooManyClasses:
        return (EVERYBODY,)


def _rulings(ir: Ir, use: Use | None, people: Region) -> tuple[Ruling, ...]:
    every = ir.by_use[use] if use else ()
    return tuple(r for r in every if ir.universe.overlap(r.audience.region, people))
