"""Finds what a change does on days to come and not before: something has ended by then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from aipol.audience import NOBODY, Region
from aipol.catalogue.load import Catalogue
from aipol.difference import Change, Difference, Direction, Sides, difference
from aipol.difference.strictness import at_least
from aipol.difference.uses import Use
from aipol.ir import Ruling
from aipol.language.assemble import Assembled
from aipol.resolve import resolve
from aipol.resolve.partition import Ladder
from aipol.schedule import days
from aipol.vocabulary import Account

Written = tuple[Assembled, Catalogue]
"""A policy as it is written, and the catalogue by which it is read."""
_ACCOUNTS = {Account.ANY: (Account.CORPORATE, Account.PERSONAL)}


@dataclass(frozen=True)
class Later:
    """What differs from a day on, in the universe of today, and what of it does not before."""

    day: date
    found: Difference
    changes: tuple[Change, ...]


def later(before: Written, after: Written, as_of: date, now: Difference) -> tuple[Later, ...]:
    """Every later day on which something has ended in either policy.

    What one hides today, and the other does not need to, shows on the day after it.
    """
    told, found = _Told(now.sides), list[Later]()
    told.add(now.changes)
    for day in days(as_of, before[0], after[0]):
        old, new = (resolve(*written, day)[0] for written in (before, after))
        if old is None or new is None:
            # A group in which nobody can be is so on all days, and an error.
            continue
        then = difference(old, new, now.sides.universe)
        changes = tuple(each for change in then.changes for each in told.new(then.sides, change))
        told.add(changes)
        found.append(Later(day, then, changes))
    return tuple(found)


class _Told:
    """The changes of earlier days, by whom and what they are about."""

    def __init__(self, sides: Sides) -> None:
        self._universe = sides.universe
        self._ladder = Ladder({each.id: each.rank for each in sides.after.data_classes})
        self._changes: dict[tuple[Use, Account], list[Change]] = {}

    def add(self, changes: Iterable[Change]) -> None:
        """Remember what is told."""
        for change in changes:
            for use in change.uses:
                for account in _ACCOUNTS.get(change.account, (change.account,)):
                    self._changes.setdefault((use, account), []).append(change)

    def new(self, sides: Sides, change: Change) -> Iterator[Change]:
        """A change for those people and uses for whom nothing told goes as far."""
        uses: dict[Region, list[Use]] = {}
        for use in change.uses:
            uses.setdefault(self._untold(use, change), []).append(use)
        for people, several in uses.items():
            if people == change.people:
                yield _of_uses(change, several)
            elif people != NOBODY:
                who = sides.words(people)
                yield replace(_of_uses(change, several), who=who, people=people)

    def _untold(self, use: Use, change: Change) -> Region:
        found = NOBODY
        for account in _ACCOUNTS.get(change.account, (change.account,)):
            told = self._universe.any_of(
                each.people
                for each in self._changes.get((use, account), ())
                if _covers(each, change, self._ladder)
            )
            found = self._universe.either(found, self._universe.minus(change.people, told))
        return found


def _of_uses(change: Change, uses: list[Use]) -> Change:
    """What of a change is about some of its uses."""
    if len(uses) == len(change.uses):
        return change
    kept = frozenset(uses)
    causes = (
        replace(cause, uses=tuple(use for use in cause.uses if use in kept))
        for cause in change.causes
    )
    return replace(
        change, uses=tuple(sorted(uses)), causes=tuple(cause for cause in causes if cause.uses)
    )


def _covers(told: Change, change: Change, ladder: Ladder) -> bool:
    """Whether a change goes no further than one that is told: from no less to no more."""
    pairs = ((told.before, change.before), (told.after, change.after))
    if told.said == change.said and all(_noticed(one) == _noticed(other) for one, other in pairs):
        return True
    if told.direction is not change.direction or change.direction is Direction.OTHER:
        return False
    if told.before is None or change.before is None or told.after is None or change.after is None:
        return False
    if any(_log(one) != _log(other) for one, other in pairs):
        # Records are told whichever way the rest goes.
        return False
    within = (
        at_least(told.before, change.before, ladder),
        at_least(change.after, told.after, ladder),
    )
    if change.direction is Direction.STRICTER:
        within = (
            at_least(change.before, told.before, ladder),
            at_least(told.after, change.after, ladder),
        )
    return all(within)


def _noticed(ruling: Ruling | None) -> object:
    return ruling and (ruling.effect, ruling.obligations)


def _log(ruling: Ruling | None) -> str:
    return ruling.obligations.log if ruling else ""
