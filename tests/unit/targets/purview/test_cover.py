"""Scopes for sets of people."""

from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import NOBODY, Region, Universe
from aipol_targets.purview.cover import cover_around, cover_within, people_of

NAMES = ("a", "b", "c", "d")
_CUBES = st.lists(
    st.tuples(st.frozensets(st.sampled_from(NAMES)), st.frozensets(st.sampled_from(NAMES))),
    max_size=4,
)


def _world(cubes: list[tuple[frozenset[str], frozenset[str]]]) -> tuple[Universe, Region]:
    universe = Universe(NAMES)
    regions = [
        universe.both(
            universe.all_of(map(universe.member_of, inside)),
            universe.others(universe.any_of(map(universe.member_of, outside))),
        )
        for inside, outside in cubes
    ]
    return universe, reduce(universe.either, regions, NOBODY)


@given(cubes=_CUBES, named=st.frozensets(st.sampled_from(NAMES)))
def test_the_nearest_scopes_lie_on_the_right_side(
    cubes: list[tuple[frozenset[str], frozenset[str]]], named: frozenset[str]
) -> None:
    """Within never adds anybody, around never leaves anybody out."""
    universe, region = _world(cubes)
    groups = {name: universe.member_of(name) for name in NAMES if name in named}
    inner, outer = (
        universe.any_of(
            people_of(universe, groups, scope) for scope in find(universe, groups, region)
        )
        for find in (cover_within, cover_around)
    )
    assert universe.within(inner, region)
    assert universe.within(region, outer)


@given(cubes=_CUBES)
def test_single_groups_minus_others_are_exact(
    cubes: list[tuple[frozenset[str], frozenset[str]]],
) -> None:
    """A union of `in this group, in none of those` needs no approximation."""
    simple = [(frozenset(sorted(inside)[:1]), outside - inside) for inside, outside in cubes]
    universe, region = _world([cube for cube in simple if cube[0]])
    groups = {name: universe.member_of(name) for name in NAMES}
    parts = cover_within(universe, groups, region)
    assert universe.within(
        universe.any_of(people_of(universe, groups, scope) for scope in parts), region
    )
