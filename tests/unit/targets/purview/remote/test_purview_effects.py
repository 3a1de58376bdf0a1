"""What somebody's edits in the portal do to whose data, as the reader finds by asking."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from aipol.difference.answers import Hearing
from aipol.difference.shifts import Shift, shifts
from aipol.difference.strictness import Direction
from aipol.plan.effects import Effects
from aipol.plan.reading import Reading
from aipol.report.shifts import effects_lines
from aipol.target import Decider, Kind, Question
from aipol.vocabulary import Effect, Situation
from aipol_targets.purview.read import PurviewDecider, read
from aipol_targets.purview.target import PURVIEW
from tests.unit.targets.purview.remote.edits import EDITS
from tests.unit.targets.told import Place, everybody, same

Row = tuple[str, str, str, str, str]
FINANCE = "3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1"
STRANGER = "00000000-0000-4000-8000-000000000000"
CLASSES = ("public", "internal", "confidential", "restricted")
APPS = ("m365-copilot", "acme-gpt")


@dataclass
class Here:
    """A tenant that was as the files say."""

    site: Any
    result: Any

    @property
    def place(self) -> Place:
        """The tenant as it is now, in a file that was written just now."""
        result, remote = self.result, self.site.exported()
        remote.wanted(result.files)
        return Place(result.ir, PURVIEW, remote, result.files, result.compiled.coverage)

    def plan(self, place: Place) -> Any:
        """What is to be done."""
        return self.site.plan(place.files, place.remote)

    def told(self) -> Effects:
        """What drift says of the tenant as it is now."""
        place = self.place
        return place.told(self.plan(place), [each.key for each in place.wanted])

    def lines(self) -> list[str]:
        """The same for a person."""
        return list(effects_lines("purview", self.told()))


@pytest.fixture
def here_of(site: Callable[..., Any]) -> Callable[[Any], Here]:
    """A tenant made by hand for a result of compiling."""

    def make(result: Any) -> Here:
        there = site()
        there.by_hand(result.files)
        return Here(there, result)

    return make


@pytest.fixture
def here(make: Any, with_class: Any, compiled: Any, here_of: Callable[[Any], Here]) -> Here:
    """Finance may give confidential data, everybody else internal data; a type is our own."""
    mine = make(classes=with_class("restricted", patterns=(("payroll", "PR-[0-9]{8}"),)))
    finance = mine.of("finance")
    mine.limit("confidential", finance)
    mine.limit("internal", mine.universe.others(finance))
    return here_of(compiled(mine))


# --- what every reader's question finds -----------------------------------------------------------


def _asked(place: Place, now: Decider) -> set[Row]:
    """Whose data of which class is answered otherwise, asked one person at a time."""
    before = read(place.files)
    rows: set[Row] = set()
    for value in (f"{app}/{name}" for app in APPS for name in CLASSES):
        for client in before.clients(Kind.DATA):
            for who, _, identity in everybody(place):
                asked = Question(Kind.DATA, value, identity, client, Situation.UNMANAGED_ELSEWHERE)
                old, new = ((each.decide(asked).effect or Effect.ALLOW) for each in (before, now))
                if old is not new:
                    rows.add((value, client, who, old.value, new.value))
    return rows


def _found(place: Place, shifts: Iterable[Shift]) -> set[Row]:
    return {
        (thing, client, who, shift.before, shift.after)
        for shift in shifts
        for thing in shift.things
        for _, path in shift.places
        for client in ([path] if path else ["items", "text"])
        for who, region, _ in everybody(place)
        if place.ir.universe.overlap(region, shift.people)
    }


def _drawn(make: Any, draw: random.Random) -> Any:
    """A policy that limits some people's data for two apps."""
    mine = make()
    for app in APPS:
        for name in draw.sample(mine.groups, draw.randint(0, 2)):
            mine.limit(draw.choice(CLASSES), mine.of(name), app)
        mine.limit(draw.choice(CLASSES[:3]), app=app)
    return mine


