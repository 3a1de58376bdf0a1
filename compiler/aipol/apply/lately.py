"""Observe a place so that what was done there a moment ago is seen.

A vendor that is many servers shows for a while what was before. A plan that took that for the truth
would make the same objects again.
"""

from __future__ import annotations

from collections.abc import Iterable

from aipol.apply.journal import Journal, Progress
from aipol.apply.patience import attempts
from aipol.plan.model import Change
from aipol.remote import Clock, Observed, Remote


def observed(remote: Remote, journals: tuple[Journal, ...], clock: Clock) -> Observed:
    """What there is, asked for until all that the last apply did can be seen, or must be by now.

    Also what it made and could not finish: nobody has seen that yet. `journals` are those of the
    place, the oldest first. Raises RemoteError.
    """
    found = remote.observe()
    patience = _patience(remote, journals, clock)
    if not patience:
        return found
    for tries, _ in enumerate(attempts(clock, patience)):
        found = remote.observe() if tries else found
        if not any(_hidden(found, journals[-1].made())):
            break
    return found


def _patience(remote: Remote, journals: tuple[Journal, ...], clock: Clock) -> float:
    """Seconds until everybody sees what the last apply did."""
    if not journals:
        return 0.0
    last = max((progress.at for _, progress in journals[-1].made()), default=0.0)
    return max(0.0, min(remote.settles, last + remote.settles - clock.now()))


def _hidden(found: Observed, made: Iterable[tuple[Change, Progress]]) -> Iterable[Change]:
    """The changes that do not show yet."""
    # What merely mentions a key does not stand for the object.
    objects = sorted(found.objects, key=lambda each: each.signed)
    marks = {(each.kind, each.mark.key): each.mark for each in objects if each.mark}
    ids = {(each.kind, each.id) for each in found.objects}
    for change, progress in made:
        if not progress.done:
            if (change.kind, progress.id) not in ids:
                yield change
        elif change.after is None:
            if (change.kind, change.id) in ids:
                yield change
        elif change.marks:
            mark = marks.get((change.kind, change.key))
            if mark is None or mark.digest not in ("", change.after_digest):
                yield change
