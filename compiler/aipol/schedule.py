"""Finds the days on which a policy's rulings will change, and what changes for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from aipol.audience import NOBODY, Region, Universe
from aipol.ir import Audience, Ir, Ruling
from aipol.source import Span
from aipol.vocabulary import Account, Surface

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled

_ACCOUNTS = (Account.CORPORATE, Account.PERSONAL)


@dataclass(frozen=True, slots=True)
class Ending:
    """Something in the policy that holds for the last time on `last`."""

    last: date
    what: str
    span: Span
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What some people get for some apps' uses before and after; the rulings stand for all."""

    who: str
    apps: tuple[str, ...]
    surfaces: tuple[Surface, ...]
    account: Account
    before: Ruling
    after: Ruling

    @property
    def looser(self) -> bool:
        """Whether people may do more afterwards."""
        return self.after.effect.strictness < self.before.effect.strictness


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


def turns(assembled: Assembled, catalogue: Catalogue, first: date, last: date) -> tuple[Turn, ...]:
    """The days after `first`, up to `last`, on which rulings differ from the day before."""
    from aipol.resolve import resolve

    by_day: dict[date, list[Ending]] = {}
    for ending in endings(assembled):
        by_day.setdefault(ending.last + timedelta(days=1), []).append(ending)
    found: list[Turn] = []
    before, _ = resolve(assembled, catalogue, first)
    for day in sorted(day for day in by_day if first < day <= last):
        # Nothing ends in between, so the day before is as the last day that was resolved.
        after, _ = resolve(assembled, catalogue, day)
        if before is not None and after is not None:
            changed = changes(before, after)
            if changed:
                found.append(Turn(day, tuple(by_day[day]), changed))
        before = after
    return tuple(found)


def changes(before: Ir, after: Ir) -> tuple[Change, ...]:
    """Every difference between two policies' rulings about the same uses, equal ones folded."""
    folded: dict[tuple[object, ...], list[_Difference]] = {}
    for difference in _differences(before, after):
        folded.setdefault(difference.alike, []).append(difference)
    found = [_change(members) for members in folded.values()]
    return tuple(sorted(found, key=lambda change: (change.apps, change.who, change.surfaces)))


@dataclass(frozen=True, slots=True)
class _Difference:
    app: str
    surface: Surface
    account: Account
    who: str
    before: Ruling
    after: Ruling

    @property
    def alike(self) -> tuple[object, ...]:
        """What differences must have in common to be one line."""
        noticed = ((r.effect, r.obligations) for r in (self.before, self.after))
        return (self.who, self.account, *noticed)


def _change(members: list[_Difference]) -> Change:
    first = members[0]
    surfaces = {member.surface for member in members}
    return Change(
        who=first.who,
        apps=tuple(sorted({member.app for member in members})),
        surfaces=tuple(surface for surface in Surface if surface in surfaces),
        account=first.account,
        before=first.before,
        after=first.after,
    )


def _meaning(ruling: Ruling) -> tuple[object, ...]:
    """What people notice of a ruling."""
    return (
        ruling.effect,
        ruling.obligations,
        ruling.tenants,
        ruling.redirect_to,
        ruling.message,
    )


def _differences(before: Ir, after: Ir) -> Iterator[_Difference]:
    known: dict[Region, Region] = {}
    for use in sorted(before.by_use.keys() & after.by_use.keys()):
        found: dict[Account, list[_Difference]] = {}
        for account in _ACCOUNTS:
            found[account] = list(_of_account(before, after, use, account, known))
        corporate, personal = ([(d.who, *d.alike[2:]) for d in found[a]] for a in _ACCOUNTS)
        if corporate == personal:
            for each in found[Account.CORPORATE]:
                yield _Difference(
                    each.app, each.surface, Account.ANY, each.who, each.before, each.after
                )
        else:
            yield from (each for account in _ACCOUNTS for each in found[account])


def _of_account(
    before: Ir,
    after: Ir,
    use: tuple[str, Surface],
    account: Account,
    known: dict[Region, Region],
) -> Iterator[_Difference]:
    for old in before.by_use[use]:
        for new in after.by_use[use]:
            if not {old.account, new.account} <= {account, Account.ANY}:
                continue
            if _meaning(old) == _meaning(new):
                continue
            region = known.get(new.audience.region)
            if region is None:
                region = translated(before.universe, after.universe, new.audience.region)
                known[new.audience.region] = region
            people = before.universe.both(old.audience.region, region)
            if people != NOBODY:
                who = _who(before, old.audience, new.audience, region)
                yield _Difference(*use, account, who, old, new)


def _who(ir: Ir, old: Audience, new: Audience, new_region: Region) -> str:
    """The people in both audiences, in the words of the narrower."""
    if ir.universe.within(old.region, new_region):
        return str(old)
    if ir.universe.within(new_region, old.region):
        return str(new)
    for one, other in ((old, new), (new, old)):
        everybody = any(name in ir.groups and ir.groups[name].everyone for name in other.include)
        if everybody and not other.within:
            more = tuple(name for name in other.exclude if name not in one.exclude)
            return str(replace(one, exclude=(*one.exclude, *more)))
    return f"{old} who are also in: {new}"


def translated(into: Universe, origin: Universe, region: Region) -> Region:
    """The same people as a region of another universe; groups it lacks have nobody in them."""
    known: Mapping[str, Region] = {name: into.member_of(name) for name in into.groups}
    return into.any_of(
        into.minus(
            into.all_of(known.get(name, NOBODY) for name in inside),
            into.any_of(known.get(name, NOBODY) for name in outside),
        )
        for inside, outside in origin.cubes(region)
    )
