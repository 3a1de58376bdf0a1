"""Finds what a change does on days to come, where the two policies end differently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from aipol.difference import Change, Difference, difference
from aipol.resolve import resolve
from aipol.schedule import endings

if TYPE_CHECKING:
    from aipol.ir import Ir
    from aipol.language.assemble import Assembled
    from aipol.pipeline import Opened

_MOST_DAYS = 6


@dataclass(frozen=True)
class Later:
    """What differs from a day on that does not before."""

    day: date
    found: Difference
    changes: tuple[Change, ...]


def later(before: Opened, after: Opened, as_of: date, now: Difference) -> tuple[Later, ...]:
    """The effects of each day on which something ends in one of the policies only.

    Of many such days only the next few are looked at.
    """
    if before.assembled is None or after.assembled is None:
        return ()
    found, known = [], set(map(_alike(now), now.changes))
    for day in _days(before.assembled, after.assembled, as_of)[:_MOST_DAYS]:
        sides = [_on(policy, day) for policy in (before, after)]
        if sides[0] is None or sides[1] is None:
            continue
        then = difference(sides[0], sides[1])
        alike = _alike(then)
        new = tuple(change for change in then.changes if alike(change) not in known)
        known |= set(map(alike, new))
        if new:
            found.append(Later(day, then, new))
    return tuple(found)


def _days(before: Assembled, after: Assembled, as_of: date) -> list[date]:
    """The days on which something holds no more in one of the two, and in the other does."""
    old, new = ({(each.what, each.last) for each in endings(side)} for side in (before, after))
    days = {last + timedelta(days=1) for _, last in old ^ new}
    return sorted(day for day in days if day > as_of)


def _on(policy: Opened, day: date) -> Ir | None:
    if policy.assembled is None:
        return None
    return resolve(policy.assembled, policy.catalogue, day)[0]


def _alike(found: Difference) -> Callable[[Change], object]:
    """What two changes of different days have in common that are one."""

    def key(change: Change) -> object:
        rulings = (change.before, change.after)
        noticed = [ruling and (ruling.effect, ruling.obligations) for ruling in rulings]
        who = found.sides.words(change.people)
        return (who, change.uses, change.account, *noticed, change.said)

    return key