def _off(there: Any, draw: random.Random) -> None:
    policy = draw.choice(list(there.policies.values()))
    policy["Mode"] = draw.choice(["Disable", "TestWithNotifications", "TestWithoutNotifications"])


def _gone(there: Any, draw: random.Random) -> None:
    guid = draw.choice(list(there.policies))
    for rule in [each for each in there.rules.values() if each["Policy"] == guid]:
        del there.rules[rule["Guid"]]
    del there.policies[guid]


def _without_a_rule(there: Any, draw: random.Random) -> None:
    del there.rules[draw.choice(list(there.rules))]


def _weaker(there: Any, draw: random.Random) -> None:
    rule = draw.choice(list(there.rules.values()))
    if draw.random() < 0.5:
        rule["Disabled"] = True
    else:
        rule["RestrictAccess"][0]["value"] = "Audit"


def _other_people(there: Any, draw: random.Random) -> None:
    policy = draw.choice(list(there.policies.values()))
    entries = json.loads(policy["Locations"])
    finance = [{"Type": "Group", "Identity": FINANCE}]
    if draw.random() < 0.5:
        entries[0]["Inclusions"] = finance
        entries[0].pop("Exclusions", None)
    else:
        entries[0]["Exclusions"] = finance
    policy["Locations"] = json.dumps(entries)


def _less(there: Any, draw: random.Random) -> None:
    """A mark is taken out of a rule that has others."""
    for rule in draw.sample(list(there.rules.values()), len(there.rules)):
        tree = json.loads(rule["AdvancedRule"])
        group = tree["Condition"]["SubConditions"][0]["Value"][0]["groups"][0]
        marks = group.get("labels") or group["sensitivetypes"]
        if len(marks) > 1:
            marks.pop(draw.randrange(len(marks)))
            rule["AdvancedRule"] = json.dumps(tree)
            return


WAYS = (_off, _gone, _without_a_rule, _weaker, _other_people, _less)


@pytest.mark.parametrize("seed", range(24))
def test_what_is_told_is_what_the_reader_finds(
    make: Any, compiled: Any, here_of: Callable[[Any], Here], seed: int
) -> None:
    """One or two changes in the tenant, of every sort, for drawn policies."""
    draw = random.Random(seed)  # noqa: S311 - the same on every run
    here = here_of(compiled(_drawn(make, draw), asking_apps=["acme-gpt"]))
    place = here.place
    same(place.remote, place.files)
    before = here.plan(place)
    assert place.told(before) == Effects()
    assert _asked(place, place.here(before)) == set()
    with here.site.changed() as there:
        for number in range(draw.randint(1, 2)):
            WAYS[(seed + number) % len(WAYS)](there, draw)
    place = here.place
    plan = here.plan(place)
    told = place.told(plan, [each.key for each in place.wanted])
    assert (told.unread, told.untold) == ((), ())
    assert _found(place, told.shifts) == _asked(place, place.here(plan))


def test_files_are_the_inverse_of_objects(here: Here) -> None:
    """To the octet."""
    place = here.place
    assert place.remote.artifacts(place.wanted) == place.files


@pytest.mark.parametrize("confidence", ["low", "high"])
def test_what_comes_back_is_read_without_the_policys_files(
    make: Any, with_class: Any, compiled: Any, here_of: Callable[[Any], Here], confidence: str
) -> None:
    """A rollback compiles nothing: each policy is read for what it is about all the same."""
    mine = make(classes=with_class("restricted", patterns=(("payroll", "PR-[0-9]{8}"),)))
    mine.limit("internal")
    here = here_of(compiled(mine, confidence=confidence))
    fresh, known = here.site.exported(), read(here.place.files)
    found = Reading(PURVIEW, fresh).of(here.place.wanted)
    assert isinstance(found, PurviewDecider)
    assert isinstance(known, PurviewDecider)
    assert found.policies == known.policies
    assert len(found.rules) == len(known.rules)
    assert Reading(PURVIEW, fresh).of(()).mentions() == ()


# --- what a person reads --------------------------------------------------------------------------


def _rule(there: Any, part: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in there.rules.values() if part in each["AdvancedRule"]
    )
    return found


