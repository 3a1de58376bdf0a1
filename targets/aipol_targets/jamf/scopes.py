"""Turns a set of people into a scope of Jamf Pro, by a smart group where it takes one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from aipol.audience import EVERYBODY, NOBODY, Region, Universe
from aipol.ir import Ir
from aipol.scoping import Cell, addressable, classes, scope_of, verdict_classes
from aipol.scoping import Scope as Groups
from aipol.vocabulary import Surface
from aipol_targets.common.apple.model import plain
from aipol_targets.jamf.model import Cube, Scope, SmartGroup, stem

# More than this reads as no group a person would make; the nearest plain scope is used instead.
_MOST_CUBES = 32
_LONGEST_ID = 80

Names = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Addressed:
    """A set of people as Jamf Pro can address it; `region` is whom it really gets."""

    id: str
    region: Region
    scope: Scope
    group: SmartGroup | None = None


@dataclass(slots=True)
class Scopes:
    """Scopes by region, for one policy."""

    ir: Ir
    groups: Mapping[str, Region]
    known: dict[Region, Addressed] = field(default_factory=dict)
    smart: dict[str, tuple[Names, ...]] = field(default_factory=dict)
    """The smart groups by their ids, in small letters."""

    @classmethod
    def of(cls, ir: Ir) -> Scopes:
        """Over the groups that have an identity in Jamf Pro."""
        return cls(ir, addressable(ir, "jamf"))

    def nearest(self, region: Region) -> Addressed:
        """The scope that is `region`, or the nearest that errs on the side `on_gap` asks for."""
        found = self.known.get(region)
        if found is None:
            found = self.known[region] = self._apart(self._nearest(region))
        return found

    def _apart(self, found: Addressed) -> Addressed:
        """`found`, under an id that no other set of people has, whatever groups are called."""
        same = [each for each in self.known.values() if each.id.casefold() == found.id.casefold()]
        if all(each.region == found.region for each in same):
            return found
        return replace(found, id=f"{found.id}-{_digest(repr((found.scope, found.group)))}")

    def _nearest(self, region: Region) -> Addressed:
        plainly = scope_of(self.ir.universe, self.groups, region)
        if plainly is not None:
            return self._plain(plainly, region)
        cubes = self._cubes(region)
        reached = self._reached(cubes)
        again = scope_of(self.ir.universe, self.groups, reached)
        if again is not None:
            return self._plain(again, reached)
        others = self.ir.universe.others(reached)
        rest = self._cubes(others)
        if len(rest) < len(cubes) and self._reached(rest) == others:
            group = self._group(rest)
            return Addressed(f"everyone-not-{group.id}", reached, _all_but(group), group)
        group = self._group(cubes)
        return Addressed(group.id, reached, Scope((group.name,), ()), group)

    def _plain(self, scope: Groups, region: Region) -> Addressed:
        return Addressed(_plain_id(scope), region, self.named(scope))

    def named(self, scope: Groups) -> Scope:
        """`scope` in Jamf Pro's names."""
        include, exclude = (
            tuple(plain(self.ir.groups[each].jamf) for each in side)
            for side in (scope.include, scope.exclude)
        )
        return Scope(include, exclude, scope.everyone)

    def _group(self, cubes: tuple[Names, ...]) -> SmartGroup:
        identifier = _shortened("-or-".join(_cube_id(cube) for cube in cubes))
        if self.smart.setdefault(identifier.casefold(), cubes) != cubes:
            # Names of groups may read alike when they are joined.
            identifier = f"{identifier}-{_digest(repr(cubes))}"
        name = plain(f"aipol {self.ir.organization.identifier} {identifier}")
        wanted = tuple(
            Cube(*(tuple(plain(self.ir.groups[each].jamf) for each in side) for side in cube))
            for cube in cubes
        )
        return SmartGroup(identifier, f"computer-groups/{stem(identifier)}", name, wanted)

    def _reached(self, cubes: tuple[Names, ...]) -> Region:
        return self.ir.universe.any_of(self._people(cube) for cube in cubes)

    def _people(self, cube: Names) -> Region:
        universe = self.ir.universe
        inside = universe.all_of(self.groups[name] for name in cube[0])
        return universe.minus(inside, universe.any_of(self.groups[name] for name in cube[1]))

    def _cubes(self, region: Region) -> tuple[Names, ...]:
        universe = self.ir.universe
        support = universe.support(region)
        relevant = [
            name for name, group in self.groups.items() if universe.support(group) & support
        ]
        found: list[Names] = []
        for cube in _split(universe, self.groups, relevant, region, tighten=self.ir.tighten):
            found.append(cube)
            if len(found) > _MOST_CUBES:
                return (((), ()),) if self.ir.tighten else ()
        reached = self._reached(tuple(found))
        shorter = dict.fromkeys(self._shorter(cube, reached) for cube in found)
        kept = list(shorter)
        for cube in reversed(list(shorter)):
            if self._reached(tuple(other for other in kept if other != cube)) == reached:
                kept.remove(cube)
        return tuple(kept)

    def _shorter(self, cube: Names, reached: Region) -> Names:
        """`cube` without the conditions that change nothing."""
        for side in (0, 1):
            for name in cube[side]:
                sides = [
                    tuple(n for n in part if (at, n) != (side, name))
                    for at, part in enumerate(cube)
                ]
                fewer = (sides[0], sides[1])
                if self.ir.universe.within(self._people(fewer), reached):
                    cube = fewer
        return cube


