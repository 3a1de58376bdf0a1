"""Saved plans: only what was approved is done, and foreign objects are nobody's business."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from aipol.apply.staleness import why_stale
from aipol.plan.model import Action, Cause, Change, Foreign, Inputs, Plan, Plans
from aipol.plan.saved import PlanError, as_json, from_json

INPUTS = Inputs("1.0", "p.yaml", "2026-12-01", "d", "f", "c")
CREATE = Change(Action.CREATE, Cause.NEW, "k", "a/new", "new", after={"x": [1]})
UPDATE = Change(Action.UPDATE, Cause.MOVED, "k", "a/old", "old", "7", {"x": 1}, {"x": 2}, "1", "2")
DELETE = Change(Action.DELETE, Cause.GONE, "k", "a/gone", "gone", "8", {"x": 3})
SAVED = Plans(INPUTS, (Plan("t", "place", (CREATE, UPDATE, DELETE)),))


def _now(*changes: Change, **more: Any) -> Plans:
    return Plans(INPUTS, (replace(SAVED.plans[0], changes=changes, **more),))


def _same() -> Plans:
    return from_json(json.dumps(as_json(SAVED)))


def test_a_plan_survives_its_file() -> None:
    """What is read is what was written."""
    assert _same() == SAVED
    assert why_stale(_same(), SAVED) == ""


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '"x"', "null", "[" * 100_000])
def test_what_is_no_plan_is_told(text: str) -> None:
    """No traceback, whatever the file holds."""
    with pytest.raises(PlanError):
        from_json(text)


@pytest.mark.parametrize("field", ["plans", "inputs", "adopted"])
def test_an_edited_plan_is_refused(field: str) -> None:
    """Each part of it is under the digest."""
    content = as_json(SAVED)
    edited = {**content, field: {"plans": [], "inputs": {}, "adopted": ["a/s"]}[field]}
    with pytest.raises(PlanError, match="edited"):
        from_json(json.dumps(edited))
    with pytest.raises(PlanError, match="schema"):
        from_json(json.dumps({**content, "schema": "aipol.plan/2"}))
    with pytest.raises(PlanError, match="edited"):
        from_json(json.dumps({**content, "digest": ""}))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": "2.0"}, "aipol 1.0, this is 2.0"),
        ({"files": "x"}, "the policy or its catalogue"),
        ({"catalogue": "x"}, "the policy or its catalogue"),
        ({"as_of": "2026-12-02"}, "the policy or its catalogue"),
    ],
)
def test_other_inputs_make_it_stale(change: dict[str, str], why: str) -> None:
    """Each with its reason, resumed or not."""
    now = replace(SAVED, inputs=replace(INPUTS, **change))
    assert why in why_stale(SAVED, now)
    assert why in why_stale(SAVED, now, frozenset())


def test_another_state_makes_it_stale() -> None:
    """Another place, an edit, an object more or less, a name that was taken."""
    elsewhere = replace(SAVED, plans=(replace(SAVED.plans[0], place="other"),))
    assert why_stale(SAVED, elsewhere) == "it is for place, this is other"
    twice = replace(SAVED, plans=SAVED.plans * 2)
    assert why_stale(twice, SAVED) == "it is for other targets"
    edited = replace(UPDATE, before={"x": 9})
    for changes in ((CREATE, edited, DELETE), (CREATE, UPDATE), (CREATE, UPDATE, DELETE, DELETE)):
        assert why_stale(SAVED, _now(*changes)) == "t at place has changed since"


def test_what_others_do_to_their_own_does_not() -> None:
    """Foreign objects, notes, and whom journals say it is about are no part of what is approved."""
    now = _now(CREATE, UPDATE, DELETE, foreign=(Foreign("k", "1", "x"),), notes=("n",))
    assert why_stale(SAVED, now) == ""


def test_the_rest_of_it_may_be_done_after_a_kill() -> None:
    """What is left is a part of the plan, and only where it was begun before."""
    rest = _now(replace(CREATE, needs=("a/x",)), DELETE)
    assert why_stale(SAVED, rest) != ""
    assert why_stale(SAVED, rest, frozenset()) == ""
    assert why_stale(SAVED, _now(), frozenset()) == ""


def test_what_was_left_halfway_may_be_finished() -> None:
    """Of what was begun the way to its end may have changed, and nothing else."""
    halfway = replace(CREATE, action=Action.UPDATE, cause=Cause.EDITED, id="9", before={"x": []})
    begun = frozenset({("t", CREATE.key)})
    assert why_stale(SAVED, _now(halfway), begun) == ""
    assert why_stale(SAVED, _now(halfway), frozenset()) != ""
    assert why_stale(SAVED, _now(halfway), frozenset({("u", CREATE.key)})) != ""
    assert why_stale(SAVED, _now(replace(halfway, after={"x": 0})), begun) != ""


def test_nothing_else_is_done_while_going_on() -> None:
    """An edit since, another object of the key, a new deletion: all of them need a new plan."""
    begun = frozenset({("t", DELETE.key)})
    for change in (
        replace(UPDATE, before={"x": 9}),
        replace(DELETE, id="99"),
        replace(DELETE, key="a/other"),
        replace(CREATE, key="a/more"),
        replace(DELETE, key=UPDATE.key, id=UPDATE.id),
    ):
        assert why_stale(SAVED, _now(change), begun) == "t at place has changed since"
