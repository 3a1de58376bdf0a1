"""Say what the journals of a place tell: whom objects were about, what was left, what is undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aipol.apply.journal import Journal
from aipol.apply.staleness import Unfinished
from aipol.plan.drifting import Last, Past
from aipol.plan.model import Concerned


def earlier(journals: tuple[Journal, ...]) -> Mapping[str, Concerned]:
    """Whom the objects of earlier applies were about, by key."""
    return {
        change.key: change.concerned
        for journal in journals
        for change, _ in journal.made()
        if change.after is not None
    }


def left(journals: tuple[Journal, ...]) -> Mapping[tuple[str, str], Any]:
    """The bodies that earlier applies and rollbacks left, by kind and key; the last known."""
    found = {
        (change.kind, change.key): change.after
        for journal in journals
        for change, _ in journal.made()
    }
    return {thing: body for thing, body in found.items() if body is not None}


def past(journals: tuple[Journal, ...]) -> Past:
    """How things were left, by journals of one place, the oldest of them first."""
    objects: dict[str, Last] = {}
    removed: dict[str, bool] = {}
    for journal in journals:
        for change, progress in journal.made():
            removed.pop(change.key, None)
            if change.after is None or not change.marks:
                objects.pop(change.key, None)
                removed[change.key] = bool(journal.head.undoes)
            else:
                objects[change.key] = Last(progress.seen, change.concerned)
    if not journals:
        return Past(objects, None, None)
    head = journals[-1].head
    foreign = frozenset((each.kind, each.id) for each in head.plan.foreign)
    return Past(objects, foreign, None if head.undoes else head.inputs, removed)


def begun(journals: Iterable[Journal], digest: str) -> Unfinished | None:
    """What earlier applies of a plan with that digest did not finish; None where there were none.

    Of each place the oldest journal comes first.
    """
    several = [journal for journal in journals if journal.head.digest == digest]
    left = dict[tuple[str, str], bool]()
    for journal in several:
        if journal.end == "complete":
            left.clear()  # whatever was open before it was found to be done
        for change, progress in journal.touched():
            left[journal.head.plan.target, change.key] = not progress.done
    return frozenset(place for place, still in left.items() if still) if several else None
