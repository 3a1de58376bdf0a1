"""What goes is no loss where new objects are about the same people and things; else it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aipol.audience import EVERYBODY
from aipol.ir import Audience
from aipol.plan.guards import Consent, Places, refusals
from aipol.plan.model import Action, Cause, Change, Concerned, Plan
from aipol.source import whole_file

TOPIC = "windows/browsers"


def _about(*people: str, topic: str = TOPIC) -> Concerned:
    return Concerned(people=people, everybody=True, topic=topic)


def _made(*people: str, topic: str = TOPIC, kind: str = "k") -> Change:
    key = f"a/{'-'.join(people)}"
    return Change(
        Action.CREATE, Cause.NEW, kind, key, key, after={}, concerned=_about(*people, topic=topic)
    )


def _gone(*people: str, topic: str = TOPIC) -> Change:
    about = _about(*people, topic=topic)
    return Change(Action.DELETE, Cause.GONE, "k", "a/old", "old", "1", {}, concerned=about)


def _said(*audience: Any) -> str:
    return str(Audience(EVERYBODY, *audience))


def _codes(*changes: Change) -> list[str]:
    found = refusals(Plan("t", "place", changes), Consent(), Places(whole_file("p.yaml")))
    return [each.code for each in found]


@pytest.mark.parametrize(
    ("gone", "made"),
    [
        (("everyone",), [("everyone",)]),
        (("everyone",), [("finance",), ("everyone except finance",)]),
        (("everyone",), [("finance", "everyone except finance, pilot"), ("pilot",)]),
        (("everyone",), [("a",), ("b except a",), ("everyone except a, b",)]),
        (("everyone", "finance"), [("finance", "everyone")]),
        (("everyone except x",), [("everyone except x, y",), ("y except x",)]),
        (("everyone except x",), [("everyone except x",)]),
        (("everyone except x",), [("everyone",)]),
        (("a, b",), [("b",), ("a",)]),
        (("a who are in b or c",), [("a who are in b or c",)]),
    ],
)
def test_a_split_is_no_loss(gone: tuple[str, ...], made: list[tuple[str, ...]]) -> None:
    """Of everybody's class two are made before the old one goes."""
    assert _codes(*(_made(*each) for each in made), _gone(*gone)) == []


@pytest.mark.parametrize(
    ("gone", "made"),
    [
        (("everyone",), []),
        (("everyone",), [("finance",)]),
        (("everyone",), [("everyone except finance",)]),
        (("everyone",), [("finance except pilot",), ("everyone except finance",)]),
        (("everyone",), [("a except b",), ("b except a",), ("everyone except a, b",)]),
        (("everyone", "finance except x"), [("everyone except finance",)]),
        (("everyone except x",), [("everyone except x, y",)]),
        (("a, b",), [("a",)]),
        (("a",), [("a who are in b or c",)]),
        (("a who are in b or c",), [("a who are in b",)]),
        ((), [("everyone",)]),
    ],
)
def test_whoever_is_left_out_is_a_loss(gone: tuple[str, ...], made: list[tuple[str, ...]]) -> None:
    """Somebody whom the old object was about is in no class of the new ones."""
    assert _codes(*(_made(*each) for each in made), _gone(*gone)) == ["AIP704"]


def test_only_what_is_new_made_before_and_about_the_same_replaces() -> None:
    """Not what is there already, comes after, or is of another topic or kind."""
    gone = _gone("everyone")
    new = _made("everyone")
    assert _codes(new, gone) == []
    assert _codes(gone, new) == ["AIP704"]
    assert _codes(replace(new, action=Action.NO_OP), gone) == ["AIP704"]
    assert _codes(replace(new, action=Action.UPDATE, id="2"), gone) == ["AIP704"]
    assert _codes(_made("everyone", topic="windows/programs"), gone) == ["AIP704"]
    assert _codes(_made("everyone", kind="other"), gone) == ["AIP704"]
    assert _codes(_made("everyone", topic=""), _gone("everyone", topic="")) == ["AIP704"]
    adopted = replace(new, action=Action.ADOPT, id="2", marked=False)
    assert _codes(adopted, gone) == []


def test_people_are_read_as_an_audience_says_them() -> None:
    """The words that are taken apart are those of `str` of an audience."""
    every, some = _said(("a", "b"), ("c",)), (_said(("a",), ("c",)), _said(("b",)))
    assert _codes(_made(*some), _gone(every)) == []
    assert _codes(_made(_said(("a",), (), (("b", "c"),))), _gone(_said(("a",)))) == ["AIP704"]
