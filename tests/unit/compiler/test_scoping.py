"""Scopes and classes of people against every choice of includes and excludes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import EVERYBODY, NOBODY, Person, Region, TooManyClasses, Universe
from aipol.ir import (
    NO_OBLIGATIONS,
    Audience,
    Because,
    Group,
    Ir,
    Obligations,
    Organization,
    Origin,
    Ruling,
)
from aipol.scoping import (
    Cell,
    Scope,
    addressable,
    classes,
    scope_of,
    verdict_classes,
    verdicts,
)
from aipol.source import Span
from aipol.vocabulary import Account, Effect, Surface

HERE = Span("policy.yaml", 1, 1)
BASE = ("a", "b", "c", "d")
PERSONS = tuple(
    frozenset(chosen)
    for chosen in chain.from_iterable(combinations(BASE, size) for size in range(5))
)
Persons = frozenset[Person]
Uses = Mapping[str, Mapping[Effect, Persons]]

some_people = st.frozensets(st.sampled_from(PERSONS))


def region_of(universe: Universe, people: Persons) -> Region:
    """A region built person by person."""
    return universe.any_of(
        universe.all_of(
            universe.member_of(name)
            if name in person
            else universe.others(universe.member_of(name))
            for name in universe.groups
        )
        for person in people
    )


def ruling(app: str, region: Region, effect: Effect, **more: str) -> Ruling:
    """A ruling about an app on the web."""
    account = Account(more.get("account", "any"))
    return Ruling(
        f"{app}/{account}/{effect}/{region}",
        app,
        Surface.WEB,
        account,
        Audience(region, ("everyone",)),
        effect,
        Obligations(via=more["via"]) if "via" in more else NO_OBLIGATIONS,
        (Because(Origin.RULE, effect, HERE),),
    )


def ir_of(
    universe: Universe,
    named: Mapping[str, Region],
    rulings: tuple[Ruling, ...],
    *,
    tighten: bool = False,
) -> Ir:
    """A policy whose groups Jamf can name."""
    return Ir(
        organization=Organization("Acme", "com.acme"),
        universe=universe,
        groups={name: Group(name, region, HERE, jamf=name) for name, region in named.items()},
        apps={},
        data_classes=(),
        rulings=rulings,
        protected_hosts=(),
        gateways={},
        inspect_tls="none",
        close_bypasses=False,
        unlisted_ai=Effect.BLOCK,
        unlisted_span=HERE,
        tighten=tighten,
        as_of=date(2026, 1, 1),
    )


def is_in(scope: Scope, groups: Mapping[str, Persons], person: Person) -> bool:
    """Whether a platform would apply an object with this scope to a person."""
    included = scope.everyone or any(person in groups[name] for name in scope.include)
    return included and not any(person in groups[name] for name in scope.exclude)


def all_scopes(groups: Mapping[str, Persons]) -> Iterator[Persons]:
    """Whom each possible choice of includes and excludes holds."""
    choices = list(chain.from_iterable(combinations(groups, n) for n in range(len(groups) + 1)))
    for exclude in choices:
        for include, everyone in (*((choice, False) for choice in choices), ((), True)):
            scope = Scope(include, exclude, everyone)
            yield frozenset(person for person in PERSONS if is_in(scope, groups, person))


@given(st.lists(some_people, max_size=4), some_people)
def test_scope_is_found_exactly_when_there_is_one(named: list[Persons], people: Persons) -> None:
    """A region has a scope exactly when some choice of includes and excludes gives it."""
    universe = Universe(BASE)
    groups = {f"g{number}": persons for number, persons in enumerate(named)}
    regions = {name: region_of(universe, persons) for name, persons in groups.items()}
    scope = scope_of(universe, regions, region_of(universe, people))
    if people:
        assert (scope is not None) == (people in set(all_scopes(groups)))
    if scope is not None:
        assert frozenset(p for p in PERSONS if is_in(scope, groups, p)) == people


@given(st.lists(some_people, max_size=4), some_people)
def test_no_part_of_a_scope_is_idle(named: list[Persons], people: Persons) -> None:
    """Leaving out any include or exclude of a scope gives other people."""
    universe = Universe(BASE)
    groups = {f"g{number}": persons for number, persons in enumerate(named)}
    regions = {name: region_of(universe, persons) for name, persons in groups.items()}
    scope = scope_of(universe, regions, region_of(universe, people))
    if scope is None:
        return
    for name in (*scope.include, *scope.exclude):
        less = Scope(
            tuple(n for n in scope.include if n != name),
            tuple(n for n in scope.exclude if n != name),
            scope.everyone,
        )
        assert frozenset(p for p in PERSONS if is_in(less, groups, p)) != people


effects = st.sampled_from(Effect)
uses = st.lists(st.dictionaries(st.sampled_from(PERSONS), effects), min_size=1, max_size=3)


def rulings_of(universe: Universe, decided: list[dict[Person, Effect]]) -> tuple[Ruling, ...]:
    """One app for each table of who gets what; whoever is not in it is blocked."""
    return tuple(
        ruling(f"app{number}", region_of(universe, people), effect)
        for number, table in enumerate(decided)
        for effect in Effect
        if (people := frozenset(p for p in PERSONS if table.get(p, Effect.BLOCK) is effect))
    )


@given(st.lists(some_people.filter(bool), max_size=3), uses, st.booleans())
def test_every_device_gets_one_object(
    named: list[Persons], decided: list[dict[Person, Effect]], tighten: bool
) -> None:
    """The scopes of the cells partition everybody, and each says whom its region holds."""
    universe = Universe(BASE)
    groups = {f"g{number}": persons for number, persons in enumerate(named)}
    regions = {name: region_of(universe, persons) for name, persons in groups.items()}
    ir = ir_of(universe, regions, rulings_of(universe, decided), tighten=tighten)
    cells = classes(ir, addressable(ir, "jamf"), [Surface.WEB], limit=64)
    assert len({cell.id for cell in cells}) == len(cells)
    for person in PERSONS:
        objects = [cell for cell in cells if is_in(cell.scope, groups, person)]
        assert len(objects) == 1
        assert universe.contains(objects[0].region, person)


@given(st.lists(some_people.filter(bool), max_size=3), uses)
def test_cells_are_exact_where_every_class_is_addressable(
    named: list[Persons], decided: list[dict[Person, Effect]]
) -> None:
    """If each class of people with equal verdicts has a scope, the cells are those classes."""
    universe = Universe(BASE)
    groups = {f"g{number}": persons for number, persons in enumerate(named)}
    regions = {name: region_of(universe, persons) for name, persons in groups.items()}
    ir = ir_of(universe, regions, rulings_of(universe, decided))
    by_verdict: dict[tuple[Effect, ...], set[Person]] = {}
    for person in PERSONS:
        verdict = tuple(table.get(person, Effect.BLOCK) for table in decided)
        by_verdict.setdefault(verdict, set()).add(person)
    sayable = set(all_scopes(groups))
    if {frozenset(people) for people in by_verdict.values()} <= sayable:
        cells = classes(ir, addressable(ir, "jamf"), [Surface.WEB], limit=64)
        found = {frozenset(p for p in PERSONS if universe.contains(c.region, p)) for c in cells}
        assert found == {frozenset(people) for people in by_verdict.values()}
        for cell in cells:
            assert all(not v.others for v in verdicts(ir, cell, [Surface.WEB]).values())


@given(some_people.filter(bool), uses, st.booleans())
def test_verdict_is_the_laxest_or_strictest_of_a_cell(
    people: Persons, decided: list[dict[Person, Effect]], tighten: bool
) -> None:
    """A cell's object carries out the least strict effect of anybody in it, or the strictest."""
    universe = Universe(BASE)
    ir = ir_of(universe, {}, rulings_of(universe, decided), tighten=tighten)
    cell = Cell("cell", region_of(universe, people), Scope((), (), everyone=True))
    table = verdicts(ir, cell, [Surface.WEB])
    for number, effects_of in enumerate(decided):
        present = {effects_of.get(person, Effect.BLOCK) for person in people}
        ordered = sorted(present, key=list(Effect).index)
        verdict = table[f"app{number}", Surface.WEB]
        assert verdict.ruling.effect is ordered[-1 if tighten else 0]
        assert {other.effect for other in verdict.others} == present - {verdict.ruling.effect}


