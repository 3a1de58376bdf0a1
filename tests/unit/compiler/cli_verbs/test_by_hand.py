"""Where a target is only read from here, a person is told what to do, and nothing is written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aipol.cli import composition
from aipol.remote import NotFromHere, Surroundings
from aipol.target import StagedTarget
from tests.unit.compiler.apply.vendor import FakeRemote, Vendor, bearing, key_of, policy, script
from tests.unit.compiler.cli_verbs.conftest import Run
from tests.unit.compiler.cli_verbs.pushing import Shop


@pytest.fixture
def by_hand(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The fake vendor, only read from here; `beta` is another one that is written to."""
    other = Vendor()

    def written(settings: Any, surroundings: Surroundings) -> FakeRemote:
        del settings
        given = (script("other"),)
        return FakeRemote(other, surroundings.organization, target="beta", asked_for=given)

    alpha, beta = composition.all_targets()
    assert isinstance(beta, StagedTarget)
    targets = (alpha, replace(beta, remote=written))
    monkeypatch.setattr(composition, "all_targets", lambda: targets)
    shop.by_hand = True
    return shop


def test_apply_tells_a_person_what_to_do(by_hand: Shop, run: Run) -> None:
    """Nobody is asked, nothing is written, no journal begins, and the exit code says so."""
    found = run("apply", "-t", "alpha")
    assert found.code == 1
    assert "alpha at tenant 1: nothing was changed from here" in found.out
    assert "  edits=False adopts=False\n  look again\n" in found.out
    assert by_hand.vendor.writes == []
    assert list(Path(".aipol").rglob("*.jsonl")) == []


def test_what_somebody_edited_is_told_to_the_target(shop: Shop, run: Run) -> None:
    """And where there is nothing to do, nothing is told."""
    run("apply", "--yes")
    shop.by_hand = True
    same = run("apply")
    assert (same.code, "nothing to do" in same.out) == (0, True)
    (stored,) = bearing(shop.vendor, key_of("s"))
    shop.vendor.change(stored.id, {"text": "by hand"})
    assert "edits=True adopts=False" in run("apply").out


def test_other_targets_are_written_to(by_hand: Shop, run: Run) -> None:
    """A person is asked about those alone; the rest is told after it."""
    found = run("apply", "--yes")
    assert found.code == 1
    assert "beta at tenant 1: 1 change made." in found.out
    assert found.out.index("1 change made") < found.out.index("look again")
    assert by_hand.vendor.writes == []


def test_a_stream_has_it_as_an_event(by_hand: Shop, run: Run) -> None:
    """With the steps as they are."""
    del by_hand
    (line,) = run("apply", "-t", "alpha", "--yes", "--json").out.splitlines()
    event = json.loads(line)
    assert (event["event"], event["target"]) == ("by-hand", "alpha")
    assert event["steps"] == ["edits=False adopts=False", "look again"]


def test_a_saved_plan_is_told_like_any(by_hand: Shop, run: Run) -> None:
    """It is compared first."""
    run("plan", "-t", "alpha", "-o", "plan.json")
    assert "look again" in run("apply", "plan.json").out
    by_hand.wanted = (script("s"), policy("p", "s"), script("more"))
    assert "AIP706" in run("apply", "plan.json").out


def test_a_rollback_is_refused(shop: Shop, run: Run) -> None:
    """What was applied elsewhere is rolled back there; what would be done can be seen."""
    run("apply", "--yes")
    shop.by_hand = True
    before = len(shop.vendor.writes)
    refused = run("rollback", "--yes")
    assert refused.code == 2
    assert "only read from here" in refused.err
    assert run("rollback", "--dry-run").code == 0
    assert len(shop.vendor.writes) == before


def test_what_does_not_run_here_does_not_stop_the_others(by_hand: Shop, run: Run) -> None:
    """Unless it was named: then it is told what to do."""
    by_hand.error = NotFromHere("it does not run here; do\n  this")
    found = run("plan")
    assert found.code == 0
    assert "alpha cannot be reached from here: `-t alpha` says why" in found.err
    assert "beta at tenant 1: 1 to create" in found.out
    named = run("plan", "-t", "alpha")
    assert named.code == 2
    assert "it does not run here; do\n  this" in named.err
