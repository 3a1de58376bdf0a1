"""Bring back what was there: after failures and doubts, after others' edits, and of a rollback."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aipol.apply.events import Outcome
from aipol.plan.model import Action, Cause
from aipol.remote import Mark, marked
from tests.unit.compiler.apply.pushing import Pushing, foreign, holds, meaning
from tests.unit.compiler.apply.test_faults import BEFORE, WANTED, _first, _place
from tests.unit.compiler.apply.vendor import (
    POLICY,
    SCRIPT,
    Fault,
    Killed,
    bearing,
    digest_for,
    key_of,
    policy,
    script,
    seeded,
)


@pytest.mark.parametrize("fault", Fault)
def test_an_apply_that_failed_anywhere_is_undone(fault: Fault, tmp_path: Path) -> None:
    """Refused, in doubt or killed at any write: what was there before is there again."""
    for number in range(1, 9):
        pushing = _place(tmp_path / str(number), lag=5.0)
        before, theirs = meaning(pushing.vendor, pushing.remote), foreign(pushing.vendor)
        pushing.vendor.faults[number] = fault
        _first(pushing)
        pushing.vendor.faults.clear()
        found = [each for each in pushing.journals() if any(each.touched())]
        for journal in found:
            pushing.roll_back(journal)
            pushing.roll_back(journal)  # what was seen too early to be brought back is told, and is
            assert pushing.roll_back(journal) == ()
        assert meaning(pushing.vendor, pushing.remote) == before
        assert foreign(pushing.vendor) == theirs


def test_a_rollback_that_is_cut_short_is_gone_on_with(tmp_path: Path) -> None:
    """Rolling the same journal back again does the rest, and makes nothing twice."""
    for number in range(1, 8):
        pushing = _place(tmp_path / str(number), lag=5.0)
        before = meaning(pushing.vendor, pushing.remote)
        pushing.go_on(*WANTED)
        (journal,) = pushing.journals()
        pushing.vendor.faults[len(pushing.vendor.writes) + number] = Fault.KILLED_AFTER
        with pytest.raises(Killed):
            pushing.roll_back(journal)
        pushing.roll_back(journal)
        assert meaning(pushing.vendor, pushing.remote) == before
        assert pushing.roll_back(journal) == ()


def test_rolling_back_twice_makes_no_second_object(pushing: Pushing) -> None:
    """What was deleted comes back once, whoever asks again."""
    pushing.go_on(script("s"), script("t"))
    pushing.go_on(script("t"))
    journal = pushing.journals()[-1]
    pushing.roll_back(journal)
    assert pushing.roll_back(journal) == ()
    assert len(list(bearing(pushing.vendor, key_of("s")))) == 1


def test_what_was_made_again_since_is_changed_and_not_doubled(pushing: Pushing) -> None:
    """A later apply made the deleted object anew: it gets the body that the first one had."""
    pushing.go_on(script("s", "one"))
    pushing.go_on()
    journal = pushing.journals()[-1]
    pushing.go_on(script("s", "two"))
    made = pushing.back(journal)
    assert [(each.action, each.cause) for each in made.writes] == [(Action.UPDATE, Cause.EDITED)]
    pushing.apply(made)
    assert holds(pushing.vendor, pushing.remote, (script("s", "one"),)) == []


def test_what_others_edited_since_is_told(pushing: Pushing) -> None:
    """It is brought back, too, and shown as edited before."""
    pushing.go_on(script("s", "one"), script("t", "one"))
    pushing.go_on(script("s", "two"), script("t", "two"))
    (stored,) = bearing(pushing.vendor, key_of("s"))
    pushing.vendor.change(stored.id, {"text": "by hand"})
    made = pushing.back()
    assert {each.key: each.cause for each in made.writes} == {
        key_of("s"): Cause.EDITED,
        key_of("t"): Cause.UNDONE,
    }
    (edited,) = (each for each in made.writes if each.cause is Cause.EDITED)
    assert [(each.before, each.after) for each in edited.differences] == [("by hand", "one")]
    pushing.apply(made)
    assert holds(pushing.vendor, pushing.remote, (script("s", "one"), script("t", "one"))) == []


def test_what_others_changed_and_the_apply_gave_up_stays_theirs(pushing: Pushing) -> None:
    """An update that was never sent is not undone over somebody's edit."""
    pushing.go_on(script("s", "one"), script("t", "one"))
    made = pushing.plan(script("s", "two"), script("t", "two"))
    (stored,) = bearing(pushing.vendor, key_of("s"))
    pushing.vendor.change(stored.id, {"text": "by hand"})
    pushing.apply(made)
    assert [each.key for each in pushing.back().writes] == [key_of("t")]


