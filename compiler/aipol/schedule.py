"""Finds the days on which a policy's rulings will change, and what changes for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from aipol.difference import Change, Sides, changes
from aipol.source import Span

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled


@dataclass(frozen=True, slots=True)
class Ending:
    """Something in the policy that holds for the last time on `last`."""

    last: date
    what: str
    span: Span
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A day from which on something else holds, and what ended the day before."""

    day: date
    endings: tuple[Ending, ...]
    changes: tuple[Change, ...]


def endings(assembled: Assembled) -> tuple[Ending, ...]:
    """Everything in the policy that has a last day, by that day."""
    return tuple(sorted(_endings(assembled), key=lambda ending: (ending.last, ending.span)))


def _endings(assembled: Assembled) -> Iterator[Ending]:
    for exception in assembled.exceptions:
        written = exception.value
        what = f"exception `{written.id}`"
        yield Ending(written.until, what, exception.span("until"), written.owner)
    for name, vendor in assembled.vendors.items():
        for fact in type(vendor.value).model_fields:
            found = getattr(vendor.value, fact)
            if found is not None and found.until is not None:
                what = f"evidence for `{fact}` of vendor `{name}`"
                yield Ending(found.until, what, vendor.span(fact))


def days(first: date, *policies: Assembled) -> tuple[date, ...]:
    """The days after `first` from which on something holds no more in any of the policies."""
    lasts = {ending.last for policy in policies for ending in endings(policy)}
    return tuple(last + timedelta(days=1) for last in sorted(lasts) if first <= last < date.max)


def turns(assembled: Assembled, catalogue: Catalogue, first: date, last: date) -> tuple[Turn, ...]:
    """The days after `first`, up to `last`, on which rulings differ from the day before."""
    from aipol.resolve import resolve

    found: list[Turn] = []
    before, _ = resolve(assembled, catalogue, first)
    for day in days(first, assembled):
        if day > last:
            break
        # Nothing ends in between, so the day before is as the last day that was resolved.
        after, _ = resolve(assembled, catalogue, day)
        if before is not None and after is not None:
            changed = changes(Sides(before, after))
            if changed:
                ended = (end for end in endings(assembled) if end.last == day - timedelta(days=1))
                found.append(Turn(day, tuple(ended), changed))
        before = after
    return tuple(found)