def test_whose_data_gets_where_again(here: Here) -> None:
    """By class, by what carries it, and with the limit that the policy has for them."""
    with here.site.changed() as there:
        _rule(there, "payroll")["Disabled"] = True
    by, what = "      by com.acme/m365-copilot/79b1f3dacaad/text", "paste `restricted` data into"
    first, others, cause, finance, same_cause = here.lines()
    assert first == "  the effect on people, as far as purview acts:"
    assert (cause, same_cause) == (by, by)
    assert others == (
        f"    looser: everyone except finance can {what} m365-copilot (web) again: "
        "the policy says data.max: internal (policy.yaml:1)"
    )
    assert finance == (
        f"    looser: finance can {what} m365-copilot (web) again: "
        "the policy says data.max: confidential (policy.yaml:1)"
    )


def test_files_and_text_are_told_apart_or_together(here: Here) -> None:
    """A rule about labels is about files and mails; a policy that is off is about everything."""
    with here.site.changed() as there:
        del there.rules[_rule(there, "e7f1c1d4")["Guid"]]
    assert "finance can have m365-copilot (web) read `restricted` files and mails again" in (
        " ".join(here.lines())
    )
    with here.site.changed() as there:
        for policy in there.policies.values():
            policy["Mode"] = "Disable"
    assert "everyone except finance can give m365-copilot (web) `confidential` data again" in (
        " ".join(here.lines())
    )


def test_apps_that_get_other_data_again_are_told_apart(
    make: Any, compiled: Any, here_of: Callable[[Any], Here]
) -> None:
    """Each with its own classes of data."""
    mine = make()
    first, second = (mine.limit("internal", app=app) for app in APPS)
    mine.rulings[1] = replace(second, because=first.because)  # one rule for both
    here = here_of(compiled(mine, asking_apps=["acme-gpt"]))
    texts = [each for each in here.place.wanted if each.key.endswith("/text")]
    lost = ({"Azure Storage Account Key"}, {"Credit Card Number", "EU Debit Card Number"})
    with here.site.changed() as there:
        for wanted, names in zip(texts, lost, strict=True):
            rule = next(each for each in there.rules.values() if each["Name"] == wanted.name)
            tree = json.loads(rule["AdvancedRule"])
            group = tree["Condition"]["SubConditions"][0]["Value"][0]["groups"][0]
            types = [each for each in group["sensitivetypes"] if each["name"] not in names]
            group["sensitivetypes"] = types
            rule["AdvancedRule"] = json.dumps(tree)
    told = " ".join(here.lines())
    assert "paste `restricted` data into acme-gpt (web) again" in told
    assert "paste `confidential` data into m365-copilot (web) again" in told
    # Also where none of the objects is the cause by itself.
    place = here.place
    hearing = Hearing(place.ir, PURVIEW, read(place.files), place.here(here.plan(place)))
    found = shifts(hearing, ((heard, ()) for heard in hearing.heard()))
    assert sorted(each.things for each in found) == [
        ("acme-gpt/restricted",),
        ("m365-copilot/confidential",),
    ]


def test_data_that_is_kept_from_more_people_is_told(here: Here) -> None:
    """What somebody made stricter."""
    with here.site.changed() as there:
        for policy in there.policies.values():
            entries = json.loads(policy["Locations"])
            entries[0].pop("Exclusions", None)
            policy["Locations"] = json.dumps(entries)
    told = here.told()
    assert {each.direction for each in told.shifts} == {Direction.STRICTER}
    assert "finance cannot give m365-copilot (web) `confidential` data any more" in (
        " ".join(here.lines())
    )


@pytest.mark.parametrize("place", sorted(EDITS))
def test_each_way_to_weaken_a_rule_has_an_effect_or_a_reason(place: str, here: Here) -> None:
    """And where there is a reason, what it would be if the rule did nothing."""
    with here.site.changed() as there:
        EDITS[place](_rule(there, "e7f1c1d4"))
    told = here.told()
    assert bool(told.shifts) == (place in {"Disabled", "RestrictAccess", "AdvancedRule."})
    assert bool(told.unread) != bool(told.shifts)
    assert Direction.LOOSER in {each.direction for each in (*told.shifts, *told.without)}
    assert told.idle == ()


