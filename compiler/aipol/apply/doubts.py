"""Find out how an apply that was cut short left what it had begun."""

from __future__ import annotations

from aipol.apply.journal import Journal, Progress, reopened
from aipol.apply.making import seen
from aipol.plan.model import Action, Change
from aipol.remote import Clock, Remote


def settle(remote: Remote, journal: Journal, clock: Clock) -> tuple[Change, ...]:
    """Wait until whatever the journal may have created can be seen; the changes in doubt.

    After it a new plan sees all there is: an object that is found by its mark is not made again,
    and what was begun at it is finished as an update. Raises RemoteError.
    """
    doubtful = tuple(journal.begun())
    for change, progress in doubtful:
        if change.action is Action.CREATE:
            patience = progress.begun + remote.settles - clock.now()
            _await(remote, clock, change, progress, max(0.0, patience))
    reopened(journal.path).note("end", how="settled")
    return tuple(change for change, _ in doubtful)


def _await(
    remote: Remote, clock: Clock, change: Change, progress: Progress, patience: float
) -> None:
    if not progress.id or remote.look(change.kind, progress.id) is None:
        seen(remote, clock, change, patience)
