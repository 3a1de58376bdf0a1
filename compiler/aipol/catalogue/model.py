"""Turns what is known about an app into names: apps, identifiers, hosts, sources."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.addresses import Address
from aipol.catalogue.kinds import (
    DECIDING_KINDS,
    CommonKind,
    Feature,
    IdentifierKind,
    Match,
    Purpose,
    Role,
    Store,
    Tier,
    Use,
)
from aipol.vocabulary import Surface

__all__ = [
    "DECIDING_KINDS",
    "App",
    "CommonHost",
    "CommonKind",
    "Domain",
    "Extension",
    "Fact",
    "Feature",
    "FirewallName",
    "HostMatch",
    "Identifier",
    "IdentifierKind",
    "Match",
    "OAuthClient",
    "ProtectedHost",
    "ProtectedProgram",
    "Purpose",
    "Role",
    "SharedPlatform",
    "Sourced",
    "Store",
    "Surface",
    "Team",
    "TenantRestriction",
    "Tier",
    "Url",
    "Use",
    "Vendor",
]


@dataclass(slots=True, unsafe_hash=True)
class Domain:
    """One host name of an app; nothing changes it, though nothing keeps it from being changed.

    Policies have very many, and what keeps them frozen takes most of the time to make one.
    """

    domain: str
    role: Role
    match: Match
    source: str
    tier: Tier
    sources: int = 1
    """How many separate projects list exactly this name."""
    shared: bool = False
    """Other services use it too, or may: no rule about one app blocks it."""
    serves: str | None = None
    """What else a shared host serves: what a block would break."""
    own_suffix: bool = False
    """The Public Suffix List has it, for its owner gives names below it to its own users."""
    also: str | None = None
    note: str | None = None
    seen: str = ""

    @property
    def use(self) -> Use:
        """What the host may be used for."""
        if self.shared:
            return Use.KEEP_OPEN
        return Use.FIND if self.role is Role.MARKETING else Use.DECIDE


@dataclass(frozen=True, slots=True)
class Url:
    """One address of an app that is a part of a site of others."""

    url: str
    role: Role
    source: str
    tier: Tier
    also: str | None = None
    note: str | None = None
    seen: str = ""

    @property
    def address(self) -> Address:
        """The place on the site."""
        return Address.of(self.url)


_NARROWING_KINDS = frozenset(
    {
        IdentifierKind.PUBLISHER,
        IdentifierKind.REQUIREMENT,
        IdentifierKind.SIGNING_ID,
        IdentifierKind.TEAM_ID,
    }
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """One name by which a device knows the app."""

    kind: IdentifierKind
    value: str
    source: str
    tier: Tier
    surface: Surface | None = None
    """What a person reaches through it; None for what only narrows another (a Team id)."""
    match_alone: bool = True
    """False: too generic; match it only together with another identifier."""
    shared: bool = False
    """It names a program that does more than AI: blocking it blocks all of that."""
    shared_with: tuple[str, ...] = ()
    """Other apps with the very same identifier: a rule about one hits them all."""
    breaks: str | None = None
    """What else stops when the program is stopped."""
    also: str | None = None
    note: str | None = None
    seen: str = ""

    @property
    def use(self) -> Use:
        """What the identifier may be used for."""
        if self.kind in _NARROWING_KINDS:
            return Use.NARROW
        if self.kind not in DECIDING_KINDS:
            return Use.FIND
        if self.shared:
            return Use.KEEP_OPEN
        return Use.DECIDE if self.match_alone else Use.NARROW


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension of a browser or an editor."""

    store: Store
    id: str
    name: str
    source: str
    tier: Tier
    also: str | None = None
    note: str | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client id to which people grant access to their data."""

    provider: str
    client_id: str
    name: str
    source: str
    tier: Tier
    also: str | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class FirewallName:
    """The app's name in a firewall vendor's own catalogue."""

    product: str
    kind: str
    name: str
    source: str
    tier: Tier
    also: str | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a source says about the app, as a name and a value."""

    fact: str
    value: str
    source: str
    tier: Tier
    also: str | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class HostMatch:
    """A host name and what it stands for."""

    host: str
    match: Match


