"""Turns a directory that devices fetch from into what is known, and what is found, in it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aipol.durable import OutputError, why
from aipol.publishing.record import (
    PENDING,
    RECORD,
    STATE,
    Files,
    Pending,
    Record,
    pending_in,
    record_in,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is at one path: nothing, a file, or, when `fault` says so, something else."""

    content: bytes | None = None
    mode: int = 0o644
    fault: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 of the content; empty when there is none."""
        return "" if self.content is None else hashlib.sha256(self.content).hexdigest()


ABSENT = Seen()


@dataclass(frozen=True, slots=True)
class History:
    """What aipol remembers of a directory; `pending` where a publish was cut short."""

    record: Record
    pending: Pending | None

    @property
    def files(self) -> Files:
        """The last set that was published as a whole."""
        return self.record.current.files

    @property
    def paths(self) -> frozenset[str]:
        """Every path that aipol may have put a file at."""
        return frozenset(self.files) | frozenset(self.pending.digests if self.pending else ())

    def ours(self, path: str, digest: str) -> bool:
        """Whether aipol put that content there."""
        entry = self.files.get(path)
        return (entry is not None and entry.sha256 == digest) or self.unfinished(path, digest)

    def unfinished(self, path: str, digest: str) -> bool:
        """Whether a publish that was cut short put that content there, or took the file away."""
        if self.pending is None or path not in self.pending.digests:
            return False
        return not digest or digest in self.pending.digests[path]

    def stamp(self, now: int) -> int:
        """The time for new files: `now`, or later, so that it never goes back for any URL.

        Servers compare times in seconds, and a device must not be told that what it has is new.
        """
        pending = self.pending.stamp if self.pending else 0
        return max(now, self.record.stamp + 1, pending + 1)


def history(directory: Path) -> History:
    """What aipol remembers. Raises OutputError where that, or the directory, is odd."""
    refuse_odd(directory)
    record, pending = _read(directory / RECORD), _read(directory / PENDING)
    return remembered(
        Record() if record is None else record_in(record, str(directory / RECORD)),
        None if pending is None else pending_in(pending, str(directory / PENDING)),
    )


def _read(path: Path) -> bytes | None:
    try:
        if path.is_symlink():
            raise OutputError(f"`{path}` is a symbolic link; remove it")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OutputError(f"cannot read `{path}`: {why(error)}") from None


def remembered(record: Record, pending: Pending | None) -> History:
    """What the record and the note of a publish under way say together."""
    # A note that is as old as the record was only not yet thrown away.
    done = pending is not None and pending.stamp <= record.stamp
    return History(record, None if done else pending)


def refuse_odd(directory: Path) -> None:
    """Raises OutputError for a directory that is none, or that cannot be written to."""
    for place in (directory, directory / STATE):
        if place.is_symlink():
            raise OutputError(f"`{place}` is a symbolic link; name the directory itself")
        if place.exists() and not place.is_dir():
            raise OutputError(f"`{place}` is not a directory")
        if place.exists() and not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            raise OutputError(f"cannot write `{place}`: permission denied")


def survey(directory: Path, paths: Iterable[str]) -> Mapping[str, Seen]:
    """What is at each of the paths. Raises OutputError where that cannot be read."""
    try:
        return {path: _seen(directory, path) for path in sorted(paths)}
    except OSError as error:
        raise OutputError(f"cannot read `{error.filename}`: {why(error)}") from None


def _seen(directory: Path, path: str) -> Seen:
    *folders, _ = path.split("/")
    place = directory
    for folder in folders:
        place /= folder
        if place.is_symlink():
            return Seen(fault=f"is below `{place}`, a symbolic link")
        if place.exists() and not place.is_dir():
            return Seen(fault=f"is below `{place}`, which is not a directory")
    return _file(directory / path)


def _file(path: Path) -> Seen:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return ABSENT
    if stat.S_ISLNK(found.st_mode):
        return Seen(fault="is a symbolic link")
    if not stat.S_ISREG(found.st_mode):
        return Seen(fault="is not a file")
    return Seen(path.read_bytes(), found.st_mode & 0o777)