def _split(
    universe: Universe,
    groups: Mapping[str, Region],
    names: list[str],
    region: Region,
    *,
    tighten: bool,
) -> Iterator[Names]:
    """Disjoint conjunctions over `names` that make up `region`, or come nearest to it."""

    def walk(position: int, domain: Region, cube: Names) -> Iterator[Names]:
        here = universe.both(domain, region)
        if here == NOBODY:
            return
        if here == domain or position == len(names):
            if here == domain or tighten:
                yield cube
            return
        name = names[position]
        inside, outside = universe.both(domain, groups[name]), universe.minus(domain, groups[name])
        if NOBODY in (inside, outside):
            yield from walk(position + 1, domain, cube)
            return
        yield from walk(position + 1, inside, ((*cube[0], name), cube[1]))
        yield from walk(position + 1, outside, (cube[0], (*cube[1], name)))

    return walk(0, EVERYBODY, ((), ()))


def cells(scopes: Scopes, narrowed: Ir, limit: int) -> tuple[tuple[Cell, Addressed], ...]:
    """The classes of people that `narrowed` tells apart, each with its scope; no Mac is in two.

    Exact where every class can be addressed, by smart groups if need be; else the ordered cells of
    aipol.scoping. Raises TooManyClasses.
    """
    parts = verdict_classes(narrowed, frozenset(Surface), limit)
    found = [scopes.nearest(part) for part in parts]
    if all(each.region == part for each, part in zip(found, parts, strict=True)):
        pairs = [(Cell(each.id, each.region, Groups((), ())), each) for each in found]
        return tuple(sorted(pairs, key=lambda pair: pair[0].id))
    return tuple(
        (cell, Addressed(cell.id, cell.region, scopes.named(cell.scope)))
        for cell in classes(narrowed, scopes.groups, tuple(Surface), limit)
    )


def _all_but(group: SmartGroup) -> Scope:
    return Scope((), (group.name,), everyone=True)


def _plain_id(scope: Groups) -> str:
    name = "everyone" if scope.everyone else "-or-".join(scope.include)
    return _shortened(
        f"{name}-not-{'-or-'.join(scope.exclude)}" if scope.exclude else name or "nobody"
    )


def _cube_id(cube: Names) -> str:
    inside, outside = ("-and-".join(cube[0]) or "everyone"), cube[1]
    return f"{inside}-not-{'-or-'.join(outside)}" if outside else inside


def _shortened(identifier: str) -> str:
    """`identifier`, or its beginning and a digest: names of objects and files are short."""
    if len(identifier) <= _LONGEST_ID:
        return identifier
    return f"{identifier[: _LONGEST_ID - 13]}-{_digest(identifier)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