@dataclass(frozen=True, slots=True)
class TenantRestriction:
    """The request header that tells the corporate account from a personal one."""

    header: str
    value: str
    """What the header's value is made of, in words."""
    hosts: tuple[HostMatch, ...]
    source: str
    tier: Tier
    needs: str = ""
    effect: str = ""
    also_block: tuple[str, ...] = ()
    """URLs that must be blocked with it, or the restriction leaks."""
    format: str = ""
    """A regular expression for one tenant, where the source gives its form; empty where not."""
    also: str | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class App:
    """Everything the catalogue knows about one app."""

    id: str
    name: str
    vendor: str
    category: str
    kind: str
    source: str
    homepage: str | None = None
    notes: str | None = None
    edition_of: str | None = None
    """The app this is only a contract of: same hosts and programs, another account."""
    domains: tuple[Domain, ...] = ()
    urls: tuple[Url, ...] = ()
    macos: tuple[Identifier, ...] = ()
    windows: tuple[Identifier, ...] = ()
    cli: tuple[Identifier, ...] = ()
    extensions: tuple[Extension, ...] = ()
    oauth: tuple[OAuthClient, ...] = ()
    firewall: tuple[FirewallName, ...] = ()
    facts: tuple[Fact, ...] = ()
    features: tuple[Feature, ...] = ()
    tenant_restriction: TenantRestriction | None = None

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        """The ways to reach the app, derived from what identifies it, in the vocabulary's order."""
        if self.edition_of is not None:
            return ()
        roles = {*(each.role for each in self.domains), *(each.role for each in self.urls)}
        found = set(map(_DOMAIN_SURFACE.get, roles))
        found |= {known.surface for known in (*self.macos, *self.windows, *self.cli)}
        found |= {_STORE_SURFACE[extension.store] for extension in self.extensions}
        if self.features:
            found.add(Surface.BUILTIN)
        if self.oauth:
            found.add(Surface.CONNECTOR)
        return tuple(surface for surface in Surface if surface in found)


_DOMAIN_SURFACE = {Role.UI: Surface.WEB, Role.API: Surface.API}
_STORE_SURFACE = {
    Store.CHROME: Surface.EXTENSION,
    Store.EDGE: Surface.EXTENSION,
    Store.FIREFOX: Surface.EXTENSION,
    Store.VSCODE: Surface.IDE,
    Store.JETBRAINS: Surface.IDE,
}


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who makes an app; `country` is an ISO code where a source gave one."""

    slug: str
    name: str
    country: str | None = None


@dataclass(frozen=True, slots=True)
class ProtectedHost:
    """A host that no rule may block, on any target."""

    host: str
    match: Match
    purpose: Purpose
    owner: str
    source: str
    tier: Tier
    seen: str = ""


@dataclass(frozen=True, slots=True)
class ProtectedProgram:
    """A program that no rule may stop: the system's, or what manages and protects the device."""

    kind: IdentifierKind
    value: str
    breaks: str
    """What would break without it."""
    owner: str
    source: str
    tier: Tier
    seen: str = ""


@dataclass(frozen=True, slots=True)
class SharedPlatform:
    """A suffix under which unrelated services live: never the root of a subtree block."""

    suffix: str
    source: str
    serves: str = ""
    """What lives there: what a block of all of it would break."""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class CommonHost:
    """A host that apps of many vendors need: nobody's own, and never blocked for one of them."""

    host: str
    match: Match
    kind: CommonKind
    serves: str
    """What a block would break."""
    source: str
    tier: Tier
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A signing team of Apple's that signs more than AI apps: a rule by it alone would stop all."""

    id: str
    owner: str
    signs: tuple[str, ...]
    """Programs, other than AI apps, that carry its signature."""
    source: str
    tier: Tier
    seen: str = ""


Sourced = (
    Domain | Url | Identifier | Extension | OAuthClient | FirewallName | Fact | TenantRestriction
)
"""A fact with its source, its tier and the date it was seen."""
