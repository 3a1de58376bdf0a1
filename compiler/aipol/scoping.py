"""Split people into the classes a platform can address, for settings that do not merge.

Two objects that set one list on one device conflict, so each device must get exactly one. A class
is a set of people with the same verdict on every use; the platform can name some groups, and takes
"in any of these, in none of those". Where a class cannot be said that way, the nearest classes that
can are used and who gets another verdict than their own is visible in `Verdict.others`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aipol.audience import EVERYBODY, NOBODY, Region, TooManyClasses, Universe
from aipol.ir import Ir, Ruling
from aipol.vocabulary import Effect, Surface

_LONGEST_ID = 100
_LOOKS_DERIVED = re.compile(r"-(?:or|not)-|-[0-9a-f]{8}-$")


@dataclass(frozen=True, slots=True)
class Scope:
    """In any of `include` (everybody when `everyone`), in none of `exclude`."""

    include: tuple[str, ...]
    exclude: tuple[str, ...]
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One class of people and how the platform addresses it."""

    id: str
    region: Region
    scope: Scope


@dataclass(frozen=True, slots=True)
class Verdict:
    """The ruling a cell's object carries out for one use, and those it cannot honour there."""

    ruling: Ruling
    others: tuple[Ruling, ...]


def addressable(ir: Ir, platform: str) -> dict[str, Region]:
    """The groups `platform` (`jamf`, `entra` ...) can name, in the policy's order of use."""
    named = {name: group for name, group in ir.groups.items() if getattr(group, platform)}
    used = [name for ruling in ir.rulings for name in ruling.audience.include if name in named]
    ordered = dict.fromkeys([*used, *named])

    def width(name: str) -> int:
        inner = named[name].region
        wider = (g.region for g in named.values() if g.region != inner)
        return -sum(ir.universe.within(inner, region) for region in wider)

    # A group inside another must come first, or its people would be taken by the wider one.
    return {name: named[name].region for name in sorted(ordered, key=width)}


def scope_of(universe: Universe, groups: Mapping[str, Region], region: Region) -> Scope | None:
    """A scope that is exactly `region`, none of its parts idle; None when there is none.

    Complete: if any choice of includes and excludes is exact, then so is the choice of every group
    disjoint from the region as exclude and every group that then stays inside it as include.
    """
    if region == EVERYBODY:
        return Scope((), (), everyone=True)
    exclude = [name for name, group in groups.items() if not universe.overlap(group, region)]
    outside = universe.any_of(groups[name] for name in exclude)
    if universe.others(outside) == region:
        return Scope((), _needed(universe, groups, exclude, region, None), everyone=True)
    include = [
        name
        for name, group in groups.items()
        if name not in exclude and universe.within(universe.minus(group, outside), region)
    ]
    inside = universe.any_of(groups[name] for name in include)
    if universe.minus(inside, outside) != region:
        return None
    include = list(_fewest(universe, groups, include, region, outside))
    return Scope(tuple(include), _needed(universe, groups, exclude, region, include))


def _fewest(
    universe: Universe,
    groups: Mapping[str, Region],
    include: list[str],
    region: Region,
    outside: Region,
) -> Iterable[str]:
    kept = list(include)
    for name in reversed(include):
        rest = universe.any_of(groups[other] for other in kept if other != name)
        if universe.minus(rest, outside) == region:
            kept.remove(name)
    return kept


def _needed(
    universe: Universe,
    groups: Mapping[str, Region],
    exclude: list[str],
    region: Region,
    include: Sequence[str] | None,
) -> tuple[str, ...]:
    inside = EVERYBODY if include is None else universe.any_of(groups[name] for name in include)
    kept = list(exclude)
    for name in reversed(exclude):
        outside = universe.any_of(groups[other] for other in kept if other != name)
        if universe.minus(inside, outside) == region:
            kept.remove(name)
    return tuple(kept)


def classes(
    ir: Ir, groups: Mapping[str, Region], surfaces: Iterable[Surface], limit: int
) -> tuple[Cell, ...]:
    """The cells of a platform that can name `groups`, for settings about `surfaces`.

    Exact where every class of people with equal verdicts can be addressed; else the ordered cells
    "in this group, in none of the earlier ones". Raises TooManyClasses.
    """
    parts: tuple[Region, ...] = ()
    try:
        parts = verdict_classes(ir, frozenset(surfaces), limit)
    except TooManyClasses:
        # Those who cannot be told apart need no class of their own.
        ir.universe.refine(groups.values(), limit)
    scopes = [scope_of(ir.universe, groups, part) for part in parts]
    if parts and all(scopes):
        cells = [
            Cell(_cell_id(scope), part, scope)
            for part, scope in zip(parts, scopes, strict=True)
            if scope
        ]
    else:
        cells = _ordered_cells(ir, _telling(ir.universe, groups, parts))
    if len(cells) > limit:
        raise TooManyClasses(len(cells))
    return tuple(sorted(cells, key=lambda cell: cell.id))


