"""A vendor tells `true` from 1, as Python does not."""

from __future__ import annotations

import pytest

from aipol.apply.staleness import why_stale
from aipol.plan.comparing import differences
from aipol.plan.merging import merged
from aipol.plan.model import Action, Cause, Change, Inputs, Plan, Plans
from aipol.remote import Json


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"a": 1}, {"a": True}, "a"),
        ({"a": {"b": [0]}}, {"a": {"b": [False]}}, "a.b[0]"),
        ({"a": 1}, {"a": 1.0}, "a"),
    ],
)
def test_values_that_python_takes_for_equal_differ(before: Json, after: Json, path: str) -> None:
    """Wherever they are in a body."""
    assert [each.path for each in differences(before, after)] == [path]
    assert not list(differences(before, before))


def _plan(value: Json) -> Plan:
    change = Change(Action.CREATE, Cause.NEW, "script", "com.acme/s", "s", after={"a": value})
    return Plan("alpha", "tenant 1", (change,))


def test_a_plan_that_writes_another_type_is_another_plan() -> None:
    """One that was approved is stale, and merging one does something."""
    inputs = Inputs("1", "policy.yaml", "2026-12-01", "d", "f", "c")
    one, true = (Plans(inputs, (_plan(value),)) for value in (1, True))
    assert "has changed since" in why_stale(one, true)
    assert "has changed since" in why_stale(one, true, frozenset({("alpha", "com.acme/s")}))
    assert why_stale(one, one) == ""
    assert merged(_plan(1), _plan(True)).writes == _plan(True).writes
    assert merged(_plan(1), _plan(1)).writes == ()
