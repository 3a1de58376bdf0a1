"""Turn an app's hosts and addresses into claims: patterns with the surfaces that need them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from aipol.addresses import Address
from aipol.catalogue.model import App, Match, Role
from aipol.domains import Intent
from aipol.vocabulary import Surface

# Which surfaces stop working without a host of this role. Marketing pages serve no product, so no
# rule about the app speaks about them; support hosts serve whatever the app has.
_CLIENTS = frozenset({Surface.DESKTOP, Surface.EXTENSION, Surface.IDE, Surface.CLI})
_EVERY = frozenset({Surface.WEB, Surface.API, *_CLIENTS})
SURFACES_BEHIND: Mapping[Role, frozenset[Surface]] = {
    Role.UI: frozenset({Surface.WEB, Surface.DESKTOP, Surface.EXTENSION}),
    Role.API: frozenset({Surface.API, *_CLIENTS}),
    Role.BACKEND: _EVERY,
    Role.AUTH: _EVERY,
    Role.CDN: _EVERY,
    Role.TELEMETRY: _EVERY,
    Role.MARKETING: frozenset(),
}


class Claim(NamedTuple):
    """One host pattern of one app, or an address of its own on a host of others."""

    app: str
    host: str
    intent: Intent
    role: Role
    shared: bool
    """Nothing is blocked there for this app: a host of others, of an address too."""
    address: Address | None = None
    """The part of the host that is the app's, where that is all of it that is."""

    @property
    def named(self) -> str:
        """What a deviation calls it."""
        return str(self.address) if self.address else self.host

    @property
    def own(self) -> bool:
        """Whether what it stands for is the app's own."""
        return self.address is not None or not self.shared

    @property
    def surfaces(self) -> frozenset[Surface]:
        """The surfaces that need the host."""
        return SURFACES_BEHIND[self.role]


class Alike(NamedTuple):
    """Host patterns of one app that are meant alike, in the order of its claims.

    What is decided about one of them is decided about all, so that long lists are not looked at
    pattern by pattern.
    """

    intent: Intent
    role: Role
    shared: bool
    address: Address | None
    hosts: tuple[str, ...]


_MEANT: Callable[[Claim], tuple[Intent, Role, bool, Address | None]] = itemgetter(2, 3, 4, 5)
_HOST = itemgetter(Claim._fields.index("host"))


def alike(claims: Iterable[Claim]) -> Iterator[Alike]:
    """Claims of one app, those that follow each other and are meant alike as one."""
    for meant, found in groupby(claims, key=_MEANT):
        yield Alike(*meant, hosts=tuple(map(_HOST, found)))


INTENTS = {
    Match.EXACT: Intent.EXACT,
    Match.SUBTREE: Intent.SUBTREE,
    Match.CHILDREN: Intent.CHILDREN,
}


_DECLARED = attrgetter("match", "role", "shared")


def claimed_by(app: App) -> tuple[Claim, ...]:
    """The host patterns of an app that a rule about it speaks about."""
    hosts = (
        claim
        for (match, role, shared), domains in groupby(app.domains, key=_DECLARED)
        if SURFACES_BEHIND[role]
        for intent in (INTENTS[match],)
        for claim in [Claim(app.id, each.domain, intent, role, shared) for each in domains]
    )
    addresses = (
        Claim(app.id, at.host, Intent.EXACT, row.role, shared=True, address=at)
        for row in app.urls
        if SURFACES_BEHIND[row.role]
        for at in (row.address,)
    )
    return (*hosts, *addresses)


# Without these hosts a surface still loads nothing, signs in nobody or reports nothing; what the
# others serve is the use itself.
_SUPPORTING = frozenset({Role.AUTH, Role.CDN, Role.TELEMETRY})


def behind(claims: tuple[Claim, ...]) -> Iterator[tuple[Surface, tuple[Claim, ...]]]:
    """The claims that decide whether each surface can be used, one object where they are the same.

    A host of others that only supports the use does not: where the app's own hosts are blocked,
    nobody uses it by way of a font or a counter of visitors.
    """
    by_roles: dict[frozenset[Role], tuple[Claim, ...]] = {}
    present = {claim.role for claim in claims}
    for surface in Surface:
        roles = frozenset(role for role in present if surface in SURFACES_BEHIND[role])
        if roles not in by_roles:
            by_roles[roles] = _of_roles(claims, roles)
        yield surface, by_roles[roles]


def _of_roles(claims: tuple[Claim, ...], roles: frozenset[Role]) -> tuple[Claim, ...]:
    found = tuple([claim for claim in claims if claim.role in roles])
    if any(claim.own and claim.role not in _SUPPORTING for claim in found):
        return tuple(c for c in found if c.own or c.role not in _SUPPORTING)
    return found
