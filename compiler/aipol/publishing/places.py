"""What a place has to offer that devices fetch from, and a directory as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aipol.publishing.exchange import carry_out
from aipol.publishing.plan import Plan
from aipol.publishing.record import KEPT
from aipol.publishing.survey import History, Seen, history, survey


class Place(Protocol):
    """Where devices fetch from. All but `name` and `at` may raise OutputError."""

    @property
    def name(self) -> str:
        """As the command line has it."""
        ...

    def at(self, path: str) -> str:
        """What a file below it is called."""
        ...

    def history(self) -> History:
        """What aipol remembers of it."""
        ...

    def survey(self, paths: Iterable[str]) -> Mapping[str, Seen]:
        """What is at each of the paths."""
        ...

    def kept(self, digest: str) -> bytes | None:
        """An earlier content, by its SHA-256."""
        ...

    def carry_out(self, planned: Callable[[], Plan]) -> Plan:
        """Plan so that nobody else publishes meanwhile, and do it unless it may not be done."""
        ...


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory that a web server serves."""

    path: Path

    @property
    def name(self) -> str:
        """Its path."""
        return self.path.as_posix()

    def at(self, path: str) -> str:
        """The path of a file."""
        return (self.path / path).as_posix()

    def history(self) -> History:
        """From its record and the note of a publish under way."""
        return history(self.path)

    def survey(self, paths: Iterable[str]) -> Mapping[str, Seen]:
        """Links and what else is no file are told as faults."""
        return survey(self.path, paths)

    def kept(self, digest: str) -> bytes | None:
        """From aipol's own folder."""
        try:
            return (self.path / KEPT / digest).read_bytes()
        except OSError:
            return None

    def carry_out(self, planned: Callable[[], Plan]) -> Plan:
        """Under its lock, each file by one rename."""
        return carry_out(self.path, planned)
