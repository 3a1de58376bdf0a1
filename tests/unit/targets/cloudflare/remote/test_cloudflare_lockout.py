"""What nothing may block is not blocked by what comes back, or by what is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aipol.apply.journal import read
from aipol.apply.undoing import undo
from aipol.plan.lockout import Checked, checked
from aipol.plan.model import Action, Plan
from aipol.plan.reading import Reading
from aipol.source import whole_file
from aipol_targets.cloudflare.target import CLOUDFLARE
from tests.unit.targets.network.policies import gated
from tests.unit.targets.network.written import Policy, app

SiteOf = Callable[..., Any]
SPAN = whole_file("policy.yaml")
APPS = (app("deep", "big.test"), app("single", "one.test"))
PROTECTED = (
    ("login.test", "subtree", "signing in"),
    ("push.test", "children", "messages to devices"),
    ("mdm.test", "exact", "management"),
)


@pytest.fixture
def here(site: SiteOf) -> tuple[Any, Any]:
    """An account with what a policy asks for."""
    emitted = gated(Policy(apps=APPS, protected=PROTECTED))
    found = site()
    found.settle(emitted.files)
    return found, emitted


def _checked(here: tuple[Any, Any], plan: Plan) -> Checked:
    found, emitted = here
    return checked(emitted.ir, Reading(CLOUDFLARE, found.remote), plan, SPAN)


def _edited(here: tuple[Any, Any], *hosts: str) -> None:
    (held, *_) = (each for each in here[0].standin.lists if "aipol:" in each.description)
    here[0].entries(held.name, append=[{"value": host} for host in hosts])


def _put_back(here: tuple[Any, Any]) -> Plan:
    """The plan of the rollback of an apply that put an edit right."""
    found, emitted = here
    found.settle(emitted.files)
    path = found.journals[-1]
    plan = undo(found.remote, read(path), found.remote.observe())
    assert [each.action for each in plan.writes] == [Action.UPDATE]
    return plan


def test_what_a_policy_asks_for_locks_nobody_out(here: tuple[Any, Any]) -> None:
    """Nor does an edit that the plan puts right."""
    assert _checked(here, here[0].plan(here[1].files)) == Checked()
    _edited(here, "login.test")
    assert _checked(here, here[0].plan(here[1].files)) == Checked()


def test_an_edit_that_would_come_back_is_refused(here: tuple[Any, Any]) -> None:
    """With the names of what it would block, and what the first is needed for."""
    _edited(here, "login.test", "mdm.test")
    (finding,) = _checked(here, _put_back(here)).findings
    assert finding.code == "AIP708"
    assert finding.message.startswith("`login.test`, `mdm.test` would be blocked")
    assert "signing in" in finding.hint


def test_what_a_rollback_leaves_as_it_is_is_looked_at_too(here: tuple[Any, Any]) -> None:
    """Of what comes back alone, nothing would block: the list that it refers to stays edited."""
    found, _ = here
    rule = next(each for each in found.standin.rules if each.action == "block")
    found.by_hand(rule.name, name="Mine")
    plan = _put_back(here)
    assert _checked(here, plan) == Checked()
    _edited(here, "login.test")
    plan = undo(found.remote, read(found.journals[-1]), found.remote.observe())
    assert len(plan.writes) == 1
    (finding,) = _checked(here, plan).findings
    assert finding.code == "AIP708"


@pytest.mark.parametrize(
    ("host", "purpose"),
    [("www.login.test", "signing in"), ("1.courier.push.test", "messages to devices")],
)
def test_a_host_below_a_protected_one_is_protected(
    here: tuple[Any, Any], host: str, purpose: str
) -> None:
    """The protected host itself, and what is far below it, may be open all the same."""
    _edited(here, host)
    (finding,) = _checked(here, _put_back(here)).findings
    assert finding.code == "AIP708"
    assert finding.message.startswith(f"`{host}` would be blocked")
    assert purpose in finding.hint


def test_an_edit_that_blocks_something_else_comes_back(here: tuple[Any, Any]) -> None:
    """It is what was there, and locks nobody out."""
    _edited(here, "other.test", "www.mdm.test")
    assert _checked(here, _put_back(here)) == Checked()


def test_what_no_reader_knows_comes_back_with_a_note(here: tuple[Any, Any]) -> None:
    """That object alone; all others are asked about."""
    found, emitted = here
    rule = next(each for each in found.standin.rules if each.action == "block")
    found.by_hand(rule.name, identity='identity.email == "x@acme.test"')
    seen = _checked(here, _put_back(here))
    assert seen.findings == ()
    (note,) = seen.notes()
    assert rule.name in note
    assert "look yourself" in note
    (finding,) = seen.strictly(found.plan(emitted.files), SPAN)
    assert finding.code == "AIP713"