def test_what_bears_our_mark_no_more_is_left_alone(pushing: Pushing) -> None:
    """Somebody took the mark away: the object is theirs, and the rollback says so."""
    pushing.go_on(script("s", "one"))
    pushing.go_on(script("s", "two"), script("new"))
    for key in ("s", "new"):
        (stored,) = bearing(pushing.vendor, key_of(key))
        pushing.vendor.change(stored.id, {"description": "mine"})
    theirs = foreign(pushing.vendor)
    made = pushing.back()
    assert made.writes == ()
    assert sorted(made.notes) == [
        "`AI new` bears our mark no more and is left alone",
        "`AI s` bears our mark no more and is left alone",
    ]
    assert foreign(pushing.vendor) == theirs


def test_an_adopted_object_is_nobodys_again(pushing: Pushing) -> None:
    """Its body and its description are as before; undoing that adopts it again."""
    identifier = seeded(pushing.vendor, script("s", "theirs"), {}, None)
    before = meaning(pushing.vendor, pushing.remote)
    pushing.apply(pushing.plan(script("s"), adopt=frozenset({key_of("s")})))
    pushing.roll_back()
    assert meaning(pushing.vendor, pushing.remote) == before
    assert list(pushing.vendor.objects) == [identifier]
    pushing.roll_back()
    assert holds(pushing.vendor, pushing.remote, (script("s"),)) == []
    assert list(pushing.vendor.objects) == [identifier]


def test_an_adopted_object_that_is_gone_comes_back_once(pushing: Pushing) -> None:
    """It had no mark, so it is known by its name when somebody rolls back again."""
    seeded(pushing.vendor, script("s", "theirs"), {}, None)
    pushing.apply(pushing.plan(script("s"), adopt=frozenset({key_of("s")})))
    journal = pushing.journals()[-1]
    pushing.vendor.objects.clear()
    pushing.roll_back(journal)
    assert [each.document["text"] for each in pushing.vendor.all()] == ["theirs"]
    assert pushing.roll_back(journal) == ()


def test_an_unmarked_object_is_not_made_again_in_doubt(pushing: Pushing) -> None:
    """Nobody can look for what has no mark: it is left in doubt, and found by its name later."""
    seeded(pushing.vendor, script("s", "theirs"), {}, None)
    pushing.apply(pushing.plan(script("s"), adopt=frozenset({key_of("s")})))
    journal = pushing.journals()[-1]
    pushing.vendor.objects.clear()
    pushing.vendor.faults[len(pushing.vendor.writes) + 1] = Fault.LOST_AFTER
    (result,) = pushing.roll_back(journal)
    assert result.outcome is Outcome.DOUBTFUL
    assert pushing.roll_back(journal) == ()
    assert len(pushing.vendor.objects) == 1


def test_a_change_that_refers_to_what_was_not_changed_is_undone(pushing: Pushing) -> None:
    """The script that a policy uses was no part of the apply; its id is known all the same."""
    pushing.go_on(script("s"), script("t"), policy("p", "s"))
    pushing.go_on(script("s"), script("t"), policy("p", "t"))
    assert all(each.outcome is Outcome.DONE for each in pushing.roll_back())
    wanted = (script("s"), script("t"), policy("p", "s"))
    assert holds(pushing.vendor, pushing.remote, wanted) == []


