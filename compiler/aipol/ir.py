"""What a policy means: rulings, and the groups, apps and networks that they are about.

This is the contract between the compiler and every target. All of it is immutable and sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from functools import cached_property

from aipol.audience import Person, Region, Universe
from aipol.catalogue.model import App, IdentifierKind
from aipol.claims import Alike, Claim, alike, behind, claimed_by
from aipol.programs import Indispensable
from aipol.source import Span
from aipol.vocabulary import Account, Effect, Surface


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a ruling is for: any of `include` and of each of `within`, none of `exclude`."""

    region: Region
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    within: tuple[tuple[str, ...], ...] = ()

    def __str__(self) -> str:
        text = ", ".join(self.include)
        for groups in self.within:
            text += f" who are in {' or '.join(groups)}"
        return f"{text} except {', '.join(self.exclude)}" if self.exclude else text


@dataclass(frozen=True, slots=True)
class Obligations:
    """What must hold for a use to be allowed; unset fields ask for nothing."""

    sso: bool = False
    mfa: bool = False
    device: str = ""
    data_max: str = ""
    redact: tuple[str, ...] = ()
    log: str = ""
    inspect_tls: bool = False
    via: str = ""
    rate: str = ""

    def items(self) -> Iterator[tuple[str, str]]:
        """The obligations that are set, as (clause name, value)."""
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value:
                text = ",".join(self.redact) if value is self.redact else str(value).lower()
                yield CLAUSE_NAMES.get(entry.name, entry.name), text


CLAUSE_NAMES = {"data_max": "data.max"}
NO_OBLIGATIONS = Obligations()


class Origin(StrEnum):
    """What kind of line made a ruling what it is."""

    EXCEPTION = "exception"
    RULE = "rule"
    DEFAULT = "default"
    LOCKED = "locked rule"
    VENDOR_TIER = "vendor tier"
    GAP = "on_gap"


@dataclass(frozen=True, slots=True)
class Because:
    """One line that led to a ruling."""

    origin: Origin
    id: str
    span: Span
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One resolved decision. `because[0]` is the exception, rule or default that decided."""

    id: str
    app: str
    surface: Surface
    account: Account
    audience: Audience
    effect: Effect
    obligations: Obligations
    because: tuple[Because, ...]
    tenants: tuple[str, ...] = ()
    redirect_to: str = ""
    message: str = ""

    @property
    def decided_by(self) -> Because:
        """The exception, rule or default that decided."""
        return self.because[0]

    @property
    def direct(self) -> Effect:
        """The effect on a direct connection: a use that must go through a gateway is not direct."""
        return Effect.BLOCK if self.obligations.via else self.effect


@dataclass(frozen=True, slots=True)
class Group:
    """A group and who it is on each platform. `networks` includes those of its segments.

    Where `partly_placed`, they are those of some sites: at others its people may sit anywhere.
    """

    name: str
    region: Region
    span: Span
    entra: str = ""
    jamf: str = ""
    networks: tuple[str, ...] = ()
    partly_placed: bool = False
    vlan: int = 0
    paloalto: str = ""
    cloudflare: str = ""
    everyone: bool = False

    @property
    def placed(self) -> bool:
        """Whether its people sit in its networks and nowhere else."""
        return bool(self.networks) and not self.partly_placed


@dataclass(frozen=True)
class GovernedApp:
    """A catalogue app with the policy's corrections and the tenant's own numbers for it."""

    app: App
    entra_app_id: str = ""
    mda_app_id: int = 0
    declared: Span | None = None

    @property
    def id(self) -> str:
        """The app's id."""
        return self.app.id

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The host patterns that a rule about the app speaks about."""
        return claimed_by(self.app)

    @cached_property
    def alike(self) -> tuple[Alike, ...]:
        """The same patterns, those that are meant alike and follow each other as one."""
        return tuple(alike(self.claims))

    @cached_property
    def behind(self) -> Mapping[Surface, tuple[Claim, ...]]:
        """The claims that decide whether each surface can be used."""
        return dict(behind(self.claims))


@dataclass(frozen=True, slots=True)
class DataClass:
    """One rung of the ladder; `rank` 0 is the least sensitive."""

    id: str
    rank: int
    span: Span
    label: str = ""
    info_types: tuple[str, ...] = ()
    patterns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Gateway:
    """A proxy of the organisation's own through which apps may be reached."""

    id: str
    host: str
    networks: tuple[str, ...] = ()


