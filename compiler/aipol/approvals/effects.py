"""What a change does to people's uses: more for somebody, less, or recorded in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aipol.approvals.classes import narrowing
from aipol.approvals.model import Policy, Trigger
from aipol.difference import Change, Difference, Direction, HeaderChange, Reach, folded
from aipol.difference.strictness import at_least
from aipol.ir import Ir
from aipol.report.difference import header_words, reach_words
from aipol.report.effects import effect_words
from aipol.resolve.partition import Ladder
from aipol.source import Span, whole_file
from aipol.vocabulary import Condition

_FULL = "full"
_WAYS = {
    Direction.LOOSER: (Condition.LOOSER,),
    Direction.STRICTER: (Condition.STRICTER,),
    Direction.OTHER: (Condition.LOOSER, Condition.STRICTER),
}
"""What is neither, such as one obligation for another, is a bit of both."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Two policies that mean something; there may have been none before."""

    before: Policy | None
    after: Policy
    irs: tuple[Ir, Ir]
    found: Difference


def of_effects(meant: Meant) -> Iterator[Trigger]:
    """Every change of a decision, of an identifier and of a tenant restriction."""
    for change in meant.found.changes:
        yield from _of_change(meant, change)
    for reaches in folded(meant.found.reaches):
        yield from _of_reach(meant, reaches)
    for header in meant.found.headers:
        yield from _of_header(meant, header)


def _of_change(meant: Meant, change: Change) -> Iterator[Trigger]:
    text, place = effect_words(meant.found.sides, change), _place(meant, change)
    apps = frozenset(change.apps)
    given = [
        narrowing(ir, r) for ir, r in zip(meant.irs, (change.before, change.after), strict=True)
    ]
    for condition in directions(meant.irs, change):
        classes = given[condition is Condition.LOOSER]
        yield Trigger(condition, text, place, change.people, apps, classes)
    if records_in_full(change):
        yield Trigger(Condition.FULL_LOGGING, text, place, change.people, apps, given[1])


def directions(irs: tuple[Ir, Ir], change: Change) -> tuple[Condition, ...]:
    """Whether people may do more, less, or both; neither where only words are others."""
    if change.before is None or change.after is None:
        # As free as before, where nothing was ruled.
        return () if change.direction is Direction.OTHER else _WAYS[change.direction]
    ladder = Ladder({each.id: each.rank for each in irs[1].data_classes})
    looser = not at_least(change.after, change.before, ladder)
    stricter = not at_least(change.before, change.after, ladder)
    ways = ((looser, Condition.LOOSER), (stricter, Condition.STRICTER))
    return tuple(condition for so, condition in ways if so)


def records_in_full(change: Change) -> bool:
    """Whether what people write begins to be recorded."""
    before = change.before.obligations.log if change.before else ""
    after = change.after.obligations.log if change.after else ""
    return after == _FULL != before


def _of_reach(meant: Meant, reaches: tuple[Reach, ...]) -> Iterator[Trigger]:
    first = reaches[0]
    apps = frozenset(first.apps) or None
    for condition in _WAYS[first.direction]:
        yield Trigger(condition, reach_words(reaches), _whole(meant), first.people, apps)


def _of_header(meant: Meant, header: HeaderChange) -> Iterator[Trigger]:
    apps = frozenset({header.app})
    for condition in _WAYS[header.direction]:
        yield Trigger(condition, header_words(header), _whole(meant), header.people, apps)


def _place(meant: Meant, change: Change) -> Span:
    """The line that decides afterwards, or else the one that did before."""
    if change.after is not None:
        return meant.after.told(change.after.decided_by.span)
    if change.before is not None and meant.before is not None:
        return meant.before.told(change.before.decided_by.span)
    return _whole(meant)


def _whole(meant: Meant) -> Span:
    return meant.after.told(whole_file(meant.after.assembled.file))
