"""Who must agree follows from the rules of both policies, and nobody changes that alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aipol.approvals import Required, required
from aipol.approvals.model import Opening
from aipol.audience import EVERYBODY, NOBODY
from aipol.people import Headcount, People
from aipol.source import Span
from tests.unit.compiler.approvals.conftest import between, meaning, policy_of, rule

Needed = Callable[..., dict[str, Required]]
Every = Callable[..., tuple[Required, ...]]
Raw = dict[str, Any]


def asking(approval: Raw, *rules: Raw, **more: Any) -> Raw:
    """A policy with one approval by security."""
    one = {"id": "a", "when": ["looser"], "contacts": ["security"], **approval}
    return policy_of(*rules, approvals=[one], **more)


BLOCK, ALLOW = rule("block"), rule("allow", require={"data": {"max": "internal"}})


@pytest.mark.parametrize(
    ("narrow", "is_needed"),
    [
        ({}, True),
        ({"groups": ["finance"]}, True),
        ({"groups": ["temps"]}, False),
        ({"groups": ["temps", "finance"]}, True),
        ({"apps": ["chatty"]}, True),
        ({"apps": ["vendor:v1"]}, True),
        ({"apps": ["category:chat"]}, True),
        ({"apps": ["category:coding", "far"]}, False),
        ({"apps": ["*"], "except_apps": ["chatty"]}, False),
        ({"min_data": "internal"}, True),
        ({"min_data": "secret"}, False),
        ({"groups": ["finance"], "apps": ["chatty"], "min_data": "public"}, True),
        ({"groups": ["finance"], "apps": ["far"], "min_data": "public"}, False),
    ],
)
def test_an_approval_is_narrowed_to_people_apps_and_data(
    needed: Needed, narrow: Raw, is_needed: bool
) -> None:
    """Each narrowing by itself, and all of them together."""
    finance = ALLOW | {"groups": ["finance"]}
    but_temps = BLOCK | {"groups": ["temps"]}
    found = needed(asking(narrow, but_temps, BLOCK), asking(narrow, but_temps, finance, BLOCK))
    assert bool(found) is is_needed


def test_what_is_about_all_is_about_each_narrowing(needed: Needed) -> None:
    """A setting for everybody is one for finance, and for the most sensitive data."""
    narrow = {"groups": ["finance"], "apps": ["far"], "min_data": "secret"}
    network = {"network": {"close_bypasses": True}}
    assert needed(asking(narrow, BLOCK, **network), asking(narrow, BLOCK))


def people_of(**numbers: int) -> People:
    """So many people in each group."""
    return People("p", {frozenset({name}): Headcount(n) for name, n in numbers.items()})


def test_few_people_need_no_approval_where_they_are_counted(needed: Needed) -> None:
    """Neither fewer than the approval says, nor people whom the file may not know."""
    pair = [asking({"min_people": 5}, *rules) for rules in ([BLOCK], [_for("finance"), BLOCK])]
    assert not needed(*pair, people_of(finance=4, pilot=9))
    assert needed(*pair, people_of(finance=5))
    assert needed(*pair, people_of(pilot=9))
    assert needed(*pair)


def test_numbers_too_small_to_be_told_are_not_told_by_what_is_needed(needed: Needed) -> None:
    """An approval for three people or more would tell two from three: it is for anybody."""
    pair = [asking({"min_people": 3}, *rules) for rules in ([BLOCK], [_for("finance"), BLOCK])]
    for number in (1, 2, 3):
        assert needed(*pair, people_of(finance=number, pilot=9))
    assert not needed(*pair, people_of(finance=0, pilot=9))
    exact = replace(people_of(finance=2, pilot=9), least_told=1)
    assert not needed(*pair, exact)


def test_many_small_changes_are_counted_together(needed: Needed) -> None:
    """A change is not cut into pieces that are each too small."""
    after = [_for("finance"), _for("pilot") | {"apps": ["far"]}, BLOCK]
    pair = asking({"min_people": 5}, BLOCK), asking({"min_people": 5}, *after)
    assert needed(*pair, people_of(finance=3, pilot=3))
    assert not needed(*pair, people_of(finance=2, pilot=2))


def _for(group: str) -> Raw:
    return ALLOW | {"groups": [group]}


def test_people_are_counted_within_the_groups_that_an_approval_is_about(needed: Needed) -> None:
    """A change for everybody is one for few of them."""
    narrow = {"min_people": 5, "groups": ["finance"]}
    pair = asking(narrow, BLOCK), asking(narrow, ALLOW)
    assert not needed(*pair, people_of(finance=4, pilot=900))
    assert needed(*pair, people_of(finance=5, pilot=0))


def test_a_change_does_not_take_away_the_approval_that_it_needs(every: Every) -> None:
    """What the policy before asks for is asked for, whatever the policy after says."""
    before = asking({}, BLOCK)
    for after in (
        policy_of(ALLOW, approvals=[]),
        asking({"when": ["floor"]}, ALLOW),
        asking({"groups": ["temps"]}, ALLOW),
        asking({"contacts": ["legal"]}, ALLOW),
    ):
        (old,) = (each for each in every(before, after) if each.before)
        assert old.contacts == (("security", "s@acme.example"),)
        assert {reason.condition for reason in old.reasons} == {"approvals", "looser"}


@pytest.mark.parametrize(
    "after",
    [
        policy_of(BLOCK, approvals=[]),
        asking({"min_people": 1_000}, BLOCK),
        asking({"contacts": ["security", "legal"]}, BLOCK),
        asking({"id": "b"}, BLOCK),
    ],
)
def test_an_approval_that_goes_or_alters_is_needed_itself(every: Every, after: Raw) -> None:
    """Though nothing changes for anybody, and no approval is about approvals."""
    found = every(asking({}, BLOCK), after)
    assert [(each.id, each.before, each.contacts[0][0]) for each in found] == [
        ("a", True, "security")
    ]


GROUPS = {"everyone": {"all": True}, "finance": {}, "pilot": {}, "temps": {}}


@pytest.mark.parametrize(
    ("narrow", "more"),
    [
        (
            {"groups": ["finance"]},
            {"groups": {**GROUPS, "finance": {"all_of": ["pilot", "temps"]}}},
        ),
        ({"groups": ["finance"]}, {"groups": {**GROUPS, "finance": {"networks": ["10.9.0.0/16"]}}}),
        ({"apps": ["category:chat"]}, {"apps": {"chatty": {"category": "coding"}}}),
        (
            {"min_data": "internal"},
            {"data_classes": [{"id": "secret"}, {"id": "internal"}, {"id": "public"}]},
        ),
    ],
)
def test_an_approval_whose_words_come_to_mean_less_is_needed_itself(
    needed: Needed, narrow: Raw, more: Raw
) -> None:
    """Though it is written as it was: the next change would need nobody."""
    about = {"when": ["full-logging"], **narrow}
    found = needed(asking(about, BLOCK), asking(about, BLOCK, **more))
    assert [reason.condition for reason in found["a"].reasons] == ["approvals"]
    every = [about, {"id": "b", "when": ["approvals"]}]
    asked = [{"id": "a", "contacts": ["security"], **each} for each in every]
    found = needed(policy_of(BLOCK, approvals=asked), policy_of(BLOCK, approvals=asked, **more))
    assert "is about less" in found["b"].reasons[0].text


def test_an_approval_whose_words_come_to_mean_more_is_not(needed: Needed) -> None:
    """Nobody is asked for less."""
    about = {"when": ["full-logging"], "groups": ["finance"], "min_data": "internal"}
    before = {**GROUPS, "finance": {"all_of": ["pilot", "temps"]}}
    after = {**GROUPS, "finance": {"any_of": ["pilot", "temps"]}}
    ladder = [{"id": name} for name in ("internal", "public", "secret")]
    assert not needed(
        asking(about, BLOCK, groups=before), asking(about, BLOCK, groups=after, data_classes=ladder)
    )


def test_a_contact_who_is_somebody_else_is_an_approval_that_alters(every: Every) -> None:
    """Whoever was meant is asked."""
    before, after = asking({}, BLOCK), asking({}, ALLOW)
    after["organization"] = {
        **after["organization"],
        "contacts": {"security": "me@acme.example"},
    }
    for found in (every(before, after), every(before, {**after, "rules": before["rules"]})):
        assert found[0].reasons[0].text == "approval `a` would ask somebody else"
        assert "s@acme.example" in {mail for each in found for _, mail in each.contacts}


def test_an_approval_that_is_new_is_asked_for_by_its_own_change(needed: Needed) -> None:
    """What the policy after asks for holds for the change that brings it."""
    (found,) = needed(policy_of(BLOCK, approvals=[]), asking({}, ALLOW)).values()
    assert (found.before, found.after) == (False, True)


def test_both_policies_asking_the_same_people_is_one_approval(needed: Needed) -> None:
    """With each reason once."""
    (found,) = needed(asking({}, BLOCK), asking({}, ALLOW)).values()
    assert (found.before, found.after, len(found.reasons)) == (True, True, 1)
    assert found.given({"security"})
    assert not found.given({"legal"})


def test_one_of_several_contacts_is_enough(needed: Needed) -> None:
    """Two who must both agree are two approvals."""
    both = {"contacts": ["legal", "security"]}
    (found,) = needed(asking(both, BLOCK), asking(both, ALLOW)).values()
    assert found.given({"legal"})
    assert found.given({"security"})
    assert not found.given(set())


def test_where_it_is_not_known_what_a_change_does_everything_is_asked_for(tmp_path: Path) -> None:
    """A policy before with errors, and outputs that were not made."""
    one = between(*(meaning(tmp_path, policy_of(BLOCK)) for _ in "ab"))
    assert required(one) == ()
    assert {each.id for each in required(replace(one, gaps=None))} == {"on-new-gap"}
    unknown = replace(one, difference=None, gaps=None)
    assert len(required(unknown)) == len(one.after.assembled.approvals)
    assert len(required(replace(unknown, before=None))) == len(required(unknown))


def test_a_new_gap_is_asked_about_where_it_opens(tmp_path: Path) -> None:
    """With its own line, people and apps."""
    one = between(*(meaning(tmp_path, policy_of(BLOCK)) for _ in "ab"))
    gap = Opening("a gap", Span("p", 7, 1), apps=frozenset({"far"}))
    (found,) = required(replace(one, gaps=(gap,)))
    assert (found.id, found.reasons[0].span.line) == ("on-new-gap", 7)


def test_reasons_name_the_line_that_decides(needed: Needed) -> None:
    """Afterwards, or before where nothing does afterwards."""
    (found,) = needed(asking({}, BLOCK), asking({}, ALLOW)).values()
    (reason,) = found.reasons
    assert reason.text.startswith("everyone: may use n on the web: block -> allow")
    assert reason.span.file.endswith("policy.yaml")
    assert found.people == EVERYBODY


def _exception(**more: Any) -> Raw:
    """An exception for finance that ends."""
    entry = {"id": "x", "apps": ["chatty"], "groups": ["finance"], "effect": "block", **more}
    return {**entry, "until": "2026-12-31", "owner": "a@acme.example", "reason": "r"} | more


def test_what_an_exception_hides_until_it_ends_is_asked_about_today(needed: Needed) -> None:
    """A rule that an exception keeps from deciding will decide when the exception has ended."""
    hidden = {"exceptions": [_exception()]}
    finance = ALLOW | {"groups": ["finance"]}
    found = needed(asking({}, BLOCK, **hidden), asking({}, finance, BLOCK, **hidden))
    (reason,) = found["a"].reasons
    assert reason.text.startswith("from 2027-01-01: finance: may use n")
    other = {"exceptions": [_exception(until="2026-06-01")]}
    (reason,) = needed(asking({}, BLOCK, **other), asking({}, finance, BLOCK, **other))["a"].reasons
    assert reason.text.startswith("finance: may use n")


def test_an_exception_that_hides_another_is_asked_about_for_each_of_its_days(
    needed: Needed,
) -> None:
    """What shows between two ends, and neither today nor after both."""
    first, second = _exception(), _exception(id="y", until="2027-06-30")
    opened = {**second, "effect": "allow"}
    found = needed(
        asking({}, BLOCK, exceptions=[first, second]), asking({}, BLOCK, exceptions=[first, opened])
    )
    assert [reason.text[:17] for reason in found["a"].reasons] == ["from 2027-01-01: "]


def test_access_that_becomes_permanent_is_asked_about_for_those_it_is_new_to(
    needed: Needed,
) -> None:
    """They are not counted with those who are told of today."""
    hidden = {"exceptions": [_exception(effect="allow")]}
    everyone = ALLOW | {"groups": ["everyone"]}
    sides = asking({}, BLOCK, **hidden), asking({}, everyone, BLOCK, **hidden)
    today, then = needed(*sides)["a"].reasons
    assert today.text.startswith("everyone except finance: may use n")
    assert then.text.startswith("from 2027-01-01: finance: may use n")


def test_evidence_that_lasts_longer_is_asked_about_when_it_would_have_ended(
    needed: Needed,
) -> None:
    """Nothing changes today: later, more sensitive data may still be given than before."""
    tiers = [
        {"id": "good", "when": {"soc2": "valid"}, "max_data": "internal"},
        {"id": "rest", "max_data": "public"},
    ]
    sides = [
        asking({}, ALLOW, vendor_tiers=tiers, vendors={"v1": {"soc2": {"until": until}}})
        for until in ("2026-12-31", "2028-12-31")
    ]
    (reason,) = needed(*sides)["a"].reasons
    assert reason.text.startswith("from 2027-01-01: everyone: n on the web: data.max: public -> in")
    assert not needed(sides[0], sides[0])


def test_what_is_about_no_people_is_never_about_few(needed: Needed) -> None:
    """Nor is it counted among the people whom an approval is about."""
    both = {"when": ["looser", "protected"], "min_people": 900}
    pair = asking(both, BLOCK), asking(both, BLOCK, protected=["a@acme.example"])
    (found,) = needed(*pair, people_of(finance=5)).values()
    assert found.people == NOBODY
