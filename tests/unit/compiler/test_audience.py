"""Regions of people against explicit sets of persons."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import EVERYBODY, NOBODY, Person, Region, TooManyClasses, Universe

GROUPS = ("a", "b", "c", "d", "e")
PERSONS = tuple(
    frozenset(chosen)
    for chosen in chain.from_iterable(combinations(GROUPS, size) for size in range(6))
)
Persons = frozenset[Person]

persons = st.frozensets(st.sampled_from(PERSONS))


def region_of(universe: Universe, people: Persons) -> Region:
    """A region built person by person."""
    return universe.any_of(
        universe.all_of(
            universe.member_of(name)
            if name in person
            else universe.others(universe.member_of(name))
            for name in GROUPS
        )
        for person in people
    )


def people_in(universe: Universe, region: Region) -> Persons:
    """A region as an explicit set."""
    return frozenset(person for person in PERSONS if universe.contains(region, person))


@given(persons)
def test_contains_is_membership(people: Persons) -> None:
    """A region holds exactly the persons it was built from."""
    universe = Universe(GROUPS)
    assert people_in(universe, region_of(universe, people)) == people


@given(persons, persons)
def test_operations_are_those_of_sets(first: Persons, second: Persons) -> None:
    """Every operation on regions is the operation on sets."""
    universe = Universe(GROUPS)
    one, two = region_of(universe, first), region_of(universe, second)
    assert people_in(universe, universe.both(one, two)) == first & second
    assert people_in(universe, universe.either(one, two)) == first | second
    assert people_in(universe, universe.minus(one, two)) == first - second
    assert people_in(universe, universe.others(one)) == frozenset(PERSONS) - first
    assert universe.within(one, two) == (first <= second)
    assert universe.overlap(one, two) == bool(first & second)


@given(st.lists(persons, max_size=4))
def test_many_are_folded(many: list[Persons]) -> None:
    """`any_of` and `all_of` are union and intersection, with the right answer for none."""
    universe = Universe(GROUPS)
    regions = [region_of(universe, people) for people in many]
    assert people_in(universe, universe.any_of(regions)) == frozenset().union(*many)
    everybody = frozenset(PERSONS)
    assert people_in(universe, universe.all_of(regions)) == everybody.intersection(*many)


@given(persons, persons)
def test_equal_sets_are_one_number(first: Persons, second: Persons) -> None:
    """Regions are equal exactly when their people are, however they were made."""
    universe = Universe(GROUPS)
    one = region_of(universe, first)
    other = universe.others(universe.others(region_of(universe, second)))
    assert (one == other) == (first == second)
    assert (one == NOBODY) == (not first)
    assert (one == EVERYBODY) == (len(first) == len(PERSONS))


@given(persons)
def test_witness_is_inside(people: Persons) -> None:
    """The witness is somebody of the region, and there is none only where there is nobody."""
    universe = Universe(GROUPS)
    found = universe.witness(region_of(universe, people))
    assert found in people if people else found is None


@given(persons)
def test_witness_needs_all_its_groups(people: Persons) -> None:
    """Nobody with fewer of the same groups, taken in order, could stand for the witness."""
    universe = Universe(GROUPS)
    found = universe.witness(region_of(universe, people))
    if found is not None:
        by_order = [tuple(group in person for group in GROUPS) for person in people]
        assert tuple(group in found for group in GROUPS) == min(by_order)


@given(persons)
def test_support_is_what_matters(people: Persons) -> None:
    """A group is in the support exactly when joining or leaving it makes a difference."""
    universe = Universe(GROUPS)
    needed = {
        name
        for name in GROUPS
        if any((person ^ {name} in people) != (person in people) for person in PERSONS)
    }
    assert universe.support(region_of(universe, people)) == needed


@given(persons)
def test_cubes_are_disjoint_and_complete(people: Persons) -> None:
    """Everybody in a region is in exactly one of its cubes, and nobody else is in any."""
    universe = Universe(GROUPS)
    cubes = list(universe.cubes(region_of(universe, people)))
    for person in PERSONS:
        hits = [1 for inside, outside in cubes if inside <= person and not outside & person]
        assert len(hits) == (person in people)


@given(st.lists(persons, max_size=4))
def test_refine_is_the_coarsest_partition(many: list[Persons]) -> None:
    """Two persons share a part exactly when every set has both of them or neither."""
    universe = Universe(GROUPS)
    parts = universe.refine(region_of(universe, people) for people in many)
    expected: dict[tuple[bool, ...], set[Person]] = {}
    for person in PERSONS:
        expected.setdefault(tuple(person in people for people in many), set()).add(person)
    found = {people_in(universe, part) for part in parts}
    assert found == {frozenset(people) for people in expected.values()}
    assert len(parts) == len(found)


def test_refine_stops_at_its_limit() -> None:
    """Many groups that are all told apart are refused before they are enumerated."""
    universe = Universe([f"g{number}" for number in range(60)])
    members = [universe.member_of(name) for name in universe.groups]
    assert len(universe.refine(members[:5], 32)) == 32
    with pytest.raises(TooManyClasses) as caught:
        universe.refine(members, 32)
    assert caught.value.count == 64


@pytest.mark.parametrize("count", [400, 3000])
def test_many_groups_need_no_deep_stack(count: int) -> None:
    """A policy with thousands of groups is decided like one with three."""
    universe = Universe([f"g{number:05}" for number in range(count)])
    members = [universe.member_of(name) for name in universe.groups]
    anybody = universe.any_of(members)
    assert universe.others(anybody) == universe.all_of(map(universe.others, members))
    assert universe.witness(universe.minus(anybody, members[0])) == frozenset({universe.groups[-1]})
    assert universe.support(anybody) == set(universe.groups)
    assert sum(1 for _ in universe.cubes(anybody)) == count


def test_people_are_the_same_in_a_universe_with_more_groups() -> None:
    """A region copied into another universe holds whoever was in it, whatever else they are in."""
    origin, into = Universe(("b", "a")), Universe(("a", "new", "b"))
    region = origin.minus(origin.member_of("a"), origin.member_of("b"))
    copied = into.copied(region, origin)
    assert copied == into.minus(into.member_of("a"), into.member_of("b"))
    assert into.contains(copied, frozenset({"a", "new"}))
    assert into.copied(EVERYBODY, origin) == EVERYBODY
