"""The words for a difference and for the people it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aipol.audience import EVERYBODY, Universe
from aipol.difference import Difference, Sides, difference
from aipol.ir import Ir
from aipol.report.difference import (
    change_json,
    change_words,
    reach_json,
)
from aipol.vocabulary import Effect

Raw = dict[str, Any]


# --- who ------------------------------------------------------------------------------------------


def test_people_are_named_as_the_policy_names_groups(
    small: Any, meaning: Callable[..., Ir]
) -> None:
    """Everybody, a group, several, those outside, and what only an intersection says."""
    ir = meaning(small.CHATTY, small.rule("allow"))
    sides, universe = Sides(ir, ir), ir.universe
    finance, pilot, temps = (universe.member_of(n) for n in ("finance", "pilot", "temps"))
    assert sides.words(EVERYBODY) == "everyone"
    assert sides.words(finance) == "finance"
    assert sides.words(universe.either(finance, pilot)) == "finance, pilot"
    assert sides.words(universe.others(temps)) == "everyone except temps"
    assert sides.words(universe.minus(finance, temps)) == "finance except temps"
    assert sides.words(universe.both(finance, pilot)) == "finance and pilot"
    odd = universe.either(universe.both(finance, pilot), universe.both(pilot, temps))
    assert sides.words(odd) == "pilot and temps, not in finance; or finance and pilot"


def test_many_parts_are_cut_short() -> None:
    """A set of people with more than three parts ends in others."""
    universe = Universe(("a", "b", "c", "d"))
    a, b, c, d = (universe.member_of(name) for name in universe.groups)
    odd = universe.any_of(
        universe.minus(universe.either(x, y), universe.both(x, y)) for x, y in ((a, b), (c, d))
    )
    sides = Sides.__new__(Sides)
    sides.universe, sides._said, sides._groups, sides._everyone = universe, {}, {}, "everyone"
    assert sides.words(odd).endswith("; or others")


def test_a_group_of_one_policy_alone_is_told(small: Any, meaning: Callable[..., Ir]) -> None:
    """Where only the new policy knows a group, its people are told what they gain."""
    more = {**small.GROUPS, "board": {}}
    old = meaning(small.CHATTY, small.rule("block"))
    new = meaning(
        small.CHATTY, small.rule("allow", groups=["board"]), small.rule("block"), groups=more
    )
    (change,) = difference(old, new).changes
    assert change_words(change) == "board: may use chatty (web): block -> allow"
    (back,) = difference(new, old).changes
    assert back.who == "board"
    assert difference(old, new).sides.example(change.people) == frozenset({"board"})


def test_a_name_that_means_others_is_not_folded_with_its_old_self(
    small: Any, meaning: Callable[..., Ir]
) -> None:
    """A group that is made up anew stands once for whom it was and once for whom it is."""
    apps = {
        "one": small.app(small.host("one.example")),
        "two": small.app(small.host("two.example")),
    }
    old = meaning(
        apps,
        small.rule("allow", apps=["one"]),
        small.rule("allow", apps=["two"], groups=["mixed"]),
        groups={**small.GROUPS, "mixed": {"all_of": ["finance"]}},
    )
    new = meaning(
        apps,
        small.rule("block", apps=["one"], groups=["mixed"]),
        small.rule("allow", apps=["one"]),
        groups={**small.GROUPS, "mixed": {"all_of": ["pilot"]}},
    )
    found = difference(old, new)
    assert [(change.who, change.apps) for change in found.changes] == [
        ("mixed", ("one",)),
        ("mixed", ("two",)),
    ]
    examples = [sorted(found.sides.example(change.people)) for change in found.changes]
    assert examples == [["pilot"], ["finance"]]


# --- words ----------------------------------------------------------------------------------------


def test_uses_are_listed_as_they_are(small: Any, two: Callable[..., Difference]) -> None:
    """Two apps on different surfaces are never said to be on each other's."""
    apps = {
        "one": small.app(small.host("one.example")),
        "two": small.app(small.host("api.two.example", role="api")),
        "three": small.app(small.host("three.example")),
    }
    everything = {"apps": ["*"]}
    found = two(
        apps, {"kept": small.app(small.host("k.example"))}, small.rule("block", **everything)
    )
    gone = next(change for change in found.changes if change.after is None)
    assert change_words(gone) == "everyone: one, three (web), two (api): block -> not governed"
    row = change_json(found.sides, gone)
    assert row["after"] is None
    assert row["before"]["effect"] == "block"
    assert {(use["app"], use["surface"]) for use in row["uses"]} == {
        ("one", "web"),
        ("two", "api"),
        ("three", "web"),
    }
    assert reach_json(found.sides, found.reaches[0])["before"] == "allowed"


def test_an_account_is_named_where_only_one_changes(small: Any, meaning: Callable[..., Ir]) -> None:
    """What changes for corporate accounts is said of those alone."""
    old = meaning(small.CHATTY, small.rule("allow", account="personal"), small.rule("block"))
    new = meaning(small.CHATTY, small.rule("block"))
    (change,) = difference(old, new).changes
    assert change_words(change) == (
        "everyone: lose chatty (web) (personal account): allow -> block"
    )
    assert change.before is not None
    assert change.before.effect is Effect.ALLOW


def test_protected_hosts_are_compared(small: Any, meaning: Callable[..., Ir]) -> None:
    """What nothing may block, and what lost that protection, is part of the difference."""
    old, new = (
        meaning(small.CHATTY, small.rule("block")),
        meaning(small.CHATTY, small.rule("block")),
    )
    more = replace(new, protected_hosts=(("push.example", "exact", "push"),))
    assert difference(old, more).protected == (("push.example", "exact", "push"),)
    assert difference(more, old).unprotected == (("push.example", "exact", "push"),)
    assert not difference(old, more).for_somebody
