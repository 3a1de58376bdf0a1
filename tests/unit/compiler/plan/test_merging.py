"""What a change of the policy brings about, beside what happens anyway."""

from __future__ import annotations

from aipol.plan.merging import merged
from aipol.plan.model import Action, Cause, Change, Plan


def _plan(*changes: Change) -> Plan:
    return Plan("alpha", "tenant 1", changes)


def _change(action: Action, key: str, after: object = "a", identifier: str = "") -> Change:
    return Change(action, Cause.NEW, "script", f"com.acme/{key}", key, identifier, after=after)


def test_only_what_the_earlier_plan_has_not_is_left() -> None:
    """Another body, another object, another action; the same is counted."""
    same = _change(Action.CREATE, "same")
    before = _plan(same, _change(Action.UPDATE, "other", "old", "1"))
    new = _change(Action.UPDATE, "other", "new", "1")
    gone = _change(Action.DELETE, "gone", None, "2")
    found = merged(before, _plan(same, new, gone))
    assert found.writes == (new, gone)
    assert found.notes == ("1 more are to be changed with or without this policy",)


def test_what_is_withdrawn_is_told() -> None:
    """The earlier policy would change an object that this one leaves as it is."""
    before = _plan(_change(Action.DELETE, "kept", None, "1"))
    kept = _change(Action.NO_OP, "kept", identifier="1")
    found = merged(before, _plan(kept))
    assert found.writes == ()
    assert found.changes == (kept,)
    assert "1 more would be changed without this policy" in found.notes[0]
