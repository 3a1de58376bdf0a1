"""Turn sets of people into assignments that Intune can hold.

An assignment is some groups, or everybody, without some groups; an excluded group wins over an
included one. Compliance policies and switches add up, so a set may be held by several of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aipol.audience import NOBODY, Region, Universe
from aipol.ir import Group
from aipol.scoping import Scope, scope_of
from aipol_targets.intune.model import Assignment

Groups = Mapping[str, Region]


@dataclass(frozen=True, slots=True)
class Assigner:
    """Turns scopes into assignments; `everyone` is Intune's word for everybody."""

    groups: Mapping[str, Group]
    everyone: str

    def assign(self, scope: Scope) -> Assignment:
        """The assignment that is `scope`."""
        return Assignment(
            include=self._ids(scope.include),
            exclude=self._ids(scope.exclude),
            everyone=self.everyone if scope.everyone else "",
        )

    def _ids(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({self.groups[name].entra.lower() for name in names}))


def scope_id(scope: Scope) -> str:
    """The name that objects for `scope` carry; groups in an order that no rule changes."""
    name = "everyone" if scope.everyone else "-or-".join(sorted(scope.include))
    return f"{name}-not-{'-or-'.join(sorted(scope.exclude))}" if scope.exclude else name


def people_of(universe: Universe, groups: Groups, scope: Scope) -> Region:
    """Who is in `scope`."""
    outside = universe.any_of(groups[name] for name in scope.exclude)
    if scope.everyone:
        return universe.others(outside)
    return universe.minus(universe.any_of(groups[name] for name in scope.include), outside)


def inner_scopes(universe: Universe, groups: Groups, region: Region) -> tuple[Scope, ...]:
    """Scopes that together are `region`, or as much of it as can be said."""
    whole = scope_of(universe, groups, region)
    if whole or region == NOBODY:
        return (whole,) if whole else ()
    found: list[Scope] = []
    held = NOBODY
    named = universe.any_of(groups.values())
    parts = [universe.both(region, group) for group in groups.values()]
    for part in (*parts, universe.minus(region, named)):
        scope = None if universe.within(part, held) else scope_of(universe, groups, part)
        if scope:
            found.append(scope)
            held = universe.either(held, part)
    return tuple(found)


def outer_scope(universe: Universe, groups: Groups, region: Region) -> tuple[Scope, ...]:
    """One scope that holds all of `region`, and as few others as can be said."""
    whole = scope_of(universe, groups, region)
    if whole or region == NOBODY:
        return (whole,) if whole else ()
    exclude = tuple(name for name, group in groups.items() if not universe.overlap(group, region))
    if not universe.within(region, universe.any_of(groups.values())):
        return (Scope((), exclude, everyone=True),)
    include: list[str] = []
    held = NOBODY
    for name, group in groups.items():
        if not universe.within(universe.both(group, region), held):
            include.append(name)
            held = universe.either(held, group)
    return (
        Scope(
            tuple(include), tuple(name for name in exclude if universe.overlap(groups[name], held))
        ),
    )
