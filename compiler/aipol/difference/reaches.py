"""Turns two policies' identifiers into those that begin or cease to be blocked, and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from aipol.addresses import Address
from aipol.audience import EVERYBODY, NOBODY, Region
from aipol.claims import Claim
from aipol.difference.sides import Sides
from aipol.difference.strictness import Direction
from aipol.domains import Intent
from aipol.identifiers import Mark, marks
from aipol.ir import Ir
from aipol.target import Kind
from aipol.verify.reference import HostReference
from aipol.vocabulary import Effect, Surface

Use = tuple[str, Surface]
_Said = frozenset[tuple[str, bool, frozenset[Surface]]]
_ANY_CHILD = "*"
"""A label that no host can have: what is below a name, except where more is said."""


class Access(StrEnum):
    """Whether the policy lets people through to an identifier."""

    ALLOWED = "allowed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Reach:
    """An identifier that some people get through to before, or after, but not both.

    `*.host` stands for every name below `host` about which no longer name says more.
    """

    kind: Kind
    form: str
    value: str
    who: str
    people: Region
    before: Access
    after: Access
    apps: tuple[str, ...]
    """Those that claim it in either policy."""

    @property
    def mark(self) -> Mark:
        """The identifier by itself."""
        return Mark(self.kind, self.form, self.value)

    @property
    def direction(self) -> Direction:
        """Looser where it is allowed afterwards."""
        return Direction.LOOSER if self.after is Access.ALLOWED else Direction.STRICTER


def reaches(sides: Sides) -> tuple[Reach, ...]:
    """Every identifier about which the two speak differently, where that lets people do otherwise.

    An identifier that several apps share is open to whoever may use any of them, as is one that
    nothing claims.
    """
    found = (*_hosts(sides), *_addresses(sides), *_marks(sides))
    return tuple(sorted(found, key=lambda r: (r.apps, r.kind, r.form, r.value, r.before)))


def host_marks(host: str) -> tuple[Mark, Mark]:
    """What a host, and all below it, is called among reaches."""
    return Mark(Kind.HOST, "", host), Mark(Kind.HOST, "", f"{_ANY_CHILD}.{host}")


def folded(found: Iterable[Reach]) -> tuple[tuple[Reach, ...], ...]:
    """Those of the same apps that go the same way for the same people, together."""
    alike: dict[tuple[object, ...], list[Reach]] = {}
    for reach in found:
        alike.setdefault((reach.apps, reach.people, reach.after), []).append(reach)
    return tuple(tuple(members) for members in alike.values())


def _hosts(sides: Sides) -> Iterator[Reach]:
    old, new = HostReference(sides.before), HostReference(sides.after)
    for host in sorted({*_probes(old), *_probes(new)}):
        claims = _said(old, host), _said(new, host)
        open_ = host in old.open, host in new.open
        if claims[0] == claims[1] and open_[0] == open_[1]:
            continue
        people = sides.old(old.allowed(host)), sides.new(new.allowed(host))
        apps = {app for app, _, _ in claims[0] | claims[1]}
        yield from _differing(sides, Mark(Kind.HOST, "", host), people, apps)


def _addresses(sides: Sides) -> Iterator[Reach]:
    old, new = HostReference(sides.before), HostReference(sides.after)
    for address in sorted({*_places(old), *_places(new)}):
        claims = _meant(old, old.at(address)), _meant(new, new.at(address))
        if claims[0] != claims[1]:
            people = sides.old(old.allowed_at(address)), sides.new(new.allowed_at(address))
            apps = {app for app, _, _ in claims[0] | claims[1]}
            yield from _differing(sides, Mark(Kind.URL, "", str(address)), people, apps)


def _places(reference: HostReference) -> Iterator[Address]:
    for claims in reference.addresses.values():
        yield from (claim.address for claim in claims if claim.address)


def _probes(reference: HostReference) -> Iterator[str]:
    """A host for every class that is told apart: each name, what is below it, each gateway."""
    yield from reference.open
    yield from reference.addresses
    for host, claims in reference.claims.items():
        yield host
        if any(claim.intent is not Intent.EXACT for claim in claims):
            yield f"{_ANY_CHILD}.{host}"


def _said(reference: HostReference, host: str) -> _Said:
    """Which apps claim `host`, and for what uses that anything is ruled about."""
    return _meant(reference, (*reference.speaking(host), *reference.addresses.get(host, ())))


def _meant(reference: HostReference, claims: Iterable[Claim]) -> _Said:
    known = reference.ir.by_use
    return frozenset(
        (claim.app, claim.shared, frozenset(s for s in claim.surfaces if (claim.app, s) in known))
        for claim in claims
    )


def _marks(sides: Sides) -> Iterator[Reach]:
    old, new = _uses_of_marks(sides.before), _uses_of_marks(sides.after)
    nothing = frozenset[Use]()
    for name in sorted(old.keys() | new.keys()):
        uses = tuple(side[name][1] if name in side else nothing for side in (old, new))
        if uses[0] != uses[1]:
            mark = (new.get(name) or old[name])[0]
            allowed = _allowed(sides.before, uses[0]), _allowed(sides.after, uses[1])
            people = sides.old(allowed[0]), sides.new(allowed[1])
            yield from _differing(sides, mark, people, {app for app, _ in uses[0] | uses[1]})


def _uses_of_marks(ir: Ir) -> Mapping[Mark, tuple[Mark, frozenset[Use]]]:
    """Each identifier without its case, as it is written, and the uses that are known by it."""
    written: dict[Mark, Mark] = {}
    found: dict[Mark, set[Use]] = {}
    for app, surface in ir.by_use:
        for mark in marks(ir.apps[app].app, surface):
            # Names and ids are the same in either case wherever they are compared.
            name = replace(mark, value=mark.value.casefold())
            written.setdefault(name, mark)
            found.setdefault(name, set()).add((app, surface))
    return {name: (written[name], frozenset(uses)) for name, uses in found.items()}


def _allowed(ir: Ir, uses: frozenset[Use]) -> Region:
    """Whoever may use any of `uses`; everybody, where nothing claims the identifier."""
    if not uses:
        return EVERYBODY
    return ir.universe.any_of(
        ruling.audience.region
        for use in sorted(uses)
        for ruling in ir.by_use[use]
        if ruling.effect is not Effect.BLOCK
    )


def _differing(
    sides: Sides, mark: Mark, people: tuple[Region, Region], apps: Iterable[str]
) -> Iterator[Reach]:
    """The people who lose an identifier and those who gain it."""
    before, after = people
    ways = (
        (sides.universe.minus(before, after), Access.ALLOWED, Access.BLOCKED),
        (sides.universe.minus(after, before), Access.BLOCKED, Access.ALLOWED),
    )
    names = tuple(sorted(apps))
    for those, was, becomes in ways:
        if those != NOBODY:
            who = sides.words(those)
            yield Reach(mark.kind, mark.form, mark.value, who, those, was, becomes, names)
