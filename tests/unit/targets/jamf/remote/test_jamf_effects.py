"""What somebody's edits in Jamf Pro do to people: as the reader finds by asking everything."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from aipol.difference.strictness import Direction
from aipol.ir import Ir
from aipol.plan.guards import Consent, Places, refusals
from aipol.report.shifts import effects_lines
from aipol.source import whole_file
from aipol.vocabulary import Effect, Surface
from aipol_targets.jamf.target import JAMF, Settings
from aipol_targets.standins.jamf import resources
from tests.unit.targets.told import Place, differing, found, same

SiteOf = Callable[..., Any]
PolicyOf = Callable[..., Ir]
APPS = ("chat", "lab", "deep", "paint", "apple-intelligence", "browser-ai")
PEOPLE = ("finance", "engineering", "pilot", "both", "everyone")
KINDS = (resources.PROFILES, resources.RESTRICTIONS)
OPEN = "<scope><all_computers>false</all_computers></scope>"
FINANCE = "<computer_groups><computer_group><name>Finance Macs</name></computer_group>"
ONE = f"<scope><all_computers>false</all_computers>{FINANCE}</computer_groups></scope>"

CLONE = (
    b"<restricted_software><general><name>aipol com.acme Chat.app (rest) copy</name>"
    b"<process_name>Safari</process_name><match_exact_process_name>true</match_exact_process_name>"
    b"<kill_process>true</kill_process></general>"
    b"<scope><all_computers>true</all_computers></scope></restricted_software>"
)


def drawn(policy: PolicyOf, rule: Any, draw: random.Random) -> Ir:
    """A policy of a few lines."""
    lines = [
        rule(
            f"r{number}",
            tuple(draw.sample(APPS, draw.randint(1, 3))),
            tuple(draw.sample(PEOPLE, draw.randint(1, 2))),
            draw.choice([Effect.ALLOW, Effect.ALLOW, Effect.BLOCK]),
            draw.choice([tuple(Surface), (Surface.WEB,), (Surface.DESKTOP, Surface.CLI)]),
        )
        for number in range(draw.randint(1, 4))
    ]
    return policy(lines, both=True)


def edited(jamf: Any, draw: random.Random) -> None:
    """Somebody deletes one of ours, or changes whom it is for; groups are left alone."""
    resource = draw.choice([kind for kind in KINDS if _ours(jamf, kind)])
    name, number = draw.choice(_ours(jamf, resource))
    what = draw.randrange(3)
    if what == 0:
        jamf.console("DELETE", f"/JSSResource/{resource.path}/id/{number}")
    else:
        jamf.by_hand(resource, name, OPEN if what == 1 else ONE)


def _ours(jamf: Any, resource: Any) -> list[tuple[str, int]]:
    found = jamf.standin.records(resource).items()
    names = [(record.get("general", record)["name"], number) for number, record in found]
    return [(name, number) for name, number in names if name.startswith("aipol ")]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_told_is_what_the_reader_finds(
    site: SiteOf, policy: PolicyOf, rule: Any, files: Any, seed: int
) -> None:
    """One or two objects edited or deleted at the server, for drawn policies."""
    draw = random.Random(seed)  # noqa: S311 - the same on every run
    ir = drawn(policy, rule, draw)
    made, jamf = files(ir), site()
    assert jamf.settle(made).writes == ()
    place = Place(ir, JAMF, jamf.remote, made)
    same(jamf.remote, made)
    before = jamf.plan(made)
    assert place.told(before) == type(place.told(before))()
    assert differing(place, place.here(before)) == set()
    for _ in range(draw.randint(1, 2)):
        edited(jamf, draw)
    plan = jamf.plan(made)
    told = place.told(plan, [each.key for each in place.wanted])
    assert told.unread == ()
    assert found(place, told.shifts) == differing(place, place.here(plan))


@pytest.fixture
def place(site: SiteOf, policy: PolicyOf, files: Any) -> tuple[Place, Any]:
    """A server with what a policy asks for that blocks everything for everybody."""
    ir = policy([])
    made, jamf = files(ir), site()
    jamf.settle(made)
    coverage = JAMF.compile(ir, Settings(other_browsers="absent")).coverage
    return Place(ir, JAMF, jamf.remote, made, coverage), jamf


def test_a_record_that_stops_nothing_is_open(place: tuple[Place, Any]) -> None:
    """By that record, on managed Macs; its line in the policy is told."""
    here, jamf = place
    name = "aipol com.acme Chat.app (rest)"
    jamf.by_hand(
        resources.RESTRICTIONS, name, "<general><kill_process>false</kill_process></general>"
    )
    told = here.told(jamf.plan(here.files))
    assert {each.uses for each in told.shifts} == {(("chat", Surface.DESKTOP),)}
    assert {each.direction for each in told.shifts} == {Direction.LOOSER}
    (line, *_) = list(effects_lines("jamf", told))[1:]
    assert "can use chat (desktop) again on managed Macs: the policy says block" in line


def test_a_message_that_was_edited_has_no_effect(place: tuple[Place, Any]) -> None:
    """Nobody can do more or less for it."""
    here, jamf = place
    body = "<general><display_message>ask Bob</display_message></general>"
    jamf.by_hand(resources.RESTRICTIONS, "aipol com.acme Chat.app (rest)", body)
    told = here.told(jamf.plan(here.files))
    assert list(effects_lines("jamf", told)) == ["  no effect on people"]


def test_a_group_that_the_policy_does_not_know_is_told(place: tuple[Place, Any]) -> None:
    """Its Macs are left out: that there are none cannot be said."""
    here, jamf = place
    group = b"<computer_group><name>Lab Macs</name><is_smart>false</is_smart></computer_group>"
    jamf.console("POST", "/JSSResource/computergroups/id/0", group)
    lab = "<computer_groups><computer_group><name>Lab Macs</name></computer_group>"
    left_out = f"<exclusions>{lab}</computer_groups></exclusions>"
    body = f"<scope><all_computers>true</all_computers>{left_out}</scope>"
    jamf.by_hand(resources.RESTRICTIONS, "aipol com.acme Chat.app (rest)", body)
    told = here.told(jamf.plan(here.files))
    (unread,) = told.unread
    assert "Lab Macs" in unread.why
    assert (told.shifts, told.idle) == ((), ())


def test_a_wildcard_cannot_be_told_and_is(place: tuple[Place, Any]) -> None:
    """A record that matches more than one name: the reader says why it does not know."""
    here, jamf = place
    body = "<general><match_exact_process_name>false</match_exact_process_name></general>"
    jamf.by_hand(resources.RESTRICTIONS, "aipol com.acme Chat.app (rest)", body)
    told = here.told(jamf.plan(here.files))
    (unread,) = told.unread
    assert "match_exact_process_name is 'false'" in unread.why
    assert {each.uses for each in told.without} == {(("chat", Surface.DESKTOP),)}


def test_a_record_that_was_cloned_is_told_with_what_it_does(place: Any) -> None:
    """Its name begins as ours do, and neither the policy nor a journal knows it."""
    here, jamf = place
    jamf.console("POST", "/JSSResource/restrictedsoftware/id/0", CLONE)
    plan = jamf.plan(here.files)
    told = here.told(plan, [each.key for each in here.wanted])
    assert told.unread == ()
    assert any("Safari" in thing for shift in told.shifts for thing in shift.things)
    (finding,) = refusals(plan, Consent(), Places(whole_file("policy.yaml")))
    assert finding.code == "AIP707"
    assert "`aipol com.acme Chat.app (rest) copy`" in finding.message


def test_a_record_that_was_renamed_goes_on_acting(place: Any) -> None:
    """It is nobody's by its name, and what it does cannot be told as if it were gone."""
    here, jamf = place
    known = frozenset((each.kind, each.id) for each in jamf.plan(here.files).foreign)
    name = "aipol com.acme Chat.app (rest)"
    jamf.by_hand(resources.RESTRICTIONS, name, "<general><name>Mine</name></general>")
    keys = [each.key for each in here.wanted]
    told = here.told(jamf.plan(here.files), keys, known)
    assert told.shifts == ()
    (unread,) = told.unread
    assert "`Mine`" in unread.why
    assert "the same but for its name" in unread.why
    assert {each.uses for each in told.without} == {(("chat", Surface.DESKTOP),)}
    body = "<general><kill_process>false</kill_process></general>"
    jamf.by_hand(resources.RESTRICTIONS, "Mine", body)
    assert here.told(jamf.plan(here.files), keys, known).unread == ()
