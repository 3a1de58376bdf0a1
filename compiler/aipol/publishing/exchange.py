"""Carries a plan out so that a device never gets half a file, and a kill can be made good.

What goes is kept, what comes is written beside its place, and only when all of it is on the disk
is anything exchanged: one rename a file, in the order of the plan. What a killed run has left is
known by the note that it wrote before.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from aipol.durable import OutputError, locked, sync_folder, why, write_file
from aipol.publishing.plan import Change, Plan
from aipol.publishing.record import (
    KEPT,
    LOCK,
    PENDING,
    RECORD,
    STATE,
    pending_bytes,
    record_bytes,
)
from aipol.publishing.survey import refuse_odd

_NEW = "new"
"""In aipol's own folder: what is written there before it is moved to its place."""


def carry_out(directory: Path, planned: Callable[[], Plan]) -> Plan:
    """Plan while nobody else publishes there, and do it unless it may not be done.

    Raises OutputError that says how far it came.
    """
    refuse_odd(directory)
    try:
        _make(directory)
        (directory / STATE).mkdir(mode=0o700, exist_ok=True)
        (directory / LOCK).touch(mode=0o600)
    except OSError as error:
        raise _fault(error, directory, "nothing was published") from None
    with locked(directory / LOCK, f"another publish into `{directory}` is under way; wait for it"):
        plan = planned()
        if not plan.refusals and not plan.settled:
            _prepare(directory, plan)
            _finish(directory, plan)
        return plan


def _fault(error: OSError, directory: Path, state: str) -> OutputError:
    return OutputError(f"cannot write `{error.filename or directory}`: {why(error)}; {state}")


def _make(folder: Path) -> None:
    """A folder that a web server can read, and those above it that are not there."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(folder.stat().st_mode & 0o7777 | 0o755)
    sync_folder(folder.parent)


# --- before anything can be seen ------------------------------------------------------------------


def _prepare(directory: Path, plan: Plan) -> None:
    """Keep what goes, note what comes, and write it beside its place."""
    try:
        _keep(directory, plan)
        _replace(directory / PENDING, directory / STATE, pending_bytes(plan.pending))
        for path in plan.pending.digests:
            _unstage(directory, path)
        for change in plan.changes:
            _stage(directory / change.path, change, plan.record.stamp)
    except BaseException as error:
        _leave_as_it_was(directory, plan)
        if isinstance(error, OSError):
            raise _fault(error, directory, "nothing was published") from None
        raise


def _leave_as_it_was(directory: Path, plan: Plan) -> None:
    """Take back what was prepared; what that does not manage, the next run does."""
    for change in plan.changes:
        with suppress(OSError):
            _unstage(directory, change.path)
    with suppress(OSError):
        (directory / STATE / _NEW).unlink(missing_ok=True)
    if not plan.resumes:
        with suppress(OSError):
            (directory / PENDING).unlink(missing_ok=True)


def _unstage(directory: Path, path: str) -> None:
    _beside(directory / path).unlink(missing_ok=True)
    _remove_empty(directory, path)


def _keep(directory: Path, plan: Plan) -> None:
    kept = directory / KEPT
    kept.mkdir(mode=0o700, exist_ok=True)
    for change in plan.changes:
        if change.was is not None:
            place = kept / hashlib.sha256(change.was).hexdigest()
            if not _holds(place, change.was):
                _replace(place, directory / STATE, change.was)
    sync_folder(kept)


def _holds(place: Path, content: bytes) -> bool:
    try:
        return place.read_bytes() == content
    except OSError:
        return False


def _stage(place: Path, change: Change, stamp: int) -> None:
    if change.content is None:
        return
    _make(place.parent)
    beside = _beside(place)
    write_file(beside, change.content)
    beside.chmod(change.mode)
    os.utime(beside, (stamp, stamp))


def _beside(place: Path) -> Path:
    """Where a file is written first: always the same, so that what a kill left is found."""
    digest = hashlib.sha256(place.name.encode()).hexdigest()[:16]
    return place.with_name(f".aipol-{digest}.new")


def _replace(place: Path, state: Path, content: bytes) -> None:
    new = state / _NEW
    write_file(new, content)
    new.chmod(0o600)
    new.replace(place)
    sync_folder(place.parent)


# --- what devices see -----------------------------------------------------------------------------


def _finish(directory: Path, plan: Plan) -> None:
    """Exchange the files, and remember that it was done."""
    done: list[str] = []
    try:
        for _, turn in groupby(plan.changes, key=lambda change: change.turn[0]):
            together = tuple(turn)
            done.extend(_exchanged(directory, together))
            _sync(directory, together)
        _replace(directory / RECORD, directory / STATE, record_bytes(plan.record))
        (directory / PENDING).unlink(missing_ok=True)
        _forget(directory, plan)
    except OSError as error:
        state = (
            f"{len(done)} of {len(plan.changes)} files were exchanged; "
            "run the same again to complete it, or `--rollback` to take it back"
        )
        raise _fault(error, directory, state) from None


def _exchanged(directory: Path, changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        place = directory / change.path
        if change.content is None:
            place.unlink(missing_ok=True)
        else:
            _beside(place).replace(place)
        yield change.path


def _sync(directory: Path, changes: Iterable[Change]) -> None:
    for folder in sorted({(directory / change.path).parent for change in changes}):
        sync_folder(folder)
    for change in changes:
        if change.content is None:
            _remove_empty(directory, change.path)


def _remove_empty(directory: Path, path: str) -> None:
    """Remove the folders of a file that has gone, as far as they hold nothing else."""
    for folder in (directory / path).parents:
        if folder == directory:
            return
        try:
            folder.rmdir()
        except OSError:
            return


def _forget(directory: Path, plan: Plan) -> None:
    """Drop what no version to go back to needs."""
    needed = still_needed(plan)
    for place in (directory / KEPT).iterdir():
        if place.name not in needed:
            place.unlink()


def still_needed(plan: Plan) -> set[str]:
    """The digests of what is kept that going back needs after a plan."""
    current, previous = plan.record.current.files, plan.record.previous
    if previous is None:
        return set()
    return {
        entry.sha256
        for path, entry in previous.files.items()
        if path not in current or current[path].sha256 != entry.sha256
    }
