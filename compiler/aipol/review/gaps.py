"""Turns two policies' gaps into those that open and those that close, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aipol.audience import NOBODY, Region
from aipol.vocabulary import Account, Situation, Surface

if TYPE_CHECKING:
    from aipol.coverage import Gap, PolicyGap
    from aipol.difference import Sides
    from aipol.source import Span
    from aipol.target import Reason

Use = tuple[str, Surface]
_Key = tuple[str, Surface, Account, str, Situation, tuple[str, ...]]
_Alike = tuple[Region, str, tuple[str, ...], str, str]
_ACCOUNTS = (Account.CORPORATE, Account.PERSONAL)


@dataclass(frozen=True, slots=True)
class GapChange:
    """A clause that ceases to be held for some people, or begins to be, for equal uses together."""

    who: str
    people: Region
    uses: tuple[Use, ...]
    account: Account
    clause: str
    situations: tuple[Situation, ...]
    sites: tuple[str, ...]
    reason: Reason
    target: str
    """The best placed one of those that do not hold it; empty where none acts there."""
    span: Span
    """The line that asks for one of them."""
    number: int
    """How many uses in how many situations."""


@dataclass(frozen=True, slots=True)
class GapChanges:
    """What opens and what closes, each also as a number, and how many gaps there are.

    They are counted as the policy's budget counts them: a decision in a situation, whatever number
    of its clauses is not held there.
    """

    opened: tuple[GapChange, ...]
    closed: tuple[GapChange, ...]
    number_opened: int
    number_closed: int
    before: int
    after: int
    policy: tuple[PolicyGap, ...] = ()
    """Clauses about the whole policy that are carried out no more, or never were."""


def gap_changes(sides: Sides, before: tuple[Gap, ...], after: tuple[Gap, ...]) -> GapChanges:
    """Every gap that only one side has, for those people for whom only that side has it."""
    old, new = _by_place(before, sides.old), _by_place(after, sides.new)
    opened, closed = tuple(_only(sides, new, old)), tuple(_only(sides, old, new))
    return GapChanges(
        tuple(_folded(sides, opened)),
        tuple(_folded(sides, closed)),
        _number(gap for _, _, gap in opened),
        _number(gap for _, _, gap in closed),
        _number(before),
        _number(after),
    )


def policy_gaps(
    before: tuple[PolicyGap, ...], after: tuple[PolicyGap, ...]
) -> tuple[PolicyGap, ...]:
    """Those that only the policy after has, wherever they are written."""
    known = {_said(gap) for gap in before}
    return tuple(gap for gap in after if _said(gap) not in known)


def _said(gap: PolicyGap) -> tuple[object, ...]:
    return gap.clause.key, gap.clause.value, gap.reason.code, gap.targets, gap.sites


def _number(gaps: Iterable[Gap]) -> int:
    return len({(gap.ruling.id, gap.situation) for gap in gaps})


@dataclass(frozen=True, slots=True)
class _Piece:
    """A gap of one ruling, by the people it is about."""

    people: Region
    gap: Gap


_ByPlace = Mapping[_Key, list[_Piece]]


def _by_place(gaps: Iterable[Gap], people_of: Callable[[Region], Region]) -> _ByPlace:
    found: dict[_Key, list[_Piece]] = {}
    for gap in gaps:
        ruling = gap.ruling
        piece = _Piece(people_of(ruling.audience.region), gap)
        accounts = _ACCOUNTS if ruling.account is Account.ANY else (ruling.account,)
        for account in accounts:
            key = (ruling.app, ruling.surface, account, gap.clause, gap.situation, gap.sites)
            found.setdefault(key, []).append(piece)
    return found


def _only(sides: Sides, one: _ByPlace, other: _ByPlace) -> Iterator[tuple[_Key, Region, Gap]]:
    """The gaps of `one` with those people for whom `other` has none in its place."""
    for key, pieces in one.items():
        there = other.get(key, ())
        if [piece.people for piece in pieces] == [piece.people for piece in there]:
            continue
        known = sides.universe.any_of(piece.people for piece in there)
        for piece in pieces:
            people = sides.universe.minus(piece.people, known)
            if people != NOBODY:
                yield key, people, piece.gap


def _folded(sides: Sides, found: Iterable[tuple[_Key, Region, Gap]]) -> Iterator[GapChange]:
    """Equal ones of several uses, situations and both accounts together, the most first."""
    by_use: dict[_Alike, dict[tuple[Use, Account], dict[Situation, Gap]]] = {}
    for (app, surface, account, clause, situation, where), people, gap in found:
        alike = (people, clause, where, gap.target, gap.reason.code)
        uses = by_use.setdefault(alike, {})
        uses.setdefault(((app, surface), account), {})[situation] = gap
    changes = [
        change for (people, *_), uses in by_use.items() for change in _changes(sides, people, uses)
    ]
    yield from sorted(changes, key=lambda change: (-change.number, change.who, change.clause))


def _changes(
    sides: Sides, people: Region, uses: Mapping[tuple[Use, Account], Mapping[Situation, Gap]]
) -> Iterator[GapChange]:
    """Those with the same situations as one; with either account alike, whatever the account."""
    alike: dict[tuple[Account, tuple[Situation, ...]], list[Use]] = {}
    for (use, account), there in uses.items():
        other = _ACCOUNTS[account is Account.CORPORATE]
        both = uses.get((use, other), {}).keys() == there.keys()
        if not both or account is Account.CORPORATE:
            kind = Account.ANY if both else account
            situations = tuple(each for each in Situation if each in there)
            alike.setdefault((kind, situations), []).append(use)
    first = next(iter(next(iter(uses.values())).values()))
    for (account, situations), several in alike.items():
        yield GapChange(
            sides.words(people),
            people,
            tuple(sorted(several)),
            account,
            first.clause,
            situations,
            first.sites,
            first.reason,
            first.target,
            first.ruling.decided_by.span,
            len(several) * len(situations),
        )
