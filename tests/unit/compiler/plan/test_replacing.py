"""What goes is no loss where new objects are about the same people and things; else it is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from aipol.plan.guards import Consent, Places, refusals
from aipol.plan.model import Action, Cause, Change, Concerned, Inputs, Plan, Plans, Whom
from aipol.plan.saved import as_json, from_json
from aipol.report.plans import audience, audiences, people
from aipol.source import whole_file

TOPIC = "windows/browsers"


INPUTS = Inputs("1", "p.yaml", "2026-11-29", "d", "f", "c")
ALL = Whom(("everyone",))


def _whom(*include: str, but: tuple[str, ...] = ()) -> Whom:
    return Whom(include, but)


def _all_but(*exclude: str) -> Whom:
    return Whom(("everyone",), exclude)


def _in(include: str, *within: str) -> Whom:
    return Whom((include,), (), (within,))


def _about(*people: Whom, topic: str = TOPIC) -> Concerned:
    return Concerned(people=people, everybody=True, topic=topic)


def _made(*people: Whom, topic: str = TOPIC, kind: str = "k") -> Change:
    return Change(
        Action.CREATE,
        Cause.NEW,
        kind,
        "a/new",
        "new",
        after={},
        concerned=_about(*people, topic=topic),
    )


def _gone(*people: Whom, topic: str = TOPIC) -> Change:
    about = _about(*people, topic=topic)
    return Change(Action.DELETE, Cause.GONE, "k", "a/old", "old", "1", {}, concerned=about)


def _codes(*changes: Change) -> list[str]:
    found = refusals(Plan("t", "place", changes), Consent(), Places(whole_file("p.yaml")))
    return [each.code for each in found]


@pytest.mark.parametrize(
    ("gone", "made"),
    [
        ((ALL,), [(ALL,)]),
        ((ALL,), [(_whom("finance"),), (_all_but("finance"),)]),
        ((ALL,), [(_whom("finance"), _all_but("finance", "pilot")), (_whom("pilot"),)]),
        ((ALL,), [(_whom("a"),), (_whom("b", but=("a",)),), (_all_but("a", "b"),)]),
        ((ALL, _whom("finance")), [(_whom("finance"), ALL)]),
        ((_all_but("x"),), [(_all_but("x", "y"),), (_whom("y", but=("x",)),)]),
        ((_all_but("x"),), [(_all_but("x"),)]),
        ((_all_but("x"),), [(ALL,)]),
        ((_whom("a", "b"),), [(_whom("b"),), (_whom("a"),)]),
        ((_whom("a", "b", but=("c",)),), [(_whom("a", but=("c",)), _whom("b"))]),
        ((_in("a", "b", "c"),), [(_in("a", "b", "c"),)]),
        ((_whom("research, except pilot"),), [(_whom("research, except pilot", "x"),)]),
    ],
)
def test_a_split_is_no_loss(gone: tuple[Whom, ...], made: list[tuple[Whom, ...]]) -> None:
    """Of everybody's class two are made before the old one goes."""
    assert _codes(*(_made(*each) for each in made), _gone(*gone)) == []


@pytest.mark.parametrize(
    ("gone", "made"),
    [
        ((ALL,), []),
        ((ALL,), [(_whom("finance"),)]),
        ((ALL,), [(_all_but("finance"),)]),
        ((ALL,), [(_whom("finance", but=("pilot",)),), (_all_but("finance"),)]),
        (
            (ALL,),
            [
                (_whom("a", but=("b",)),),
                (_whom("b", but=("a",)),),
                (_all_but("a", "b"),),
            ],
        ),
        ((ALL, _whom("finance", but=("x",))), [(_all_but("finance"),)]),
        ((_all_but("x"),), [(_all_but("x", "y"),)]),
        ((_whom("a", "b"),), [(_whom("a"),)]),
        ((_whom("a"),), [(_in("a", "b", "c"),)]),
        ((_in("a", "b", "c"),), [(_in("a", "b"),)]),
        ((_whom("a", "b"),), [(_whom("a, b"),)]),
        ((), [(ALL,)]),
    ],
)
def test_whoever_is_left_out_is_a_loss(
    gone: tuple[Whom, ...], made: list[tuple[Whom, ...]]
) -> None:
    """Somebody whom the old object was about is in no class of the new ones."""
    assert _codes(*(_made(*each) for each in made), _gone(*gone)) == ["AIP704"]


def test_only_what_is_new_made_before_and_about_the_same_replaces() -> None:
    """Not what is there already, comes after, or is of another topic or kind."""
    gone = _gone(ALL)
    new = _made(ALL)
    assert _codes(new, gone) == []
    assert _codes(gone, new) == ["AIP704"]
    assert _codes(replace(new, action=Action.NO_OP), gone) == ["AIP704"]
    assert _codes(replace(new, action=Action.UPDATE, id="2"), gone) == ["AIP704"]
    assert _codes(_made(ALL, topic="windows/programs"), gone) == ["AIP704"]
    assert _codes(_made(ALL, kind="other"), gone) == ["AIP704"]
    assert _codes(_made(ALL, topic=""), _gone(ALL, topic="")) == ["AIP704"]
    adopted = replace(new, action=Action.ADOPT, id="2", marked=False)
    assert _codes(adopted, gone) == []


def test_people_are_data_in_a_saved_plan_and_words_in_a_report() -> None:
    """A group may be called what the words between groups are."""
    odd = Whom(("research, who are in labs",), ("a", "b"), (("c", "d"),))
    made = _made(odd, ALL, _all_but("x"), _whom("y"))
    plans = Plans(INPUTS, (Plan("t", "place", (made,)),))
    saved = as_json(plans)
    (concerned,) = (each["concerned"] for each in saved["plans"][0]["changes"])
    assert concerned["people"][0] == {
        "include": ["research, who are in labs"],
        "exclude": ["a", "b"],
        "within": [["c", "d"]],
    }
    assert from_json(json.dumps(saved)) == plans
    assert audience(odd) == "research, who are in labs who are in c or d except a and b"
    told = people(plans.plans[0])
    assert audiences(told[:2]) == "everyone; everyone except x"
    assert audiences(told, 1) == "everyone; and 3 more"