def test_marks_come_back_where_nothing_else_changed(pushing: Pushing) -> None:
    """An apply that only set the digest right is undone to the digest that was there."""
    seeded(pushing.vendor, script("s"), {}, Mark(key_of("s"), "0" * 16))
    before = meaning(pushing.vendor, pushing.remote)
    assert len(pushing.go_on(script("s"))) == 1
    assert meaning(pushing.vendor, pushing.remote) != before
    pushing.roll_back()
    assert meaning(pushing.vendor, pushing.remote) == before


def test_others_are_counted_in_a_rollback(pushing: Pushing) -> None:
    """What was foreign is foreign in its plan; another organisation's among it."""
    seeded(pushing.vendor, script("x"), {}, Mark("com.acme2/x", "0" * 16))
    seeded(pushing.vendor, policy("y"), {}, None)
    pushing.go_on(script("s"), script("t"))
    pushing.go_on(script("s"))
    made = pushing.back()
    assert {(each.kind, each.name) for each in made.foreign} == {
        (SCRIPT, "AI x"),
        (POLICY, "AI y"),
    }
    assert [(each.action, each.key) for each in made.changes] == [
        (Action.NO_OP, key_of("s")),
        (Action.CREATE, key_of("t")),
    ]


def test_an_older_journal_is_undone_beside_a_newer_one(pushing: Pushing) -> None:
    """Any journal can be rolled back; what a later one made stays where it is."""
    pushing.go_on(*BEFORE)
    pushing.go_on(*BEFORE, script("later"))
    first = pushing.journals()[0]
    pushing.roll_back(first)
    assert holds(pushing.vendor, pushing.remote, (script("later"),)) == []


def test_a_copy_made_since_is_left_to_the_next_plan(pushing: Pushing) -> None:
    """The object comes back, the copy stays until a plan removes it."""
    pushing.go_on(script("s", "one"))
    pushing.go_on(script("s", "two"))
    (stored,) = bearing(pushing.vendor, key_of("s"))
    text = marked("by policy", Mark(key_of("s"), digest_for(script("s", "two"))))
    copy = pushing.vendor.put_in(SCRIPT, {**stored.document, "description": text})
    kept = replace(pushing.vendor.objects[copy])
    (result,) = pushing.roll_back()
    assert (result.outcome, result.id) == (Outcome.DONE, stored.id)
    assert pushing.vendor.objects[copy] == kept


def test_a_copy_that_comes_back_in_doubt_is_not_the_object_that_stayed(pushing: Pushing) -> None:
    """Both bear one mark: what was there before is not what a lost request made."""
    pushing.go_on(policy("p", assignments=["x"]))
    (stored,) = bearing(pushing.vendor, key_of("p"))
    pushing.vendor.put_in(POLICY, {**stored.document, "assignments": ["y"]})
    pushing.go_on(policy("p", assignments=["x"]))
    pushing.vendor.faults[len(pushing.vendor.writes) + 1] = Fault.KILLED_BEFORE
    with pytest.raises(Killed):
        pushing.roll_back()
    pushing.vendor.revive()
    pushing.settle()
    assert [progress.id for _, progress in pushing.journals()[-1].touched()] == [""]
    pushing.vendor.faults[len(pushing.vendor.writes) + 1] = Fault.LOST_BEFORE
    pushing.roll_back(pushing.journals()[1])
    assert pushing.vendor.objects[stored.id].document["assignments"] == ["x"]


def test_a_note_on_our_object_is_not_undone(pushing: Pushing) -> None:
    """What was made is gone; somebody's object that mentions its key is not there instead of it."""
    pushing.go_on(script("s"))
    pushing.vendor.objects.clear()
    note = {"name": "theirs", "description": f"see aipol:{key_of('s')}", "text": "theirs"}
    pushing.vendor.put_in(SCRIPT, note)
    assert pushing.back().writes == ()
