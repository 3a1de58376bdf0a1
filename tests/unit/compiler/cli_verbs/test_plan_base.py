"""`plan --base`: what merging a change of the policy will do."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aipol.cli import composition
from aipol.remote import Surroundings
from tests.unit.compiler.apply.vendor import FakeRemote, script
from tests.unit.compiler.cli_verbs.conftest import Run, fake
from tests.unit.compiler.cli_verbs.pushing import Shop


@pytest.fixture
def merging(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The policy is committed; it wanted less then. The second that is opened is the earlier."""
    later, opens = shop.wanted, shop.open

    def opened(settings: Any, surroundings: Surroundings) -> FakeRemote:
        found = opens(settings, surroundings)
        shop.wanted = (script("s"), script("gone"))
        return found

    targets = (replace(fake("alpha"), remote=opened), fake("beta"))
    monkeypatch.setattr(composition, "all_targets", lambda: targets)
    shop.wanted = (*later, script("gone"))
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "policy")):
        git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments)
        subprocess.run(git, check=True)
    return shop


def test_what_merging_will_do(merging: Shop, run: Run) -> None:
    """Only what the earlier policy would not do as well; the rest is told as a number."""
    found = run("plan", "--base", "HEAD")
    assert found.code == 0, found.err
    assert "1 to create" in found.out
    assert "+ p (policy)" in found.out
    assert "2 more are to be changed with or without this policy" in found.out
    assert "Next:" not in found.out
    assert merging.vendor.writes == []


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD:policy"])
def test_a_revision_that_is_none_is_told(merging: Shop, run: Run, revision: str) -> None:
    """With what to name instead and git's words, and nothing else happens."""
    found = run("plan", f"--base={revision}")
    assert found.code == 2
    assert f"`{revision}` is no revision that is here" in found.err
    assert "`git fetch`" in found.err
    assert "git: fatal" in found.err
    assert merging.vendor.writes == []


def test_what_merging_will_do_is_no_plan_to_apply(merging: Shop, run: Run) -> None:
    """It is a part of one."""
    del merging
    assert run("plan", "--base", "HEAD", "-o", "plan.json").code == 2
    assert not Path("plan.json").exists()


@pytest.mark.usefixtures("shop")
def test_without_git_there_is_no_base(run: Run) -> None:
    """A folder that git knows nothing of."""
    found = run("plan", "--base", "HEAD")
    assert found.code == 2
    assert "is in no git repository" in found.err