def test_gateway_use_counts_as_blocked() -> None:
    """People who must go through a gateway share a class with those who are blocked."""
    universe = Universe(("a",))
    inside = universe.member_of("a")
    rulings = (
        ruling("app", inside, Effect.ALLOW, via="gateway"),
        ruling("app", universe.others(inside), Effect.BLOCK),
    )
    ir = ir_of(universe, {"a": inside}, rulings)
    assert verdict_classes(ir, frozenset({Surface.WEB}), 8) == (EVERYBODY,)


def test_accounts_are_not_told_apart() -> None:
    """The laxer of two accounts decides the class, the stricter one is listed as unhonoured."""
    universe = Universe(("a",))
    rulings = (
        ruling("app", EVERYBODY, Effect.ALLOW, account="corporate"),
        ruling("app", EVERYBODY, Effect.BLOCK, account="personal"),
    )
    ir = ir_of(universe, {}, rulings)
    (cell,) = classes(ir, {}, [Surface.WEB], limit=8)
    verdict = verdicts(ir, cell, [Surface.WEB])["app", Surface.WEB]
    assert verdict.ruling.account is Account.CORPORATE
    assert [other.account for other in verdict.others] == [Account.PERSONAL]


def test_too_many_classes_is_found_at_once() -> None:
    """Thirty independent groups, a thousand million classes, fail without being listed."""
    names = [f"g{number:02}" for number in range(30)]
    universe = Universe(names)
    regions = {name: universe.member_of(name) for name in names}
    rulings = tuple(
        made
        for name, region in regions.items()
        for made in (
            ruling(name, region, Effect.ALLOW),
            ruling(name, universe.others(region), Effect.BLOCK),
        )
    )
    ir = ir_of(universe, regions, rulings)
    with pytest.raises(TooManyClasses) as caught:
        classes(ir, addressable(ir, "jamf"), [Surface.WEB], limit=100)
    assert 100 < caught.value.count <= 200
    # The only nodes made are those of the parts met on the way.
    assert len(universe._nodes) < 20_000


