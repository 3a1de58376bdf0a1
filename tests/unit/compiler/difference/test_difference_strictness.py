"""How a difference is weighed: looser, stricter or neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from aipol.difference import Direction, difference
from aipol.difference.strictness import of_rulings
from aipol.ir import Ir, Obligations

Raw = dict[str, Any]

INTERNAL = {"data": {"max": "internal"}}
PUBLIC = {"data": {"max": "public"}}
SSO = {"sso": True}


@pytest.mark.parametrize(
    ("effect", "more", "becomes", "other", "way"),
    [
        ("allow", {}, "block", {}, Direction.STRICTER),
        ("warn", {}, "allow", {}, Direction.LOOSER),
        ("block", {}, "block", {"message": "no"}, Direction.OTHER),
        ("allow", {}, "allow", {"require": SSO}, Direction.STRICTER),
        ("allow", {"require": PUBLIC}, "allow", {"require": INTERNAL}, Direction.LOOSER),
        ("allow", {"require": INTERNAL}, "allow", {"require": PUBLIC}, Direction.STRICTER),
        ("allow", {"require": SSO}, "allow", {"require": PUBLIC}, Direction.OTHER),
        ("warn", {}, "allow", {"require": SSO}, Direction.OTHER),
        ("warn", {"require": SSO}, "block", {}, Direction.STRICTER),
    ],
)
def test_a_change_is_looser_only_where_nothing_is_stricter(
    small: Any,
    meaning: Callable[..., Ir],
    effect: str,
    more: Raw,
    becomes: str,
    other: Raw,
    way: Direction,
) -> None:
    """Effect and every obligation count; where one falls and another rises it is neither."""
    before = meaning(small.CHATTY, small.rule(effect, **more))
    after = meaning(small.CHATTY, small.rule(becomes, **other))
    found = difference(before, after)
    assert [change.direction for change in found.changes] == [way]
    back = difference(after, before)
    assert {change.direction for change in back.changes} == {_BACK[way]}


_BACK = {
    Direction.LOOSER: Direction.STRICTER,
    Direction.STRICTER: Direction.LOOSER,
    Direction.OTHER: Direction.OTHER,
}


def test_more_tenants_are_looser(small: Any, meaning: Callable[..., Ir]) -> None:
    """A second workspace opens something, and another one is neither looser nor stricter."""
    one, two, other = (
        meaning(small.CHATTY, small.rule("allow", account={"corporate": names}))
        for names in (["w1"], ["w1", "w2"], ["w3"])
    )
    assert [c.direction for c in difference(one, two).changes] == [Direction.LOOSER]
    assert [c.direction for c in difference(two, one).changes] == [Direction.STRICTER]
    assert [c.direction for c in difference(one, other).changes] == [Direction.OTHER]


def test_classes_that_one_policy_alone_knows_are_not_weighed(
    small: Any, meaning: Callable[..., Ir]
) -> None:
    """A ladder that another policy does not have puts no limit above or below another."""
    ir = meaning(small.CHATTY, small.rule("allow", require=PUBLIC))
    (old,) = ir.rulings
    new = replace(old, obligations=Obligations(data_max="top-secret"))
    assert of_rulings(ir, ir, old, new) is Direction.OTHER


@pytest.mark.parametrize(
    ("effect", "unlisted", "comes", "goes"),
    [
        ("block", "allow", Direction.STRICTER, Direction.LOOSER),
        ("warn", "allow", Direction.STRICTER, Direction.LOOSER),
        ("allow", "allow", Direction.OTHER, Direction.OTHER),
        ("allow", "block", Direction.LOOSER, Direction.STRICTER),
        ("block", "block", Direction.STRICTER, Direction.LOOSER),
    ],
)
def test_an_app_that_comes_or_goes_is_weighed_against_what_is_unlisted(
    small: Any,
    meaning: Callable[..., Ir],
    effect: str,
    unlisted: str,
    comes: Direction,
    goes: Direction,
) -> None:
    """Without the app, `unlisted_ai` alone spoke of it; losing a block is always the risk."""
    rules = (small.rule(effect, apps=["*"]),)
    two = {**small.CHATTY, "other": small.app(small.host("other.example"))}
    one = meaning(small.CHATTY, *rules, unlisted_ai=unlisted)
    both = meaning(two, *rules, unlisted_ai=unlisted)
    (change,) = difference(one, both).changes
    assert (change.before, change.direction, change.apps) == (None, comes, ("other",))
    (change,) = difference(both, one).changes
    assert (change.after, change.direction, change.apps) == (None, goes, ("other",))
