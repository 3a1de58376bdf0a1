"""Each limit at its edge and beyond, and each consent: as narrow as it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aipol.plan.guards import Consent, Places, refusals
from aipol.plan.model import Action, Cause, Change, Collision, Concerned, Difference, Plan
from aipol.remote import Absent
from aipol.source import Span, whole_file

SPAN = whole_file("p.yaml")
EVERYBODY = Concerned(everybody=True)


def _changes(number: int, action: Action, cause: Cause = Cause.SAME) -> list[Change]:
    new = action is Action.CREATE
    return [
        Change(action, cause, "k", f"a/{action}{n}", f"{action}{n}", "" if new else f"{action}{n}")
        for n in range(number)
    ]


def _codes(
    *changes: list[Change],
    consent: Consent | None = None,
    rehearsal: str = "",
    collisions: tuple[Collision, ...] = (),
) -> list[str]:
    plan = Plan("t", "place", tuple(each for several in changes for each in several))
    plan = replace(plan, collisions=collisions)
    return [each.code for each in refusals(plan, consent or Consent(), Places(SPAN), rehearsal)]


@pytest.mark.parametrize(
    ("every", "most"), [(2, 2), (10, 2), (14, 2), (15, 3), (19, 3), (20, 4), (100, 20)]
)
def test_deletions(every: int, most: int) -> None:
    """Two may always go, then a fifth; consent is for so many and no more."""
    deletions, rest = Action.DELETE, Action.NO_OP
    assert _codes(_changes(most, deletions), _changes(every - most, rest)) == []
    beyond = (_changes(most + 1, deletions), _changes(max(0, every - most - 1), rest))
    assert _codes(*beyond) == ["AIP702"]
    assert _codes(*beyond, consent=Consent(deletes=most + 1)) == []
    assert _codes(*beyond, consent=Consent(deletes=most)) == ["AIP702"]
    assert _codes(*beyond, consent=Consent(updates=99, first_enforcement=True)) == ["AIP702"]


@pytest.mark.parametrize(("every", "most"), [(10, 10), (20, 10), (21, 10), (22, 11), (100, 50)])
def test_updates(every: int, most: int) -> None:
    """Ten may always change, then half."""
    updates, rest = Action.UPDATE, Action.NO_OP
    assert _codes(_changes(most, updates), _changes(every - most, rest)) == []
    beyond = (_changes(most + 1, updates), _changes(max(0, every - most - 1), rest))
    assert _codes(*beyond) == ["AIP703"]
    assert _codes(*beyond, consent=Consent(updates=most + 1)) == []
    assert _codes(*beyond, consent=Consent(deletes=99)) == ["AIP703"]


def test_what_is_made_or_adopted_is_no_part_of_all() -> None:
    """Fifty new objects do not let more of the ten that are there go."""
    adopted = [replace(each, marked=False) for each in _changes(50, Action.ADOPT)]
    several = (_changes(3, Action.DELETE), _changes(7, Action.NO_OP), _changes(50, Action.CREATE))
    assert _codes(*several, adopted) == ["AIP702"]


def test_everybody() -> None:
    """What a rule about everybody made goes only by its name; a copy of it goes by itself."""
    (gone,) = _changes(1, Action.DELETE, Cause.GONE)
    lost = replace(gone, concerned=EVERYBODY)
    assert _codes([lost]) == ["AIP704"]
    assert _codes([lost], consent=Consent(everybody=frozenset({"a/other"}))) == ["AIP704"]
    assert _codes([lost], consent=Consent(everybody=frozenset({lost.key}))) == []
    assert _codes([lost], consent=Consent(everybody=frozenset({f"{lost.key[:-1]}*"}))) == []
    assert _codes([gone]) == []
    assert _codes([replace(lost, cause=Cause.DOUBLE)]) == []
    assert _codes([replace(lost, action=Action.UPDATE)]) == []


def test_a_copy_that_somebody_changed() -> None:
    """It goes only where all that goes was allowed; an exact copy goes by itself."""
    (copy,) = _changes(1, Action.DELETE, Cause.DOUBLE)
    changed = replace(copy, differences=(Difference("text", "a", "b"),))
    assert _codes([copy]) == []
    assert _codes([changed]) == ["AIP707"]
    assert _codes([changed], consent=Consent(deletes=1)) == []
    gone = _changes(1, Action.DELETE, Cause.GONE)
    assert _codes([changed], gone, consent=Consent(deletes=1)) == ["AIP707"]


def test_what_goes_and_is_not_as_aipol_wrote_it() -> None:
    """By its name, with what to do about it; one that is as aipol wrote it goes by itself."""
    (gone,) = _changes(1, Action.DELETE, Cause.GONE)
    changed = replace(gone, differences=(Difference("digest", "a", "b"),))
    assert _codes([gone]) == []
    assert _codes([changed]) == ["AIP707"]
    assert _codes([changed], consent=Consent(deletes=1)) == []
    (finding,) = refusals(Plan("t", "place", (changed,)), Consent(), Places(SPAN))
    assert f"`{changed.name}`" in finding.message
    assert changed.id in finding.hint


def test_first_enforcement() -> None:
    """Where nothing of ours is yet, a target that can only report does so first."""
    new, ours = _changes(1, Action.CREATE), _changes(1, Action.NO_OP)
    assert _codes(new, rehearsal="mode: report-only") == ["AIP705"]
    assert _codes(new) == []
    assert _codes(new, ours, rehearsal="mode: report-only") == []
    assert _codes(ours, rehearsal="mode: report-only") == []
    allowed = Consent(first_enforcement=True)
    assert _codes(new, rehearsal="mode: report-only", consent=allowed) == []
    adopted = [replace(each, marked=False) for each in _changes(1, Action.ADOPT)]
    assert _codes(adopted, rehearsal="mode: report-only") == ["AIP705"]


def test_collisions() -> None:
    """Each is an error of its own; only what can be adopted is offered to be."""
    several = (
        Collision("k", "a/s", "s", "1"),
        Collision("k", "a/t", "t", "2", adoptable=False),
    )
    plan = Plan("t", "place", (), collisions=several)
    every = Consent(9, 9, frozenset({"a/s"}), first_enforcement=True)
    found = refusals(plan, every, Places(SPAN))
    assert [each.code for each in found] == ["AIP701", "AIP701"]
    assert [each.hint for each in found] == [
        "`aipol adopt a/s` takes it over; or rename it there (its id is 1)",
        "rename it there (its id is 2)",
    ]


def test_every_reason_is_told_at_once() -> None:
    """Who has three mistakes gets three findings."""
    lost = [replace(each, concerned=EVERYBODY) for each in _changes(3, Action.DELETE)]
    assert _codes(lost, _changes(11, Action.UPDATE)) == [
        "AIP702",
        "AIP703",
        "AIP704",
    ]


def test_what_is_not_there_is_told_where_the_policy_names_it() -> None:
    """A group at its own line, whatever else at the target's; no consent lets it pass."""
    lacks = (Absent("group", "Staff", 2, "make it"), Absent("category", "AI", 1, "make it, too"))
    plan = replace(Plan("t", "place", ()), absent=lacks)
    line = Span("p.yaml", 7, 3)
    every = Consent(99, 99, frozenset({"*"}), first_enforcement=True)
    found = refusals(plan, every, Places(SPAN, {"Staff": line}))
    assert [(each.code, each.span, each.hint) for each in found] == [
        ("AIP715", line, "make it"),
        ("AIP715", SPAN, "make it, too"),
    ]
    assert "the group `Staff`, which ours need, is not at place" in found[0].message