def test_other_surfaces_do_not_split() -> None:
    """A setting about the web has no classes for the sake of what holds on a desktop."""
    universe = Universe(("a",))
    inside = universe.member_of("a")
    rulings = (
        ruling("app", inside, Effect.ALLOW),
        ruling("app", universe.others(inside), Effect.BLOCK),
    )
    ir = ir_of(universe, {"a": inside}, rulings)
    (cell,) = classes(ir, addressable(ir, "jamf"), [Surface.DESKTOP], limit=8)
    assert cell.scope == Scope((), (), everyone=True)


NAMES = ("a", "b", "a-or-b", "a-not-b", "everyone")
some_names = st.frozensets(st.sampled_from(NAMES)).map(lambda found: tuple(sorted(found)))


@given(st.lists(st.tuples(some_names, some_names), min_size=2, max_size=6, unique=True))
def test_ids_tell_scopes_apart(scopes: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> None:
    """Groups whose names look like a scope do not make two scopes share an id."""
    from aipol.scoping import _cell_id

    made = [Scope(include, exclude) for include, exclude in scopes if include]
    ids = [_cell_id(scope) for scope in made]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9._-]{1,110}", each) for each in ids)


def test_narrow_groups_come_first() -> None:
    """A group inside another is offered before it, or its people would be taken by the wider."""
    universe = Universe(("a", "b"))
    a, b = universe.member_of("a"), universe.member_of("b")
    named = {"all": EVERYBODY, "a": a, "both": universe.both(a, b), "b": b}
    ir = ir_of(universe, named, ())
    order = list(addressable(ir, "jamf"))
    assert order[0] == "both"
    assert order[-1] == "all"
    assert addressable(ir, "entra") == {}
    assert NOBODY not in addressable(ir, "jamf").values()
