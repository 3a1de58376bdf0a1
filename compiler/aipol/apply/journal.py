"""What an apply is about to do, written down before it does it, and read back.

A journal is a file of JSON lines. The first is the head: the plan with everything that was there
before. Each that follows is on the disk before the request it speaks of is sent, or before the next
is. A last line that was cut short says nothing.
"""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from aipol.durable import sync_folder, why
from aipol.plan.model import Action, Change, Inputs, Plan

SCHEMA = "aipol.journal/1"
_BEGINS = b'{"at": '


class JournalError(ValueError):
    """A file that is no journal; says why."""


class NotBegun(JournalError):
    """A journal that was cut short before its head was on the disk: nothing was done after it."""


@dataclass(frozen=True, slots=True)
class Head:
    """What an apply set out to do. `digest` is of the plan it was started with."""

    at: float
    """Seconds since 1970."""
    digest: str
    inputs: Inputs
    plan: Plan
    undoes: str = ""
    """The name of the journal that is rolled back, if any is."""


@dataclass(slots=True)
class Progress:
    """How far one change got. Times are seconds since 1970; `id` is the server's, once known.

    `seen` is the digest of all that the server showed of the object when it was done. It was done,
    or failed, at `at`; `sent` is whether anything may have reached the server.
    """

    begun: float = 0.0
    at: float = 0.0
    id: str = ""
    done: bool = False
    failed: str = ""
    seen: str = ""
    sent: bool = True


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal that was read."""

    path: Path
    head: Head
    progress: tuple[Progress, ...]
    """Of each change that writes, in the plan's order."""
    end: str
    """`complete`, `failed`, `interrupted` or `settled`; empty where it was cut short."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that it set out to make."""
        return self.head.plan.writes

    @property
    def unsettled(self) -> bool:
        """Whether somebody has to find out yet what was done."""
        return self.end != "settled" and (not self.end or any(self.doubtful()))

    def doubtful(self) -> Iterator[tuple[int, Change, Progress]]:
        """The changes of which nobody wrote down how they ended, with their places."""
        for index, (change, progress) in enumerate(self._each()):
            if progress.begun and not progress.done and not progress.failed:
                yield index, change, progress

    def unseen(self) -> Iterator[tuple[int, Change, Progress]]:
        """Those, and what was created and then refused: nobody has looked at it."""
        yield from self.doubtful()
        for index, (change, progress) in enumerate(self._each()):
            if change.action is Action.CREATE and progress.id and progress.failed:
                yield index, change, progress

    def done(self) -> Iterator[tuple[Change, Progress]]:
        """The changes that were made."""
        return ((change, progress) for change, progress in self._each() if progress.done)

    def made(self) -> Iterator[tuple[Change, Progress]]:
        """Those, and what was created but not finished, or found to be there afterwards."""
        for change, progress in self._each():
            if progress.done or (change.action is Action.CREATE and progress.id):
                yield change, progress

    def touched(self) -> Iterator[tuple[Change, Progress]]:
        """The changes after which the object may not be what it was."""
        for change, progress in self._each():
            if progress.begun and (progress.done or progress.sent or not progress.failed):
                yield change, progress

    def _each(self) -> Iterator[tuple[Change, Progress]]:
        return zip(self.changes, self.progress, strict=True)


@dataclass
class Writer:
    """A journal that is being written; several threads may."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, event: str, change: int | None = None, **said: Any) -> None:
        """Add a line, and wait until the disk has it."""
        entry = {"event": event} | ({} if change is None else {"change": change}) | said
        line = json.dumps(entry, sort_keys=True, ensure_ascii=True)
        with self._lock, self.path.open("ab") as stream:
            stream.write(line.encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())


def reopened(path: Path) -> Writer:
    """A journal to be ended that was cut short; the line that was cut goes."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        os.truncate(path, whole)
    return Writer(path)


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Head]:
    return TypeAdapter(Head)


def start(folder: Path, name: str, head: Head) -> Writer:
    """Begin a journal below a folder; its name is given a number where it is taken.

    It comes after those that are there already, whatever a clock says. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = max((name, *(path.stem.partition("-")[0] for path in journals(folder))))
    body = {"schema": SCHEMA, **_adapter().dump_python(head, mode="json")}
    line = json.dumps(body, sort_keys=True, ensure_ascii=True).encode() + b"\n"
    path, handle = _opened(folder, name)
    with os.fdopen(handle, "wb") as stream:
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(folder)
    return Writer(path)


def _opened(folder: Path, name: str) -> tuple[Path, int]:
    for number in itertools.count(1):
        path = folder / (f"{name}.jsonl" if number == 1 else f"{name}-{number}.jsonl")
        try:
            # What a tenant holds is nobody else's to read.
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
    raise AssertionError  # counting never ends


def read(path: Path) -> Journal:
    """A journal from its file. Raises JournalError."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise JournalError(why(error)) from None
    if len(lines) == 1 and _BEGINS.startswith(lines[0][: len(_BEGINS)]):
        raise NotBegun("it was cut short before anything was done")
    head = _head(lines[0])
    progress = tuple(Progress() for _ in head.plan.writes)
    end = ""
    for number, line in enumerate(lines[1:-1], 2):  # after the last line break nothing is whole
        try:
            entry = json.loads(line)
            end = _follow(entry, progress) or end
        except (ValueError, KeyError, IndexError, TypeError):
            raise JournalError(f"line {number} is none that aipol writes") from None
    return Journal(path, head, progress, end)


def _head(line: bytes) -> Head:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise JournalError("it is no journal: its first line is no JSON") from None
    if not isinstance(content, dict) or content.pop("schema", None) != SCHEMA:
        raise JournalError(f"it is no journal of schema `{SCHEMA}`")
    try:
        return _adapter().validate_python(content)
    except ValidationError as error:
        raise JournalError(f"its head is wrong: {error.errors()[0]['msg']}") from None


def _follow(entry: dict[str, Any], progress: tuple[Progress, ...]) -> str:
    """Take one line into account; what it says of the end, if it is the end."""
    event = entry["event"]
    if event == "end":
        return str(entry["how"])
    of = progress[entry["change"]]
    match event:
        case "begin":
            of.begun, of.failed, of.sent = float(entry["at"]), "", True
        case "created":
            of.id = str(entry["id"])
        case "done":
            of.done, of.at = True, float(entry["at"])
            of.id, of.seen = str(entry["id"]), str(entry["seen"])
        case "failed":
            of.failed, of.sent = str(entry["why"]), bool(entry["sent"])
            of.at = float(entry.get("at", 0.0))
        case _:
            raise ValueError(event)
    return ""


def journals(folder: Path) -> list[Path]:
    """The journals of a folder, the oldest first."""
    return sorted(folder.glob("*.jsonl"), key=order)


def order(path: Path) -> tuple[str, int]:
    """What journals are sorted by: when they were begun, and the number beyond the first then."""
    stamp, _, number = path.stem.partition("-")
    return stamp, int(number) if number.isdecimal() else 1
