"""Turns a review into whom and what it leaves as they were: nobody whom anything told is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aipol.report.effects import grouped
from aipol.report.words import count, some

if TYPE_CHECKING:
    from aipol.audience import Region
    from aipol.difference import Difference
    from aipol.review.gaps import GapChange
    from aipol.review.model import Review


def unchanged(review: Review) -> str:
    """Who and what is as it was: `everyone except finance; 548 of 549 apps`."""
    found = review.difference
    if found is None or review.is_new or _for_everybody(review, found):
        return ""
    touched, gaps = list(_people(review, found)), _gaps(review)
    if not touched and review.affects:
        # Something differs in the outputs, and nothing says for whom.
        return ""
    universe = found.sides.universe
    rest = universe.others(universe.any_of(touched))
    alone = [name for name in universe.groups if universe.contains(rest, frozenset({name}))]
    apps = found.sides.after.apps
    told = {app for gap in gaps for app, _ in gap.uses} | _apps(found)
    told |= {app for each in review.later for change in each.changes for app in change.apps}
    others = len(apps) - len(apps.keys() & told)
    parts = [_rest_words(found.sides.words(rest), alone)] if rest and touched else []
    return "; ".join([*parts, f"{others:,} of {count(len(apps), 'app')}"])


def _for_everybody(review: Review, found: Difference) -> bool:
    """Whether something is told that may be about anybody, and any app."""
    clauses = review.gaps.policy if review.gaps else ()
    everybody = (review.settings, clauses, found.data, found.protected, found.unprotected)
    return any(everybody)


def _gaps(review: Review) -> tuple[GapChange, ...]:
    return (*review.gaps.opened, *review.gaps.closed) if review.gaps else ()


def _people(review: Review, found: Difference) -> Iterator[Region]:
    """All whom anything is about that is told, today and later."""
    yield from (change.people for change in found.changes)
    yield from (reach.people for reach in found.reaches)
    yield from (header.people for header in found.headers)
    yield from (gap.people for gap in _gaps(review))
    yield from (change.people for each in review.later for change in each.changes)


def _rest_words(words: str, alone: list[str]) -> str:
    """`everyone except finance`, or whoever is not told above, and who is among them."""
    if ";" not in words and ", not in " not in words:
        return grouped(words)
    among = f", such as whoever is only in {some(alone, 6)}" if alone else ""
    return f"everybody else{among}"


def _apps(found: Difference) -> set[str]:
    names = {app for change in found.changes for app in change.apps}
    names |= {app for reach in found.reaches for app in reach.apps}
    return names | {header.app for header in found.headers}
