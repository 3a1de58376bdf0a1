"""What docs/applying.md tells of pushing to a tenant that is played is what happens."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.transcripts import ANYTHING, Step, agree, blocks

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "applying.md"
FIRST = "aipol demo tenant -- sh"
MARK = "== what was run here =="
_STAMP = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


def told() -> tuple[tuple[Step, ...], ...]:
    """The commands of each block that begins with the tenant, each with what it answers."""
    page = blocks(PAGE.name, PAGE.read_text(encoding="utf-8"))
    return tuple(block.steps[1:] for block in page if block.first == FIRST)


def _script(steps: tuple[Step, ...]) -> str:
    """A script that runs the commands in turn; journals are named by the order of applies."""
    lines = ["i=0"]
    for step in steps:
        command = step.command
        for number, stamp in enumerate(_stamps(steps)):
            place = f"$(ls .aipol/journals/intune/*.jsonl | sed -n {number + 1}p)"
            command = command.replace(f".aipol/journals/intune/{stamp}.jsonl", place)
        lines += [f"echo {shlex.quote(MARK)}", f'{command} 2>&1; echo "exit $?"']
    return "\n".join(lines)


def _stamps(steps: tuple[Step, ...]) -> list[str]:
    """The names of journals in the order in which they are told."""
    said = (found[0] for step in steps for line in step.lines for found in _STAMP.finditer(line))
    return list(dict.fromkeys(said))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the example policy, and `aipol` as a command."""
    shutil.copytree(ROOT / "policy", tmp_path / "policy")
    command = tmp_path / "bin" / "aipol"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m aipol "$@"\n')
    command.chmod(0o755)
    return tmp_path


def test_what_is_told() -> None:
    """An edit by hand with its way back and two rollbacks, and how something is taken over."""
    verbs = [[step.command.split()[1] for step in steps] for steps in told()]
    assert [each.count("rollback") for each in verbs] == [2, 0]
    assert ["adopt" in each for each in verbs] == [False, True]


@pytest.mark.parametrize("steps", told(), ids=("edited", "adopted"))
def test_a_newcomer_sees_what_is_told(place: Path, steps: tuple[Step, ...]) -> None:
    """Each command answers so, and ends with 1 only where others changed something."""
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["aipol", "demo", "tenant", "--", "sh", "-c", _script(steps)],
        cwd=place,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = done.stdout.split(f"{MARK}\n")[1:]
    assert len(answers) == len(steps), done.stdout
    for step, answer in zip(steps, answers, strict=True):
        said = [_STAMP.sub("STAMP", line) for line in answer.split("\n") if line.strip()]
        lines = tuple(_STAMP.sub("STAMP", line) for line in step.lines)
        assert said.pop() == f"exit {int('drift' in step.command)}", answer
        assert agree(lines, said), f"{step.command}\n{answer}"


def test_an_answer_that_differs_is_noticed() -> None:
    """A line more, a line less, another line."""
    told = ("a", ANYTHING, "c")
    assert agree(told, ["a", "c"])
    assert agree(told, ["a", "b", "b", "c"])
    for said in ([], ["a"], ["c"], ["a", "c", "d"], ["b", "c"], ["a", "b"]):
        assert not agree(told, said)
