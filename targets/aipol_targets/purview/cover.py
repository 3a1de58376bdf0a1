"""Turn a set of people into the scopes of Purview policies that together hold them.

Policies add up, so a set that one scope cannot say may still be the union of several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipol.audience import NOBODY, Region, Universe
from aipol.scoping import Scope, scope_of

Groups = Mapping[str, Region]


def people_of(universe: Universe, groups: Groups, scope: Scope) -> Region:
    """Who is in `scope`."""
    outside = universe.any_of(groups[name] for name in scope.exclude)
    if scope.everyone:
        return universe.others(outside)
    return universe.minus(universe.any_of(groups[name] for name in scope.include), outside)


def cover_within(universe: Universe, groups: Groups, region: Region) -> tuple[Scope, ...]:
    """Scopes that together are `region`; where that cannot be said, some people are left out."""
    found, held = _exact(universe, groups, region)
    if held == region:
        return found
    return (*found, *_inside(universe, groups, region, held))


def cover_around(universe: Universe, groups: Groups, region: Region) -> tuple[Scope, ...]:
    """Scopes that together are `region`; where that cannot be said, some people are added."""
    found, held = _exact(universe, groups, region)
    return found if held == region else (_around(universe, groups, region),)


def _exact(universe: Universe, groups: Groups, region: Region) -> tuple[tuple[Scope, ...], Region]:
    if region == NOBODY:
        return (), NOBODY
    whole = scope_of(universe, groups, region)
    return ((whole,), region) if whole else _exact_parts(universe, groups, region)


def _exact_parts(
    universe: Universe, groups: Groups, region: Region
) -> tuple[tuple[Scope, ...], Region]:
    found: list[Scope] = []
    held = NOBODY
    named = universe.any_of(groups.values())
    parts = [universe.both(region, group) for group in groups.values()]
    for part in (*parts, universe.minus(region, named)):
        if universe.within(part, held):
            continue
        scope = scope_of(universe, groups, part)
        if scope:
            found.append(scope)
            held = universe.either(held, part)
    return tuple(found), held


def _inside(universe: Universe, groups: Groups, region: Region, held: Region) -> Iterator[Scope]:
    for group in groups.values():
        strangers = universe.minus(group, region)
        mixed = universe.any_of(
            other
            for other in groups.values()
            if other != group and universe.overlap(other, strangers)
        )
        part = universe.minus(group, mixed)
        if part == NOBODY or not universe.within(part, region) or universe.within(part, held):
            continue
        scope = scope_of(universe, groups, part)
        if scope:
            held = universe.either(held, part)
            yield scope


def _around(universe: Universe, groups: Groups, region: Region) -> Scope:
    exclude = tuple(name for name, group in groups.items() if not universe.overlap(group, region))
    if not universe.within(region, universe.any_of(groups.values())):
        return Scope((), exclude, everyone=True)
    include: list[str] = []
    held = NOBODY
    for name, group in groups.items():
        if universe.overlap(group, region) and not universe.within(
            universe.both(group, region), held
        ):
            include.append(name)
            held = universe.either(held, group)
    inside = universe.any_of(groups[name] for name in include)
    kept = tuple(name for name in exclude if universe.overlap(groups[name], inside))
    return Scope(tuple(include), kept)
