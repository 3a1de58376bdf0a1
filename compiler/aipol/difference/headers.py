"""Turns two policies' tenant restrictions into those that change for people held to one tenant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aipol.audience import NOBODY, Region
from aipol.catalogue.model import HostMatch, Match, TenantRestriction
from aipol.difference.sides import Sides
from aipol.difference.strictness import Direction, direction
from aipol.domains import parents
from aipol.hosts import header_hosts
from aipol.ir import Ir
from aipol.vocabulary import Account, Effect


@dataclass(frozen=True, slots=True)
class HeaderChange:
    """How personal accounts are kept out of an app that people may use with a corporate one.

    Both are as they are sent, which is wider than the source where all below a host is the app's.
    """

    app: str
    who: str
    people: Region
    before: TenantRestriction | None
    after: TenantRestriction | None

    @property
    def direction(self) -> Direction:
        """Looser where less can be kept out."""
        return direction(
            stricter=_covers(self.after, self.before), looser=_covers(self.before, self.after)
        )


def header_changes(sides: Sides) -> tuple[HeaderChange, ...]:
    """Every app whose header is another, where somebody may use it with corporate accounts only."""
    return tuple(
        HeaderChange(app, sides.words(people), people, before, after)
        for app in sorted(sides.before.apps.keys() | sides.after.apps.keys())
        if _meaning(before := _restriction(sides.before, app))
        != _meaning(after := _restriction(sides.after, app))
        and (people := _held(sides, app)) != NOBODY
    )


def _restriction(ir: Ir, app: str) -> TenantRestriction | None:
    restriction = ir.apps[app].app.tenant_restriction if app in ir.apps else None
    if restriction is None:
        return None
    hosts = (HostMatch(host, Match(intent.value)) for host, intent in header_hosts(ir.apps[app]))
    return replace(restriction, hosts=tuple(hosts))


def _meaning(restriction: TenantRestriction | None) -> object:
    """What of a restriction goes into artefacts: not where it was read, nor what it needs."""
    if restriction is None:
        return None
    return (restriction.header, frozenset(restriction.hosts), frozenset(restriction.also_block))


def _covers(one: TenantRestriction | None, other: TenantRestriction | None) -> bool:
    """Whether `one` keeps out at least what `other` does."""
    if other is None:
        return True
    return (
        one is not None
        and one.header == other.header
        and all(any(_within(host, mine) for mine in one.hosts) for host in other.hosts)
        and set(one.also_block) >= set(other.also_block)
    )


def _within(one: HostMatch, other: HostMatch) -> bool:
    """Whether every name that one stands for is one that the other stands for."""
    if one.host == other.host:
        return other.match in {one.match, Match.SUBTREE}
    return other.match is not Match.EXACT and other.host in parents(one.host)


def _held(sides: Sides, app: str) -> Region:
    """Whoever may use the app with a corporate account only, where a header says so."""
    held = NOBODY
    for ir, people_of in ((sides.before, sides.old), (sides.after, sides.new)):
        if _restriction(ir, app) is not None:
            held = sides.universe.either(held, people_of(corporate_only(ir, app)))
    return held


def corporate_only(ir: Ir, app: str) -> Region:
    """Whoever may use the app, on some surface, directly with a corporate account only."""
    universe, surfaces = ir.universe, ir.apps[app].app.surfaces if app in ir.apps else ()
    usable = {
        (surface, account): universe.any_of(
            ruling.audience.region
            for ruling in ir.by_use.get((app, surface), ())
            if ruling.account in {account, Account.ANY} and ruling.direct is not Effect.BLOCK
        )
        for surface in surfaces
        for account in (Account.CORPORATE, Account.PERSONAL)
    }
    return universe.any_of(
        universe.minus(usable[surface, Account.CORPORATE], usable[surface, Account.PERSONAL])
        for surface in surfaces
    )
