"""`aipol fix` shows what it would do, asks, and writes what was seen or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from aipol.cli.app import main

DAY = ("--as-of", "2026-12-01")
POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups: {everyone: {all: true}}
rules:
  - {id: assistants, aps: [claude, claude], groups: [everyone], effect: allow}
  - {id: rest, apps: ["*"], groups: [everyone], effect: block}
"""
FIXED = POLICY.replace("aps: [claude, claude]", "apps: [claude]")


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A policy with a misspelt key and a name that is listed twice."""
    monkeypatch.chdir(tmp_path)
    file = Path("policy/ai-usage.yaml")
    file.parent.mkdir()
    file.write_text(POLICY, encoding="utf-8")
    return file


def _run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(("fix", *arguments, *DAY))
    told = capfd.readouterr()
    return code, told.out, told.err


def test_each_fix_is_shown_with_its_code_and_the_lines(
    policy: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With `--check`, nothing is written and the exit code says that there is something to do."""
    code, out, _ = _run(capfd, "--check")
    assert code == 1
    assert f"{policy}:5:22: AIP107 key `aps` becomes `apps`\n" in out
    assert f"{policy}:5:37: AIP312 the second `claude` goes\n" in out
    assert "\n+  - {id: assistants, apps: [claude], groups: [everyone], effect: allow}\n" in out
    assert policy.read_text(encoding="utf-8") == POLICY


def test_what_was_seen_is_written(policy: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`--yes` writes; a second run has nothing to do."""
    code, out, _ = _run(capfd, "--yes")
    assert (code, out.splitlines()[-1]) == (0, f"{policy}: 2 fixes written")
    assert policy.read_text(encoding="utf-8") == FIXED
    assert _run(capfd)[:2] == (0, f"{policy}: nothing to fix\n")


def test_nothing_is_written_where_nobody_is_there_to_ask(
    policy: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In a job that forgot `--yes` the policy stays as it is."""
    code, _, err = _run(capfd)
    assert code == 2
    assert "there is no terminal to ask at; pass `--yes`" in err
    assert policy.read_text(encoding="utf-8") == POLICY


@pytest.mark.parametrize(("said", "code", "text"), [("y\n", 0, FIXED), ("n\n", 1, POLICY)])
def test_somebody_who_is_there_is_asked(
    policy: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    code: int,
    text: str,
) -> None:
    """A no leaves the policy alone."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: said == "y\n")
    assert _run(capfd)[0] == code
    assert policy.read_text(encoding="utf-8") == text


def test_what_is_edited_while_it_is_looked_at_is_not_overwritten(
    policy: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever says yes says it to what they saw."""

    def edit(*_: object, **__: object) -> bool:
        policy.write_text("version: 1\n", encoding="utf-8")
        return True

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", edit)
    code, _, err = _run(capfd)
    assert (code, "was edited meanwhile" in err) == (2, True)
    assert policy.read_text(encoding="utf-8") == "version: 1\n"


def test_what_is_left_to_the_author_is_told(
    policy: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """An error without a fix keeps the exit code at 1, fixes or none."""
    policy.write_text(POLICY.replace("apps: [", "apps: [gizmo, "), encoding="utf-8")
    code, out, _ = _run(capfd, "--yes")
    assert code == 1
    assert "Left to you:\n" in out
    assert "error[AIP201] app `gizmo`" in out
    code, out, _ = _run(capfd)
    assert code == 1
    assert f"{policy}: nothing that can be fixed by itself\n" in out
    code, out, _ = _run(capfd, "gone.yaml")
    assert code == 1
    assert "error[AIP101]" in out
