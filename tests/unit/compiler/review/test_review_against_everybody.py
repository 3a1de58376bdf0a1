"""What a review says of effects against asking both policies for everybody, one by one.

As many pairs as AIPOL_POLICIES says are tried, and no fewer than 240.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aipol.report.review_json import effects_json
from aipol.review import Side
from aipol.review.outputs import NOTHING
from aipol.vocabulary import Account
from tests.unit.compiler.difference import everybody, small
from tests.unit.compiler.difference.everybody import Pair

SIDE = Side("HEAD", "", "policy.yaml", None, NOTHING)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pair, ...]:
    """Drawn pairs of policies, of which the second is an edit of the first."""
    folder: Path = tmp_path_factory.mktemp("policies")
    return everybody.made_up(folder, small.ir_of)


def told(pair: Pair) -> list[dict[str, Any]]:
    """The changes as JSON has them."""
    found = effects_json(SIDE, SIDE, pair.found)
    assert found is not None
    changes: list[dict[str, Any]] = found["changes"]
    return changes


def about(change: dict[str, Any], person: frozenset[str]) -> bool:
    """Whether somebody is among the people of a change."""
    return any(
        person.issuperset(row["in"]) and person.isdisjoint(row["not_in"])
        for row in change["people"]
    )


def said(change: dict[str, Any], side: str) -> object:
    """Effect and obligations of a side, or None."""
    decision = change[side]
    return decision and (decision["effect"], decision["obligations"])


def decided(ruling: Any) -> object:
    """The same as a policy decides it."""
    return ruling and (ruling.effect.value, dict(ruling.obligations.items()))


def test_json_tells_every_difference_once_and_nothing_else(pairs: tuple[Pair, ...]) -> None:
    """For each person, use and account: a change exactly where what is noticed differs, with it."""
    for pair in pairs:
        changes = told(pair)
        for person in everybody.PEOPLE:
            mine = [change for change in changes if about(change, person)]
            for app, surface, account in everybody.USES:
                sides = [
                    side.decide(person, app, surface, account) for side in (pair.before, pair.after)
                ]
                found = [
                    change
                    for change in mine
                    if change["account"] in {account, Account.ANY}
                    and {"app": app, "surface": surface} in change["uses"]
                ]
                differs = everybody.noticed(sides[0]) != everybody.noticed(sides[1])
                assert len(found) == differs
                for change in found:
                    assert said(change, "before") == decided(sides[0])
                    assert said(change, "after") == decided(sides[1])


def test_the_lines_are_those_that_decide(pairs: tuple[Pair, ...]) -> None:
    """Some cause names, for each use, the rule before and the rule after."""
    for pair in pairs:
        for change in told(pair):
            person = frozenset(change["example"])
            account = Account.CORPORATE if change["account"] == "any" else change["account"]
            for use in change["uses"]:
                sides = [
                    ir.decide(person, use["app"], use["surface"], account)
                    for ir in (pair.before, pair.after)
                ]
                expected = [[each.id for each in side.because] if side else [] for side in sides]
                found = [
                    [[line["id"] for line in cause[side]] for side in ("before", "after")]
                    for cause in change["causes"]
                    if use in cause["uses"]
                ]
                assert expected in found


def test_there_are_pairs_of_each_kind(pairs: tuple[Pair, ...]) -> None:
    """Some differ and some do not, and some go each way."""
    several = [told(pair) for pair in pairs]
    assert any(not changes for changes in several)
    ways = {change["direction"] for changes in several for change in changes}
    assert ways == {"looser", "stricter", "other"}
