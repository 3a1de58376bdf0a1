"""Puts the people of two policies into one universe and names them in the policies' words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice

from aipol.audience import EVERYBODY, Person, Region, Universe
from aipol.ir import Audience, Ir
from aipol.resolve.partition import EVERYONE
from aipol.scoping import scope_of

_MOST_PARTS = 3


class Sides:
    """Two policies; regions are of `universe`, which has the base groups of both.

    Somebody in a group that one policy does not know is there whoever they are without it.
    """

    __slots__ = ("_everyone", "_groups", "_known", "_said", "after", "before", "universe")

    def __init__(self, before: Ir, after: Ir, universe: Universe | None = None) -> None:
        self.before, self.after = before, after
        names = tuple(dict.fromkeys((*before.universe.groups, *after.universe.groups)))
        shared = names == before.universe.groups
        own = before.universe if shared else Universe(names)
        self.universe = universe or own
        self._known: dict[tuple[Universe, Region], Region] = {}
        self._said: dict[Region, str] = {}
        self._groups: Mapping[str, Region] = {
            **{name: self.new(group.region) for name, group in after.groups.items()},
            **{name: self.old(group.region) for name, group in before.groups.items()},
        }
        flagged = (name for ir in (before, after) for name, g in ir.groups.items() if g.everyone)
        self._everyone = next(flagged, EVERYONE)

    def old(self, region: Region) -> Region:
        """The people of a region of the policy before."""
        return self._copied(region, self.before.universe)

    def new(self, region: Region) -> Region:
        """The people of a region of the policy after."""
        return self._copied(region, self.after.universe)

    def _copied(self, region: Region, origin: Universe) -> Region:
        if origin is self.universe:
            return region
        known = self._known.get((origin, region))
        if known is None:
            known = self._known[origin, region] = self.universe.copied(region, origin)
        return known

    def example(self, people: Region) -> Person:
        """The groups of somebody among `people`, as few as are found."""
        return self.universe.witness(people) or frozenset()

    def words(self, people: Region) -> str:
        """`people` by the names of groups: `everyone except contractors`."""
        known = self._said.get(people)
        if known is None:
            known = self._said[people] = self._words(people)
        return known

    def _words(self, people: Region) -> str:
        if people == EVERYBODY:
            return self._everyone
        named = next((name for name, region in self._groups.items() if region == people), None)
        if named is not None:
            return named
        scope = scope_of(self.universe, self._groups, people)
        if scope is None:
            return self._parts(people)
        who = self._everyone if scope.everyone else ", ".join(scope.include)
        return f"{who} except {', '.join(scope.exclude)}" if scope.exclude else who

    def _parts(self, people: Region) -> str:
        """People whom no inclusion and exclusion of groups describes, part by part."""
        parts = [
            _part(inside, outside, self._everyone)
            for inside, outside in islice(self.universe.cubes(people), _MOST_PARTS + 1)
        ]
        more = ["others"] if len(parts) > _MOST_PARTS else []
        return "; or ".join([*parts[:_MOST_PARTS], *more])

    def who(self, old: Audience, new: Audience) -> str:
        """The people in an audience before and in one after, in the words of the narrower."""
        was, becomes = self.old(old.region), self.new(new.region)
        if self.universe.within(was, becomes):
            return str(old)
        if self.universe.within(becomes, was):
            return str(new)
        for one, other in ((old, new), (new, old)):
            everybody = any(self._groups.get(name) == EVERYBODY for name in other.include)
            if everybody and not other.within:
                more = tuple(name for name in other.exclude if name not in one.exclude)
                return str(replace(one, exclude=(*one.exclude, *more)))
        return f"{old} who are also in: {new}"


def _part(inside: Iterable[str], outside: Iterable[str], everyone: str) -> str:
    who = " and ".join(sorted(inside)) or everyone
    without = " or ".join(sorted(outside))
    return f"{who}, not in {without}" if without else who
