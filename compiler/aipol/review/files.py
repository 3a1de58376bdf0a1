"""Turns two sets of output files into what differs between them, file by file."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

_LONG = 20_000
"""Files of more lines are not compared line by line in order."""


class Step(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class FileChange:
    """A file that only one side has, or that both have with other content."""

    path: str
    before: bytes | None
    after: bytes | None

    @property
    def step(self) -> Step:
        """What became of it."""
        if self.before is None:
            return Step.ADDED
        return Step.REMOVED if self.after is None else Step.CHANGED

    @property
    def target(self) -> str:
        """Whose file it is."""
        return self.path.partition("/")[0]

    @cached_property
    def counts(self) -> tuple[int, int] | None:
        """How many lines only the new one has, and only the old one; None of what is no text."""
        sides = self._lines
        if sides is None:
            return None
        old, new = map(Counter, sides)
        return (new - old).total(), (old - new).total()

    def unified(self) -> Iterator[str]:
        """The lines that differ, with three around each."""
        sides = self._lines
        if sides is None:
            yield f"{self.path}: other bytes"
            return
        if max(map(len, sides)) > _LONG:
            yield from _only(*sides)
            return
        yield from difflib.unified_diff(*sides, self.path, self.path, lineterm="")

    @cached_property
    def _lines(self) -> tuple[list[str], list[str]] | None:
        try:
            before, after = ((side or b"").decode() for side in (self.before, self.after))
        except UnicodeDecodeError:
            return None
        return before.splitlines(), after.splitlines()


def _only(before: list[str], after: list[str]) -> Iterator[str]:
    """The lines of long files that only one of them has, wherever they stand."""
    old, new = Counter(before), Counter(after)
    yield from (f"-{line}" for line in (old - new).elements())
    yield from (f"+{line}" for line in (new - old).elements())


def file_changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[FileChange, ...]:
    """What differs, by path."""
    return tuple(
        FileChange(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    )
