"""Turns two policies' rulings into what people get for apps' uses before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from aipol.audience import NOBODY, Region
from aipol.difference.sides import Sides
from aipol.difference.strictness import Direction, of_rulings
from aipol.ir import Because, Obligations, Ruling
from aipol.vocabulary import Account, Effect, Surface

Use = tuple[str, Surface]
Rulings = tuple[Ruling, ...]
_Pair = tuple[Ruling | None, Ruling | None]
_Lines = tuple[tuple[Because, ...], tuple[Because, ...]]
_ACCOUNTS = (Account.CORPORATE, Account.PERSONAL)


@dataclass(frozen=True, slots=True)
class Cause:
    """The lines that led to a decision before and to one after, with the uses they decide.

    No lines are where that policy does not govern the uses.
    """

    before: tuple[Because, ...]
    after: tuple[Because, ...]
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What some people get for some uses before and after; the rulings stand for all.

    A ruling is None where that policy does not govern the uses: no app has such a surface.
    """

    who: str
    people: Region
    uses: tuple[Use, ...]
    account: Account
    before: Ruling | None
    after: Ruling | None
    direction: Direction
    causes: tuple[Cause, ...]
    """Every pair of lines that decide, those that decide most uses first."""
    said: tuple[str, ...] = ()
    """What of tenants, redirect and message differs."""

    @property
    def apps(self) -> tuple[str, ...]:
        """The apps, by id."""
        return tuple(sorted({app for app, _ in self.uses}))

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        """The surfaces, in the vocabulary's order."""
        found = {surface for _, surface in self.uses}
        return tuple(surface for surface in Surface if surface in found)


def changes(sides: Sides) -> tuple[Change, ...]:
    """Every difference between two policies' rulings, equal ones folded."""
    folded: dict[tuple[object, ...], list[_Difference]] = {}
    for difference in _differences(sides):
        folded.setdefault(difference.alike, []).append(difference)
    found = [_change(members) for members in folded.values()]
    return tuple(sorted(found, key=lambda change: (change.apps, change.who, change.surfaces)))


@dataclass(frozen=True, slots=True)
class _Difference:
    use: Use
    account: Account
    who: str
    people: Region
    before: Ruling | None
    after: Ruling | None
    direction: Direction
    lines: tuple[_Lines, ...]
    """What led to it: of each pair of rulings those before and those after."""

    @property
    def noticed(self) -> tuple[object, ...]:
        """Who gets what, whatever the account."""
        rulings = (_noticed(self.before), _noticed(self.after), self.direction)
        return (self.people, *rulings, self.said)

    @property
    def said(self) -> tuple[str, ...]:
        """What is said otherwise, besides effect and obligations."""
        if self.before is None or self.after is None:
            return ()
        names = ("tenants", "redirect_to", "message")
        return tuple(n for n in names if getattr(self.before, n) != getattr(self.after, n))

    @property
    def alike(self) -> tuple[object, ...]:
        """What differences must have in common to be one line."""
        return (self.account, *self.noticed)


def _noticed(ruling: Ruling | None) -> tuple[Effect, Obligations] | None:
    return None if ruling is None else (ruling.effect, ruling.obligations)


def _change(members: list[_Difference]) -> Change:
    first = members[0]
    return Change(
        who=first.who,
        people=first.people,
        uses=tuple(sorted({member.use for member in members})),
        account=first.account,
        before=first.before,
        after=first.after,
        direction=first.direction,
        causes=_causes(members),
        said=first.said,
    )


def _causes(members: list[_Difference]) -> tuple[Cause, ...]:
    found: dict[_Lines, set[Use]] = {}
    for member in members:
        for lines in member.lines:
            found.setdefault(lines, set()).add(member.use)
    causes = [Cause(*lines, tuple(sorted(uses))) for lines, uses in found.items()]
    return tuple(sorted(causes, key=lambda cause: -len(cause.uses)))


def _meaning(ruling: Ruling) -> tuple[object, ...]:
    """What people notice of a ruling."""
    return (
        ruling.effect,
        ruling.obligations,
        ruling.tenants,
        ruling.redirect_to,
        ruling.message,
    )


def _differences(sides: Sides) -> Iterator[_Difference]:
    for use in sorted(sides.before.by_use.keys() | sides.after.by_use.keys()):
        corporate, personal = (list(_of_account(sides, use, account)) for account in _ACCOUNTS)
        if [each.noticed for each in corporate] == [each.noticed for each in personal]:
            yield from (replace(each, account=Account.ANY) for each in corporate)
        else:
            yield from (*corporate, *personal)


def _of_account(sides: Sides, use: Use, account: Account) -> Iterator[_Difference]:
    before = _rulings(sides.before.by_use.get(use), account)
    after = _rulings(sides.after.by_use.get(use), account)
    if before and after:
        yield from _between(sides, use, account, (before, after))
        return
    for people, rulings in _together(sides, sides.old, before):
        found = (sides.words(people), people)
        lines = tuple((ruling.because, ()) for ruling in rulings)
        yield _difference(sides, use, account, found, (rulings[0], None), lines)
    for people, rulings in _together(sides, sides.new, after):
        found = (sides.words(people), people)
        appearing = tuple(((), ruling.because) for ruling in rulings)
        yield _difference(sides, use, account, found, (None, rulings[0]), appearing)


def _rulings(rulings: Rulings | None, account: Account) -> Rulings:
    return tuple(ruling for ruling in rulings or () if ruling.account in {account, Account.ANY})


def _together(
    sides: Sides, people_of: Callable[[Region], Region], rulings: Rulings
) -> Iterator[tuple[Region, list[Ruling]]]:
    """Who gets the same where only one policy governs a use, with the rulings."""
    alike: dict[object, list[Ruling]] = {}
    for ruling in rulings:
        alike.setdefault(_noticed(ruling), []).append(ruling)
    for members in alike.values():
        regions = (people_of(ruling.audience.region) for ruling in members)
        yield sides.universe.any_of(regions), members


def _between(
    sides: Sides, use: Use, account: Account, rulings: tuple[Rulings, Rulings]
) -> Iterator[_Difference]:
    for old in rulings[0]:
        for new in rulings[1]:
            if _meaning(old) == _meaning(new):
                continue
            regions = sides.old(old.audience.region), sides.new(new.audience.region)
            people = sides.universe.both(*regions)
            if people != NOBODY:
                who = sides.who(old.audience, new.audience)
                lines = ((old.because, new.because),)
                yield _difference(sides, use, account, (who, people), (old, new), lines)


def _difference(  # noqa: PLR0917 - what a difference is of
    sides: Sides,
    use: Use,
    account: Account,
    people: tuple[str, Region],
    rulings: _Pair,
    lines: tuple[_Lines, ...],
) -> _Difference:
    way = of_rulings(sides.before, sides.after, *rulings)
    return _Difference(use, account, *people, *rulings, way, lines)