def _cell_id(scope: Scope) -> str:
    name = "everyone" if scope.everyone else "-or-".join(scope.include)
    if scope.exclude:
        name += f"-not-{'-or-'.join(scope.exclude)}"
    unclear = any(_LOOKS_DERIVED.search(f"-{group}-") for group in (*scope.include, *scope.exclude))
    if len(name) <= _LONGEST_ID and not unclear:
        return name
    # Two scopes must not share a name: one object would overwrite the other.
    digest = hashlib.sha256(repr(scope).encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_ID - 9]}-{digest}"


def verdict_classes(ir: Ir, surfaces: frozenset[Surface], limit: int) -> tuple[Region, ...]:
    """The coarsest partition of everybody into people with equal verdicts on every use.

    Found by refinement, one use after another: each part has verdicts of its own, so passing
    `limit` raises TooManyClasses at once, however many memberships there are.
    """
    patterns = {
        pattern
        for (_, surface), rulings in ir.by_use.items()
        if surface in surfaces
        for pattern in _by_effect(ir, rulings)
    }
    return ir.universe.refine(sorted(patterns), limit)


def _by_effect(ir: Ir, rulings: tuple[Ruling, ...]) -> set[Region]:
    """The sets of people a use treats alike when accounts are not told apart."""
    found: set[Region] = set()
    universe, reached = ir.universe, NOBODY
    for effect in reversed(Effect) if ir.tighten else Effect:
        here = universe.any_of(r.audience.region for r in rulings if r.direct is effect)
        fresh = universe.minus(here, reached)
        reached = universe.either(reached, here)
        if fresh not in (NOBODY, EVERYBODY):
            found.add(fresh)
    return found


def _telling(
    universe: Universe, groups: Mapping[str, Region], parts: Sequence[Region]
) -> dict[str, Region]:
    """The groups that have to do with who gets which verdict; all when that is not known."""
    matter = frozenset[str]().union(*(universe.support(part) for part in parts))
    if not parts:
        return dict(groups)
    return {name: region for name, region in groups.items() if universe.support(region) & matter}


def _ordered_cells(ir: Ir, groups: Mapping[str, Region]) -> list[Cell]:
    universe = ir.universe
    cells: list[Cell] = []
    earlier: list[str] = []
    taken = NOBODY
    for name, region in groups.items():
        rest = universe.minus(region, taken)
        if rest != NOBODY:
            exclude = tuple(other for other in earlier if universe.overlap(groups[other], region))
            scope = Scope((name,), exclude)
            cells.append(Cell(_cell_id(scope), rest, scope))
        earlier.append(name)
        taken = universe.either(taken, region)
    if taken != EVERYBODY:
        scope = Scope((), tuple(earlier), everyone=True)
        cells.append(Cell(_cell_id(scope), universe.others(taken), scope))
    return cells


def verdicts(ir: Ir, cell: Cell, surfaces: Iterable[Surface]) -> dict[tuple[str, Surface], Verdict]:
    """What a cell's object says about each use: the least strict ruling of anybody in it.

    Accounts are not told apart. With `on_gap: tighten` the strictest ruling is taken instead.
    """
    wanted = frozenset(surfaces)
    overlaps: dict[Region, bool] = {}
    table: dict[tuple[str, Surface], Verdict] = {}
    for use, rulings in ir.by_use.items():
        if use[1] not in wanted:
            continue
        present = [
            r for r in rulings if _overlaps(ir.universe, overlaps, r.audience.region, cell.region)
        ]
        if present:
            chosen = choose(ir, present)
            table[use] = Verdict(chosen, tuple(r for r in present if r.direct is not chosen.direct))
    return table


def choose(ir: Ir, rulings: Sequence[Ruling]) -> Ruling:
    """The ruling one object carries out for people under several; the first of equal ones."""
    pick = max if ir.tighten else min
    return pick(rulings, key=lambda ruling: ruling.direct.strictness)


def _overlaps(universe: Universe, known: dict[Region, bool], region: Region, cell: Region) -> bool:
    answer = known.get(region)
    if answer is None:
        answer = known[region] = universe.overlap(region, cell)
    return answer
