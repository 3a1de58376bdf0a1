"""Run what a page tells a reader to type, and compare what is said with what is told."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ANYTHING = "..."
_FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMANDS = {"sh", "shell", "bash", "console"}
_MARK = "== what was run here =="
# What another day, another commit or another app in the catalogue changes.
_FIGURE = re.compile(r"\b[0-9a-f]{12}\b|\b\d[\d,-]*\b")


@dataclass(frozen=True)
class Step:
    """A command with the lines that it is told to answer."""

    command: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """One block of a page that a reader types: commands alone, or with their answers."""

    page: str
    text: str
    answered: bool

    @property
    def first(self) -> str:
        """Its first command, without a comment: by this it is spoken of."""
        return self.text.split("\n", 1)[0].partition("  #")[0].removeprefix("$ ").strip()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its commands; one without answers is one command."""
        if not self.answered:
            return (Step(self.text, (ANYTHING,)),)
        parts = f"\n{self.text}".split("\n$ ")[1:]
        every = (part.rstrip("\n").split("\n") for part in parts)
        return tuple(Step(command, tuple(lines)) for command, *lines in every)


def blocks(page: str, text: str) -> Iterator[Block]:
    """Every block of a page that has commands."""
    for language, body in _FENCE.findall(text):
        answered = body.startswith("$ ")
        if language in _COMMANDS or answered:
            yield Block(page, body, answered)


def agree(told: Sequence[str], said: Sequence[str]) -> bool:
    """Whether lines are those that are told, `...` standing for any number of them."""
    if not told:
        return not said
    if told[0].strip() == ANYTHING:
        return any(agree(told[1:], said[skipped:]) for skipped in range(len(said) + 1))
    return bool(said) and told[0] == said[0] and agree(told[1:], said[1:])


def general(lines: Sequence[str]) -> list[str]:
    """Lines without empty ones, and without what is another figure tomorrow."""
    return [" ".join(_FIGURE.sub("N", line).split()) for line in lines if line.strip()]


@dataclass(frozen=True)
class Answer:
    """What a command said, and how it ended."""

    step: Step
    said: tuple[str, ...]
    code: int

    @property
    def as_told(self) -> bool:
        """Whether it is what the page tells, figures aside."""
        return agree(general(self.step.lines), general(self.said))


def answers(
    steps: Sequence[Step], place: Path, more: Mapping[str, str] | None = None
) -> list[Answer]:
    """Run commands in one shell, in order, in a folder; `aipol` is the one that is tested."""
    done = subprocess.run(
        ["sh", "-c", _script(steps)],
        cwd=place,
        env={**os.environ, **_installed(place.parent), **(more or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    parts = done.stdout.split(f"{_MARK}\n")[1:]
    found: list[Answer] = []
    for step, part in zip(steps, parts, strict=True):
        *said, code = part.rstrip("\n").split("\n")
        found.append(Answer(step, tuple(said), int(code.removeprefix("exit "))))
    return found


def _script(steps: Sequence[Step]) -> str:
    lines: list[str] = []
    for step in steps:
        lines += [f"echo {shlex.quote(_MARK)}", step.command.rstrip("\n"), 'echo "exit $?"']
    return "\n".join(lines)


def _installed(folder: Path) -> dict[str, str]:
    """Variables by which `aipol` is found, and commits are somebody's."""
    command = folder / "bin" / "aipol"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m aipol "$@"\n')
    command.chmod(0o755)
    person = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _ANN}
    return {"PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}", **person}


_ANN = (("NAME", "Ann"), ("EMAIL", "ann@acme.example"))
