"""Read long runs of lines of one form without asking the parser about each.

A run is of items such as `- {domain: a.example, match: exact}`: lines right below each other, with
one indent, the same keys in the same order, and plain values without a mark of YAML. The parser is
given the first of them only. What it makes of that line, it would make of the others: that it did
make one item of a list of it is checked at its events (`aipol.language.load`). If it did not, or if
anything at all is wrong with the text, all of it is read line by line instead.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from aipol.language.document import Path
from aipol.language.scalars import resolve_all
from aipol.source import Span

SHORTEST = 64
"""Lines from which on it is worth it."""
MOST_KEYS = 32
"""Keys of a line up to which it can be one of a run: what looks for others names all of them."""

_VALUE = r"[a-z0-9][a-z0-9._-]*"
_PAIR = rf"[a-z_]+: {_VALUE}"
_PAIRS = re.compile(rf"^( *)- \{{({_PAIR}(?:, {_PAIR}){{0,{MOST_KEYS - 1}}})\}}\n", re.MULTILINE)
_BEFORE_KEY, _BEFORE_VALUE = len("- {"), len(": ")


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of one form: `start` is the first's number from 0, `indent` the blanks before them."""

    start: int
    indent: int
    keys: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The values of each line, in the order of the keys."""

    @property
    def starts(self) -> tuple[int, int]:
        """The columns, from 1, at which its list and the first of its items start."""
        return self.indent + 1, self.indent + _BEFORE_KEY

    def items(self) -> list[dict[str, Any]]:
        """The value of each line."""
        columns = zip(*self.rows, strict=True)
        values = zip(*map(resolve_all, columns), strict=True)
        return [dict(zip(self.keys, each, strict=True)) for each in values]

    def columns(self, number: int) -> Iterator[tuple[str, int, int]]:
        """Each key of a line, the column from 1 at which it stands, and that of its value."""
        column = self.indent + _BEFORE_KEY + 1
        for key, value in zip(self.keys, self.rows[number], strict=True):
            yield key, column, column + len(key) + _BEFORE_VALUE
            column += len(key) + _BEFORE_VALUE + len(value) + len(", ")

    def width(self, number: int) -> int:
        """How wide the item of a line is, with its braces."""
        inside = sum(len(key) + _BEFORE_VALUE for key in self.keys)
        inside += sum(map(len, self.rows[number])) + len(", ") * (len(self.keys) - 1)
        return inside + len("{}")


@dataclass(frozen=True)
class Shortened:
    """A text without what follows the first line of each run."""

    text: str
    runs: tuple[Run, ...]

    @cached_property
    def _starts(self) -> list[int]:
        """The first line of the shortened text that is not in its place, after each run."""
        starts: list[int] = []
        left_out = 0
        for run in self.runs:
            starts.append(run.start - left_out + 1)
            left_out += len(run.rows) - 1
        return starts

    @cached_property
    def _left_out(self) -> list[int]:
        """How many lines are left out before each line, by how many runs are."""
        counts = [0]
        for run in self.runs:
            counts.append(counts[-1] + len(run.rows) - 1)
        return counts

    def line(self, number: int) -> int:
        """The line of the whole text that a line of the shortened text is; both from 0."""
        return number + self._left_out[bisect_right(self._starts, number)]


def shortened(text: str) -> Shortened | None:
    """The text without what its runs repeat; None where there is no run."""
    # Of what breaks lines, only this and what is refused anyway is no line feed.
    if "\r" in text:
        return None
    runs: list[Run] = []
    kept: list[str] = []
    done = here = line = 0
    while found := _PAIRS.search(text, here):
        shape = _shape(found)
        count, here = _first(text, found, shape)
        if count < SHORTEST:
            continue
        rows, end = _rows(text, found.start(), shape)
        line += text.count("\n", done, found.start())
        runs.append(Run(line, len(shape.indent), shape.keys, tuple(rows)))
        kept.append(text[done : found.end()])
        line += len(rows)
        done = here = end
    return Shortened("".join((*kept, text[done:])), tuple(runs)) if runs else None


class _Shape(NamedTuple):
    """What the lines of a run have in common."""

    indent: str
    keys: tuple[str, ...]


def _shape(line: re.Match[str]) -> _Shape:
    pairs = line.group(2).split(", ")
    return _Shape(line.group(1), tuple(pair.partition(": ")[0] for pair in pairs))


def _first(text: str, first: re.Match[str], shape: _Shape) -> tuple[int, int]:
    """How many lines of a shape there are, up to those that it takes, and where they end."""
    count, end = 1, first.end()
    while count < SHORTEST and (found := _PAIRS.match(text, end)) and _shape(found) == shape:
        count, end = count + 1, found.end()
    return count, end


def _rows(text: str, place: int, shape: _Shape) -> tuple[list[tuple[str, ...]], int]:
    """The values of all lines of a shape from a place on, and where they end."""
    form = _form(shape)
    rows: list[tuple[str, ...]] = []
    while found := form.match(text, place):
        rows.append(found.groups())
        place = found.end()
    return rows, place


def _form(shape: _Shape) -> re.Pattern[str]:
    """Of the lines of a run, which is long: to make it takes as long as to read many lines."""
    inside = ", ".join(f"{key}: ({_VALUE})" for key in shape.keys)
    return re.compile(rf"{shape.indent}- \{{{inside}\}}\n")


@dataclass(frozen=True, slots=True)
class ItemsOfRun:
    """Where in a document the lines after the first of a run stand: items of the list at `path`."""

    file: str
    path: Path
    position: int
    """Of the first line's item."""
    run: Run

    def numbered(self, path: Path) -> int:
        """The number of the line that a path leads into, 0 where it leads elsewhere."""
        depth = len(self.path)
        if len(path) - depth not in {1, 2} or path[:depth] != self.path:
            return 0
        position = path[depth]
        number = position - self.position if isinstance(position, int) else 0
        return number if 0 < number < len(self.run.rows) else 0

    def spans(self, number: int, *, of_keys: bool) -> Iterator[tuple[Path, Span]]:
        """The places of what is on a line."""
        line, path = self.run.start + number + 1, (*self.path, self.position + number)
        if not of_keys:
            yield path, Span(self.file, line, self.run.indent + _BEFORE_KEY, self.run.width(number))
        row = self.run.rows[number]
        for (key, at_key, at_value), value in zip(self.run.columns(number), row, strict=True):
            column, text = (at_key, key) if of_keys else (at_value, value)
            yield (*path, key), Span(self.file, line, column, len(text))


class Places(Mapping[Path, Span]):
    """Where the keys, or the values, of a document stand; those of runs are found when asked."""

    __slots__ = ("_items", "_of_keys", "_told")

    def __init__(
        self, told: Mapping[Path, Span], items: tuple[ItemsOfRun, ...], *, of_keys: bool
    ) -> None:
        self._told, self._items, self._of_keys = told, items, of_keys

    def __getitem__(self, path: Path) -> Span:
        span = self._told.get(path)
        if span is not None:
            return span
        for each in self._items:
            if number := each.numbered(path):
                return dict(each.spans(number, of_keys=self._of_keys))[path]
        raise KeyError(path)

    def __iter__(self) -> Iterator[Path]:
        yield from self._told
        for each in self._items:
            for number in range(1, len(each.run.rows)):
                yield from (path for path, _ in each.spans(number, of_keys=self._of_keys))

    def __len__(self) -> int:
        lines = ((len(each.run.rows) - 1, len(each.run.keys)) for each in self._items)
        return len(self._told) + sum(
            count * (keys if self._of_keys else keys + 1) for count, keys in lines
        )