CLOSE_BYPASSES = "network.close_bypasses"
ONLY_VIA = "network.segments.only_via"
UNLISTED_AI = "unlisted_ai"


@dataclass(frozen=True, slots=True)
class PolicyClause:
    """A clause about the whole policy rather than about one use, such as `unlisted_ai: block`."""

    key: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Confined:
    """A segment of the policy whose only way to the internet is a gateway; `only_via` says so."""

    segment: str
    networks: tuple[str, ...]
    gateway: str
    span: Span

    @property
    def clause(self) -> PolicyClause:
        """The clause that asks for it."""
        return PolicyClause(ONLY_VIA, f"{self.gateway} ({self.segment})", self.span)


@dataclass(frozen=True, slots=True)
class Organization:
    """Whose policy it is."""

    name: str
    identifier: str
    contacts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Ir:
    """Everything a target may know. `rulings` is sorted by app, surface, account and precedence.

    Equal only to itself, so that what is derived from it can be kept by it.
    """

    organization: Organization
    universe: Universe
    groups: Mapping[str, Group]
    apps: Mapping[str, GovernedApp]
    data_classes: tuple[DataClass, ...]
    rulings: tuple[Ruling, ...]
    protected_hosts: tuple[tuple[str, str, str], ...]
    """Host, `exact` or `subtree`, and purpose of what nothing may block."""
    gateways: Mapping[str, Gateway]
    inspect_tls: str
    close_bypasses: bool
    unlisted_ai: Effect
    unlisted_span: Span
    tighten: bool
    as_of: date
    never_inspect: tuple[str, ...] = ()
    """Hosts that are never decrypted, nor is anything below them, whatever is owed there."""
    policy_clauses: tuple[PolicyClause, ...] = ()
    protected_programs: tuple[tuple[str, str, str], ...] = ()
    """Kind, value and what would break, of the programs that nothing may stop."""
    resolvers: tuple[str, ...] = ()
    """Networks of the organisation's own resolvers."""
    confined: tuple[Confined, ...] = ()
    """The segments with one way out, by id."""
    setting_spans: Mapping[tuple[str, str], Span] = field(
        default_factory=dict[tuple[str, str], Span]
    )
    """Where each target's settings are written, by target and setting; a target with an empty
    setting is where it is configured."""
    site: str = ""
    """The site that it is about, where it is about one."""
    sites: Mapping[str, Ir] = field(default_factory=dict[str, "Ir"])
    """What it means at each site of the inventory; then groups, gateways, resolvers and segments
    here have the addresses of all sites. No sites when the policy has no inventory."""

    @cached_property
    def indispensable(self) -> Indispensable:
        """The protected programs, to be asked."""
        rows = self.protected_programs
        return Indispensable.of((IdentifierKind(kind), name, why) for kind, name, why in rows)

    @cached_property
    def by_use(self) -> Mapping[tuple[str, Surface], tuple[Ruling, ...]]:
        """Rulings of each (app, surface), all accounts, in order."""
        table: dict[tuple[str, Surface], list[Ruling]] = {}
        for ruling in self.rulings:
            table.setdefault((ruling.app, ruling.surface), []).append(ruling)
        return {use: tuple(rulings) for use, rulings in table.items()}

    @cached_property
    def by_id(self) -> Mapping[str, Ruling]:
        """Rulings by id."""
        return {ruling.id: ruling for ruling in self.rulings}

    def setting_span(self, target: str, setting: str = "") -> Span:
        """Where a target's setting is written, or else where it would be."""
        spans = self.setting_spans
        place = spans.get((target, setting.partition(".")[0])) or spans.get((target, ""))
        return place or self.unlisted_span

    def decide(self, person: Person, app: str, surface: Surface, account: Account) -> Ruling | None:
        """The ruling for one person, None when the app has no such surface."""
        for ruling in self.by_use.get((app, surface), ()):
            if ruling.account in (account, Account.ANY) and self.universe.contains(
                ruling.audience.region, person
            ):
                return ruling
        return None
