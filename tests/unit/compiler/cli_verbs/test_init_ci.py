"""`aipol init --ci` writes what a service finds, for the branch that there is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from aipol.cli.app import main
from aipol.cli.init import template

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def trunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new repository whose branch is called otherwise than most."""
    subprocess.run(["git", "init", "-q", "-b", "trunk", tmp_path], check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("service", ["github", "azure"])
def test_the_branch_is_the_repositorys(trunk: Path, service: str, capfd: Captured) -> None:
    """That of the remote, where one is known, or else the one that is checked out."""
    assert main(["init", "--ci", service, "--stdout"]) == 0
    assert capfd.readouterr().out == template(service, "trunk")
    there = ("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/1")
    subprocess.run(["git", *there], check=True)
    assert main(["init", "--ci", service, "--stdout"]) == 0
    said = capfd.readouterr().out
    assert said == template(service, "release/1")
    assert '["release/1"]' in said
    assert not list(trunk.glob("*.yml"))


def test_a_name_that_would_be_a_pattern_is_not_taken(trunk: Path, capfd: Captured) -> None:
    """Git lets a branch have a name that means something else in the file."""
    subprocess.run(["git", "-C", trunk, "symbolic-ref", "HEAD", "refs/heads/a+'b"], check=True)
    assert main(["init", "--ci", "github", "--stdout"]) == 0
    assert capfd.readouterr().out == template("github", "main")


def test_below_the_top_no_service_would_look(trunk: Path, capfd: Captured) -> None:
    """The way that is named writes it there."""
    folder = trunk / "below"
    folder.mkdir()
    assert main(["init", "--ci", "github", "below"]) == 2
    assert f"`aipol init --ci=github {trunk}`" in " ".join(capfd.readouterr().err.split())
    assert not list(folder.iterdir())
    assert main(["init", "--ci=github", str(trunk)]) == 0


def test_that_there_is_no_policy_is_told(trunk: Path, capfd: Captured) -> None:
    """A pipeline without one fails; it may come later."""
    del trunk
    assert main(["init", "--ci", "gitlab"]) == 0
    assert "there is no `policy/ai-usage.yaml` yet" in capfd.readouterr().err
    assert main(["init"]) == 0
    assert main(["init", "--ci", "pre-commit"]) == 0
    assert "there is no" not in capfd.readouterr().err


def test_what_is_there_is_added_to_by_hand(trunk: Path, capfd: Captured) -> None:
    """A project's own pipeline is not for us to replace."""
    (trunk / ".gitlab-ci.yml").write_text("build: {script: make}\n", encoding="utf-8")
    assert main(["init", "--ci", "gitlab"]) == 2
    said = " ".join(capfd.readouterr().err.split())
    assert "is there already; `aipol init --ci gitlab --stdout` prints what to add" in said
    assert main(["init", "--stdout"]) == 2