REASONS = {
    "Exceptions": "does not know ['NotifyAllowOverride']",
    "Exceptions.": "does not know ['ExceptIfFrom']",
    "AdvancedRule": "names a mark that none of its data classes has",
}


@pytest.mark.parametrize("place", sorted(REASONS))
def test_what_the_reader_does_not_know_is_told(place: str, here: Here) -> None:
    """By what of the rule it is."""
    with here.site.changed() as there:
        EDITS[place](_rule(there, "e7f1c1d4"))
    (unread,) = here.told().unread
    assert REASONS[place] in unread.why


def test_a_group_that_the_policy_does_not_know_is_told(here: Here) -> None:
    """Who is in it nobody can say: so it is never said that nobody is."""
    with here.site.changed() as there:
        policy = next(iter(there.policies.values()))
        entries = json.loads(policy["Locations"])
        entries[0]["Exclusions"] = [{"Type": "Group", "Identity": STRANGER}]
        policy["Locations"] = json.dumps(entries)
    told = here.told()
    (unread,) = told.unread
    assert STRANGER in unread.why
    assert {each.direction for each in told.without} == {Direction.LOOSER}


def _pattern(there: Any) -> str:
    (name,) = there.packages
    text = base64.b64decode(there.packages[name]).decode("utf-16")
    there.packages[name] = base64.b64encode(
        text.replace("PR-[0-9]{8}", "PR-[0-9]{9}").encode("utf-16")
    ).decode()
    return text


def test_a_pattern_that_somebody_changed_is_no_edit_without_effect(here: Here) -> None:
    """No reader knows what patterns find; that they find something else is told."""
    with here.site.changed() as there:
        assert "PR-[0-9]{8}" in _pattern(there)
    (unread,) = here.told().unread
    assert "something else than the policy's patterns" in unread.why


def test_a_package_that_is_gone_takes_what_uses_it(here: Here) -> None:
    """Whatever of it can be told, nothing is said to have no effect."""
    with here.site.changed() as there:
        there.packages.clear()
    told = here.told()
    assert told.idle == ()
    assert Direction.LOOSER in {each.direction for each in (*told.shifts, *told.without)}


@pytest.mark.parametrize("gone", [("payroll",), ("badge",), ("payroll", "badge")])
def test_types_that_no_rule_uses_any_more_are_left_out(
    gone: tuple[str, ...],
    make: Any,
    with_class: Any,
    compiled: Any,
    here_of: Callable[[Any], Here],
) -> None:
    """The package is read with the rest, also where it defines more than is used."""
    patterns = (("payroll", "PR-[0-9]{8}"), ("badge", "B<&>-[a-z]{4}"))
    mine = make(classes=with_class("restricted", patterns=patterns))
    mine.limit("confidential")
    here = here_of(compiled(mine))
    with here.site.changed() as there:
        rule = _rule(there, "payroll")
        tree = json.loads(rule["AdvancedRule"])
        group = tree["Condition"]["SubConditions"][0]["Value"][0]["groups"][0]
        group["sensitivetypes"] = [
            each
            for each in group["sensitivetypes"]
            if not any(name in each["name"] for name in gone)
        ]
        rule["AdvancedRule"] = json.dumps(tree)
    told = here.told()
    assert told.unread == ()
    assert {thing for each in told.shifts for thing in each.things} == {"m365-copilot/restricted"}


def test_a_copy_of_a_policy_without_rules_does_nothing(here: Here) -> None:
    """It is told as a copy, with no effect."""
    with here.site.changed() as there:
        policy = next(iter(there.policies.values()))
        there.policies[STRANGER] = {**policy, "Guid": STRANGER, "Name": "copy", "Mode": "Disable"}
    told = here.told()
    assert (told.shifts, told.unread) == ((), ())
    assert len(told.idle) == 1
