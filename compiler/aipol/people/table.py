"""Count the people of a CSV: `user`, `groups` and, where it is known, `devices`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aipol.audience import Person
from aipol.diagnostics import codes
from aipol.diagnostics.model import Related
from aipol.language.words import clip, suggest
from aipol.people.model import Platform
from aipol.people.sums import Devices, Sums
from aipol.source import Span

COLUMNS = ("user", "groups", "devices")
_NEEDED = COLUMNS[:2]
MOST_PEOPLE = 1_000_000
_MOST_DEVICES = 1_000
_LONGEST_CELL = 32_000
# What a spreadsheet would run when somebody opens the file there.
_FORMULAS = tuple("=+-@\t\r")


def from_table(text: str, sums: Sums) -> None:
    """Add everybody in `text` to `sums`, with what is wrong in it."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)

    def rows() -> Iterator[tuple[int, list[str]]]:
        line = reader.line_num + 1
        for row in reader:
            yield line, row
            line = reader.line_num + 1

    try:
        head = next(reader, [])
        if _is_head(head, sums):
            _Table(sums, tuple(head)).read(rows())
    except csv.Error as error:
        _fault(sums, max(reader.line_num, 1), 1, f"this is not CSV: {error}")


def _fault(sums: Sums, line: int, column: int, why: str, hint: str = "") -> None:
    span = Span(sums.file, line, column)
    sums.findings.append(codes.PEOPLE_ROW.at(span, why=why, hint=hint))


def _is_head(head: Sequence[str], sums: Sums) -> bool:
    """Whether the first line names the columns."""
    found = list(_faults_of_head(head))
    sums.findings += [
        codes.PEOPLE_COLUMNS.at(Span(sums.file, 1, column), why=why, hint=hint)
        for column, why, hint in found
    ]
    return not found


def _faults_of_head(head: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    written = "the first line is `user,groups` or `user,groups,devices`"
    if not head:
        yield 1, "the file is empty", written
        return
    if len(head) == 1 and ";" in head[0]:
        yield 1, "columns are separated by `;`", "separate columns by commas, and groups by `;`"
        return
    if not set(head) & set(COLUMNS):
        # It is not quoted: without a head, it is somebody's line.
        yield 1, "the first line does not name the columns", written
        return
    for position, name in enumerate(head):
        column = _column(head, position)
        if name not in COLUMNS:
            yield column, f"there is no column `{clip(name)}`", suggest(name, COLUMNS)
        elif name in head[:position]:
            yield column, f"column `{name}` is there twice", ""
    if set(head) <= set(COLUMNS):
        missing = (name for name in _NEEDED if name not in head)
        yield from ((1, f"column `{name}` is missing", written) for name in missing)


def _column(row: Sequence[str], position: int) -> int:
    """Where a cell begins, from 1, as far as nothing before it is in quotes."""
    return sum(len(cell) + 1 for cell in row[:position]) + 1


@dataclass(slots=True)
class _Table:
    """The rows below the head; cells that were read before are known by their text."""

    sums: Sums
    head: tuple[str, ...]
    lines: dict[str, int] = field(default_factory=dict[str, int])
    """Where each user is, for as long as the file is read."""
    groups: dict[str, Person | str] = field(default_factory=dict[str, Person | str])
    devices: dict[str, Devices | str] = field(default_factory=dict[str, Devices | str])

    def read(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        for line, row in rows:
            if self.sums.full:
                return
            if len(self.lines) >= MOST_PEOPLE:
                span, why = (
                    Span(self.sums.file, line, 1),
                    f"it has more than {MOST_PEOPLE:,} people",
                )
                found = codes.PEOPLE_UNREADABLE.at(span, file=self.sums.file, why=why)
                self.sums.findings.append(found)
                return
            if row:
                self._row(line, row)

    def _row(self, line: int, row: Sequence[str]) -> None:
        if len(row) != len(self.head):
            hint = "a cell with a comma in it is written in quotes; groups are separated by `;`"
            why = f"this line has {len(row)} cells, and the first one {len(self.head)}"
            _fault(self.sums, line, 1, why, hint)
            return
        cells = dict(zip(self.head, row, strict=True))
        if not self._user(line, row, cells["user"]):
            return
        groups = self._groups(cells["groups"])
        devices = self._devices(cells.get("devices", ""))
        for name, read in (("groups", groups), ("devices", devices)):
            if isinstance(read, str):
                _fault(self.sums, line, _column(row, self.head.index(name)), read, _HINTS[name])
        if not isinstance(groups, str) and not isinstance(devices, str):
            self.sums.counted[groups, devices] += 1

    def _user(self, line: int, row: Sequence[str], name: str) -> bool:
        """Whether somebody is named who is not named above; upper and lower case are the same."""
        column = _column(row, self.head.index("user"))
        if name != name.strip() or not name or name.startswith(_FORMULAS):
            why = "begins like a formula" if name.startswith(_FORMULAS) else "begins with a blank"
            why = why if name.strip() else "is empty"
            _fault(self.sums, line, column, f"`user` {why}", "write a name or an id alone")
            return False
        first = self.lines.setdefault(name.casefold(), line)
        if first != line:
            related = (Related(Span(self.sums.file, first, 1), "listed here first"),)
            span = Span(self.sums.file, line, column)
            hint = "put all groups of a person into one line, separated by `;`"
            self.sums.findings.append(codes.PEOPLE_TWICE.at(span, hint=hint, related=related))
            return False
        return True

    def _groups(self, cell: str) -> Person | str:
        """The groups in a cell, or what is wrong with it."""
        known = self.groups.get(cell)
        if known is None:
            names = [name.strip() for name in cell.split(";")] if cell.strip() else []
            fault = _fault_of_names(names)
            known = self.groups[cell] = fault or self.sums.groups(names)
        return known

    def _devices(self, cell: str) -> Devices | str:
        known = self.devices.get(cell)
        if known is None:
            known = self.devices[cell] = _devices_in(cell)
        return known


_HINTS = {
    "groups": "groups are names or Entra ids, such as `finance;ai-pilot`",
    "devices": "devices are counts by platform, such as `macos:1;windows:1`",
}


def _fault_of_names(names: Sequence[str]) -> str:
    if any(name.startswith(_FORMULAS) for name in names):
        return "`groups` has a name that begins like a formula"
    if not all(names):
        return "`groups` has an empty name"
    return "`groups` names a group twice" if len(set(names)) < len(names) else ""


def _devices_in(cell: str) -> Devices | str:
    found: dict[Platform, int] = {}
    for part in cell.split(";") if cell.strip() else ():
        platform, colon, number = (word.strip() for word in part.partition(":"))
        if platform not in list(Platform):
            hint = suggest(platform, list(Platform))
            return f"`devices` has a platform that is none; {hint}"
        if not colon or not number.isascii() or not number.isdecimal() or len(number) > len("1000"):
            return f"`devices` has no count of `{platform}`"
        if int(number) > _MOST_DEVICES:
            return f"`devices` has more than {_MOST_DEVICES:,} of `{platform}` for one person"
        if platform in found:
            return f"`devices` has `{platform}` twice"
        found[Platform(platform)] = int(number)
    return tuple((platform, found[platform]) for platform in Platform if found.get(platform))
