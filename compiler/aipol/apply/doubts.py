"""Find out how an apply that was cut short left what it had begun."""

from __future__ import annotations

from aipol.apply.journal import Journal, Progress, reopened
from aipol.apply.making import ids_of, sought
from aipol.apply.patience import attempts
from aipol.plan.model import Action, Change
from aipol.remote import Clock, Remote


def settle(remote: Remote, journal: Journal, clock: Clock) -> None:
    """Wait until whatever the journal may have done can be seen.

    After it a new plan sees all there is: an object that is found by its mark is not made again,
    and what was begun at it is finished as an update. Nobody knows when the last request reached
    the vendor, so the wait begins now, and is one for all; only a new object shows that it is over.
    Raises RemoteError.
    """
    writer = reopened(journal.path)
    unseen = list(journal.unseen())
    before = ids_of(journal.head.plan.changes)
    for _ in attempts(clock, remote.settles):
        for index, change, progress in tuple(unseen):
            made = change.action is Action.CREATE
            found = _seen(remote, change, progress, before) if made else ""
            if found:
                writer.note("created", index, id=found)
                unseen.remove((index, change, progress))
        if not unseen:
            break
    writer.note("end", how="settled")


def _seen(remote: Remote, change: Change, progress: Progress, before: frozenset[str]) -> str:
    """The id of what a change made, where it can be seen."""
    if progress.id and remote.look(change.kind, progress.id) is not None:
        return progress.id
    return sought(remote, change, before)
