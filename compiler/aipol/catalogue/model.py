"""Turns what is known about an app into names: apps, identifiers, hosts, sources."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aipol.vocabulary import Surface

__all__ = [
    "App",
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
    "Purpose",
    "Role",
    "SharedPlatform",
    "Store",
    "Surface",
    "TenantRestriction",
    "Tier",
    "Vendor",
]


class Role(StrEnum):
    """What a host does for the app."""

    UI = "ui"
    API = "api"
    AUTH = "auth"
    CDN = "cdn"
    TELEMETRY = "telemetry"
    MARKETING = "marketing"
    """The vendor's public pages: not part of the product, not blocked with it."""


class Match(StrEnum):
    """What a host name stands for."""

    EXACT = "exact"
    SUBTREE = "subtree"
    """The name and everything below it."""
    CHILDREN = "children"
    """Everything below the name, not the name itself."""

    def covers(self, name: str, host: str) -> bool:
        """Whether `name`, meant this way, stands for `host`; lower case, no trailing dot."""
        below = host.endswith(f".{name}")
        match self:
            case Match.EXACT:
                return host == name
            case Match.SUBTREE:
                return below or host == name
            case Match.CHILDREN:
                return below


class Tier(StrEnum):
    """How good the source is."""

    A = "A"
    """The vendor's own repository or documentation."""
    B = "B"
    """A curated packaging or domain project."""
    C = "C"
    """A community list or public code; ships only with a second, independent source."""


class Store(StrEnum):
    """Where an extension comes from."""

    CHROME = "chrome"
    EDGE = "edge"
    FIREFOX = "firefox"
    VSCODE = "vscode"
    JETBRAINS = "jetbrains"


class Feature(StrEnum):
    """A built-in AI feature that a target can switch; a closed set."""

    APPLE_INTELLIGENCE = "apple-intelligence"
    SIRI = "siri"
    EXTERNAL_INTELLIGENCE = "external-intelligence"
    """Apple's hand-off to ChatGPT."""
    WINDOWS_COPILOT = "windows-copilot"
    WINDOWS_RECALL = "windows-recall"
    WINDOWS_CLICK_TO_DO = "windows-click-to-do"
    CHROME_GENAI = "chrome-genai"
    EDGE_COPILOT = "edge-copilot"
    FIREFOX_GENAI = "firefox-genai"


class Purpose(StrEnum):
    """Why a host is protected."""

    ATTESTATION = "attestation"
    CERTIFICATE = "certificate"
    CONNECTIVITY = "connectivity"
    DEVICE_MANAGEMENT = "device-management"
    ENDPOINT_SECURITY = "endpoint-security"
    IDENTITY = "identity"
    PUSH = "push"
    UPDATE = "update"


class IdentifierKind(StrEnum):
    """What an identifier names on macOS, on Windows or in a shell."""

    BUNDLE_ID = "bundle_id"
    TEAM_ID = "team_id"
    SIGNING_ID = "signing_id"
    APP_NAME = "app_name"
    PROCESS = "process"
    CASK = "cask"
    WINGET_ID = "winget_id"
    EXE = "exe"
    PFN = "pfn"
    """Package family name."""
    PRODUCT_CODE = "product_code"
    UPGRADE_CODE = "upgrade_code"
    INSTALL_PATH = "install_path"
    COMMAND = "command"
    BINARY = "binary"
    NPM = "npm"
    PYPI = "pypi"
    BREW_FORMULA = "brew_formula"
    BREW_CASK = "brew_cask"


@dataclass(frozen=True, slots=True)
class Domain:
    """One host name of an app."""

    domain: str
    role: Role
    match: Match
    source: str
    tier: Tier
    sources: int = 1
    """How many separate projects list exactly this name."""
    shared: bool = False
    """Other services use it too, or may: no rule about one app blocks it."""
    also: str | None = None
    note: str | None = None


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
    also: str | None = None
    note: str | None = None


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


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client id to which people grant access to their data."""

    provider: str
    client_id: str
    name: str
    source: str
    tier: Tier
    also: str | None = None


@dataclass(frozen=True, slots=True)
class FirewallName:
    """The app's name in a firewall vendor's own catalogue."""

    product: str
    kind: str
    name: str
    source: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a source says about the app, as a name and a value."""

    fact: str
    value: str
    source: str
    tier: Tier
    also: str | None = None


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
    also: str | None = None


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
        found = {_DOMAIN_SURFACE.get(domain.role) for domain in self.domains}
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


@dataclass(frozen=True, slots=True)
class SharedPlatform:
    """A suffix under which unrelated services live: never the root of a subtree block."""

    suffix: str
    source: str
