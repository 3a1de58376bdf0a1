"""Small policies for network targets, written as rules and resolved as the language says."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from aipol.audience import EVERYBODY, NOBODY, Universe
from aipol.catalogue.model import App, Domain, HostMatch, Match, Role, TenantRestriction, Tier
from aipol.diagnostics import Diagnostic
from aipol.ir import (
    CLOSE_BYPASSES,
    NO_OBLIGATIONS,
    UNLISTED_AI,
    Audience,
    Because,
    Confined,
    Gateway,
    GovernedApp,
    Group,
    Ir,
    Obligations,
    Organization,
    Origin,
    PolicyClause,
    Ruling,
)
from aipol.source import Span
from aipol.target import (
    Answer,
    Compiled,
    Coverage,
    Decider,
    Kind,
    Question,
    Target,
    UnreadableArtifact,
)
from aipol.verify import verify
from aipol.vocabulary import Account, Effect, Situation, Surface
from aipol_targets.cloudflare.settings import CloudflareSettings
from aipol_targets.cloudflare.target import CLOUDFLARE
from aipol_targets.dns.settings import DnsSettings
from aipol_targets.dns.target import DNS
from aipol_targets.e2guardian.settings import E2guardianSettings
from aipol_targets.e2guardian.target import E2GUARDIAN
from aipol_targets.fortigate.settings import FortigateSettings
from aipol_targets.fortigate.target import FORTIGATE
from aipol_targets.haproxy.settings import HaProxySettings
from aipol_targets.haproxy.target import HAPROXY
from aipol_targets.lists.settings import ListsSettings
from aipol_targets.lists.target import LISTS
from aipol_targets.meraki.settings import MerakiSettings
from aipol_targets.meraki.target import MERAKI
from aipol_targets.netskope.settings import NetskopeSettings
from aipol_targets.netskope.target import NETSKOPE
from aipol_targets.nftables.settings import NftablesSettings
from aipol_targets.nftables.target import NFTABLES
from aipol_targets.pac.settings import PacSettings
from aipol_targets.pac.target import PAC
from aipol_targets.paloalto.settings import PaloAltoSettings
from aipol_targets.paloalto.target import PALOALTO
from aipol_targets.squid.settings import SquidSettings
from aipol_targets.squid.target import SQUID
from aipol_targets.suricata.settings import SuricataSettings
from aipol_targets.suricata.target import SURICATA
from aipol_targets.umbrella.settings import UmbrellaSettings
from aipol_targets.umbrella.target import UMBRELLA
from aipol_targets.zscaler.settings import ZscalerSettings
from aipol_targets.zscaler.target import ZSCALER

ZONED = ("bind", "unbound", "knot", "powerdns")
"""Resolvers that load policy zones."""
BY_SOURCE = (*ZONED, "unbound-local", "adguard")
"""Resolvers that tell source addresses apart."""
POOLED = ("dnsmasq", "hosts", "pihole")
"""Resolvers that tell everybody the same."""
RESOLVERS = (*BY_SOURCE, *POOLED)
LISTED = ("domains", "edl")
"""Formats of lists for devices of any make."""
BOXES = ("sonicwall", "watchguard")
"""Formats of lists for firewalls of one make."""
FIREWALL = ("edl", "set", "xml")
"""Formats for a firewall of Palo Alto Networks."""
SETTINGS: Mapping[str, type[Any]] = {
    "cloudflare": CloudflareSettings,
    "dns": DnsSettings,
    "e2guardian": E2guardianSettings,
    "fortigate": FortigateSettings,
    "haproxy": HaProxySettings,
    "lists": ListsSettings,
    "meraki": MerakiSettings,
    "netskope": NetskopeSettings,
    "nftables": NftablesSettings,
    "pac": PacSettings,
    "paloalto": PaloAltoSettings,
    "squid": SquidSettings,
    "suricata": SuricataSettings,
    "umbrella": UmbrellaSettings,
    "zscaler": ZscalerSettings,
}
SPAN = Span("policy.yaml", 1, 1)


def domain(
    name: str,
    match: Match = Match.SUBTREE,
    *,
    role: Role = Role.UI,
    shared: bool = False,
) -> Domain:
    """A host of an app."""
    return Domain(name, role, match, "test", Tier.A, shared=shared)


def app(
    name: str,
    *domains: Domain | str,
    category: str = "chat",
    tenant: TenantRestriction | None = None,
    **rest: Any,
) -> App:
    """An app with these hosts; a bare name is a subtree with the role `ui`."""
    hosts = tuple(domain(each) if isinstance(each, str) else each for each in domains)
    return App(
        name,
        name,
        "vendor",
        category,
        "chat",
        "test",
        domains=hosts,
        tenant_restriction=tenant,
        **rest,
    )


def probes(hosts: Iterable[str]) -> tuple[str, ...]:
    """Every host with its children, parent, sibling and look-alikes."""
    found: dict[str, None] = {}
    for host in hosts:
        parent = host.partition(".")[2]
        around = (f"www.{host}", f"a.b.{host}", f"not{host}", f"{host}.evil.test")
        above = (parent, f"sibling.{parent}") if "." in parent else ()
        found |= dict.fromkeys((host, *around, *above))
    return tuple(found)


def tenant(header: str, *hosts: str, also_block: tuple[str, ...] = ()) -> TenantRestriction:
    """A tenant restriction for exactly these hosts."""
    found = tuple(HostMatch(host, Match.EXACT) for host in hosts)
    return TenantRestriction(header, "ids", found, "test", Tier.A, also_block=also_block)


@dataclass(frozen=True)
class Rule:
    """For these apps and groups, this effect; the first rule that matches decides."""

    apps: tuple[str, ...]
    groups: tuple[str, ...]
    effect: Effect
    account: Account = Account.ANY
    tenants: tuple[str, ...] = ()
    obligations: Obligations = NO_OBLIGATIONS


NO_NETWORKS: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Policy:
    """What a test wants to vary."""

    apps: tuple[App, ...]
    rules: tuple[Rule, ...] = ()
    networks: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NO_NETWORKS)
    groups: tuple[str, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    protected: tuple[tuple[str, str, str], ...] = ()
    inspect_tls: str = "none"
    close_bypasses: bool = False
    never_inspect: tuple[str, ...] = ()
    resolvers: tuple[str, ...] = ()
    confined: tuple[Confined, ...] = ()
    tighten: bool = False
    unlisted_ai: Effect = Effect.ALLOW
    identifier: str = "com.acme"
    as_of: date = date(2026, 11, 23)


def resolve(policy: Policy) -> Ir:
    """First match wins, and who matches nothing is blocked."""
    names = tuple(dict.fromkeys((*policy.networks, *policy.groups)))
    universe = Universe(names)
    groups = {
        name: Group(
            name, universe.member_of(name), SPAN, networks=tuple(policy.networks.get(name, ()))
        )
        for name in names
    }
    groups["everyone"] = Group("everyone", EVERYBODY, SPAN, everyone=True)
    apps = {each.id: GovernedApp(each) for each in policy.apps}
    rulings = tuple(
        ruling
        for name in sorted(apps)
        for surface in apps[name].app.surfaces
        for ruling in _rulings(universe, groups, policy.rules, name, surface)
    )
    return Ir(
        organization=Organization("Acme", policy.identifier),
        universe=universe,
        groups=groups,
        apps=apps,
        data_classes=(),
        rulings=rulings,
        protected_hosts=policy.protected,
        gateways={each.id: each for each in policy.gateways},
        inspect_tls=policy.inspect_tls,
        close_bypasses=policy.close_bypasses,
        never_inspect=policy.never_inspect,
        unlisted_ai=policy.unlisted_ai,
        unlisted_span=SPAN,
        tighten=policy.tighten,
        as_of=policy.as_of,
        policy_clauses=tuple(_policy_clauses(policy)),
        resolvers=policy.resolvers,
        confined=policy.confined,
    )


def _policy_clauses(policy: Policy) -> Iterable[PolicyClause]:
    if policy.unlisted_ai is not Effect.ALLOW:
        yield PolicyClause(UNLISTED_AI, policy.unlisted_ai, SPAN)
    if policy.close_bypasses:
        yield PolicyClause(CLOSE_BYPASSES, "true", SPAN)
    for confined in policy.confined:
        yield confined.clause


def _rulings(
    universe: Universe,
    groups: Mapping[str, Group],
    rules: Iterable[Rule],
    name: str,
    surface: Surface,
) -> Iterable[Ruling]:
    matching = [rule for rule in rules if name in rule.apps or "*" in rule.apps]
    split = any(rule.account is not Account.ANY for rule in matching)
    accounts = (Account.CORPORATE, Account.PERSONAL) if split else (Account.ANY,)
    default = Rule((name,), ("everyone",), Effect.BLOCK)
    for account in accounts:
        decided, earlier = NOBODY, list[str]()
        number = itertools.count()
        for rule in (*matching, default):
            if rule.account not in {account, Account.ANY}:
                continue
            region = universe.any_of(groups[group].region for group in rule.groups)
            region = universe.minus(region, decided)
            if region == NOBODY:
                continue
            audience = Audience(region, rule.groups, tuple(earlier))
            yield Ruling(
                f"{name}/{surface.value}/{account.value}/{next(number)}",
                name,
                surface,
                account,
                audience,
                rule.effect,
                rule.obligations,
                (Because(Origin.RULE, "rule", SPAN),),
                rule.tenants,
            )
            decided = universe.either(decided, region)
            earlier += rule.groups


@dataclass(frozen=True)
class Emitted:
    """What a target makes of a policy."""

    ir: Ir
    target: Target
    compiled: Compiled
    files: Mapping[str, bytes]

    @property
    def decider(self) -> Decider:
        """The files read back."""
        return self.target.read(self.files)

    @property
    def text(self) -> Mapping[str, str]:
        """The files as text."""
        return {path: content.decode() for path, content in self.files.items()}

    def findings(self, files: Mapping[str, bytes] | None = None) -> tuple[Diagnostic, ...]:
        """What the verifier says about the files, or about others in their place."""
        decider = self.target.read(files or self.files)
        made = self.compiled
        account = (made.coverage, made.policy)
        return verify(
            self.ir, self.target, decider, *account, told=made.told, indistinct=made.indistinct
        )

    def noticed(self, files: Mapping[str, bytes]) -> bool:
        """Whether other files are unreadable, or their answers are not the policy's."""
        try:
            return bool(self.findings(files))
        except UnreadableArtifact:
            return True

    def changed(self, path: str, old: str, new: str) -> dict[str, bytes]:
        """The files with one text in one of them replaced, which has to be there."""
        content = self.files[path].decode()
        assert old in content
        return {**self.files, path: content.replace(old, new, 1).encode()}

    def answer(self, client: str, address: str, value: str, kind: Kind = Kind.HOST) -> Answer:
        """One answer of the reader."""
        situation = Situation.UNMANAGED_CORPORATE
        return self.decider.decide(Question(kind, value, frozenset({address}), client, situation))

    def blocked(self, client: str, address: str, host: str) -> bool:
        """Whether a host is blocked."""
        return self.answer(client, address, host).effect is Effect.BLOCK

    def record(self, ruling: str, clause: str = "effect") -> Coverage:
        """The only record about a clause of a ruling."""
        (found,) = (
            each
            for each in self.compiled.coverage
            if (each.ruling, each.clause) == (ruling, clause)
        )
        return found


def compiled(ir: Ir, target: Target = SQUID, **settings: Any) -> Compiled:
    """What a target makes of a policy, with whatever is wrong."""
    return target.compile(ir, SETTINGS[target.id](**settings))


def emit(policy: Policy, target: Target = SQUID, **settings: Any) -> Emitted:
    """Resolve and compile; nothing may be wrong."""
    ir = resolve(policy)
    made = compiled(ir, target, **settings)
    assert made.findings == ()
    files = {artifact.path: artifact.content for artifact in made.artifacts}
    return Emitted(ir, target, made, files)


def listed(policy: Policy, *outputs: str, **settings: Any) -> Emitted:
    """The same as lists; in every format when none is named."""
    return emit(policy, LISTS, outputs=list(outputs or LISTED), **settings)


def boxed(policy: Policy, *outputs: str, **settings: Any) -> Emitted:
    """The same, for firewalls of one make too when no format is named."""
    return listed(policy, *(outputs or (*LISTED, *BOXES)), **settings)


def filtered(policy: Policy, **settings: Any) -> Emitted:
    """The same for e2guardian, which has no groups for IPv6: without such networks."""
    networks = {
        name: tuple(each for each in found if ":" not in each)
        for name, found in policy.networks.items()
    }
    return emit(replace(policy, networks=networks), E2GUARDIAN, **settings)


def answered(policy: Policy, *outputs: str, **settings: Any) -> Emitted:
    """The same for resolvers; for all of them when none is named."""
    return emit(policy, DNS, outputs=list(outputs or RESOLVERS), **settings)


def guarded(policy: Policy, **settings: Any) -> Emitted:
    """The same for a FortiGate; in both forms unless one is named."""
    given = {"inside": ["lan"], "outside": ["wan1"], "outputs": ["cli", "rest"], **settings}
    return emit(policy, FORTIGATE, **given)


def firewalled(policy: Policy, *outputs: str, **settings: Any) -> Emitted:
    """The same for a firewall of Palo Alto Networks; in every format when none is named."""
    given = {"edl_url": "https://lists.acme.test/aipol", "capacity": {"lists": 99}, **settings}
    return emit(policy, PALOALTO, outputs=list(outputs or FIREWALL), **given)


def categorised(policy: Policy, **settings: Any) -> Emitted:
    """The same for Zscaler Internet Access."""
    return emit(policy, ZSCALER, **settings)


def steered(policy: Policy) -> Emitted:
    """The same for Netskope."""
    return emit(policy, NETSKOPE)


def grouped(policy: Policy, **settings: Any) -> Emitted:
    """The same for a Meraki MX."""
    return emit(policy, MERAKI, **settings)


def resolved_by_umbrella(policy: Policy, **settings: Any) -> Emitted:
    """The same for Cisco Umbrella."""
    return emit(policy, UMBRELLA, **settings)


def proxied(policy: Policy, **settings: Any) -> Emitted:
    """The same for an HAProxy."""
    given = {"tls_backend": "out", "http_backend": "out-http", **settings}
    return emit(policy, HAPROXY, **given)


def inspected(policy: Policy, **settings: Any) -> Emitted:
    """The same for a Suricata."""
    return emit(policy, SURICATA, **settings)


def advised(policy: Policy, **settings: Any) -> Emitted:
    """The same for proxy auto-config files."""
    return emit(policy, PAC, **settings)


def gated(policy: Policy, **settings: Any) -> Emitted:
    """The same for Cloudflare Gateway, which sees source addresses and what is encrypted."""
    return emit(policy, CLOUDFLARE, **{"on_ramp": "wan", "tls_decryption": True, **settings})


MAKERS: Mapping[str, Callable[..., Emitted]] = {
    "cloudflare": gated,
    "dns": answered,
    "e2guardian": filtered,
    "fortigate": guarded,
    "haproxy": proxied,
    "lists": boxed,
    "meraki": grouped,
    "netskope": steered,
    "pac": advised,
    "paloalto": firewalled,
    "squid": emit,
    "suricata": inspected,
    "umbrella": resolved_by_umbrella,
    "zscaler": categorised,
}
"""How to make the files of each target by source address and host."""


def routed(policy: Policy, **settings: Any) -> Emitted:
    """The same for a Linux router."""
    return emit(policy, NFTABLES, **settings)


FINANCE, ENGINEERING, GATEWAY, ANYBODY = "10.20.0.5", "10.30.0.5", "10.99.0.8", "192.0.2.1"
SOURCES = (FINANCE, ENGINEERING, GATEWAY, ANYBODY)
NETWORKS = {"finance": ("10.20.0.0/24", "2001:db8:20::/64"), "engineering": ("10.30.0.0/24",)}
FOUR = {"finance": ("10.20.0.0/24",), "engineering": ("10.30.0.0/24",)}
"""The same without IPv6."""
HEADER = "Example-Allowed-Workspace"
LOGGED = Obligations(log="metadata")


def everything(**changes: Any) -> Policy:
    """Every kind of pattern and of nesting, a tenant header, a gateway and a bypass switch."""
    exact, children = Match.EXACT, Match.CHILDREN
    restriction = tenant(HEADER, "accounts.test", also_block=("https://accounts.test/anonymous/",))
    base = Policy(
        apps=(
            app("deep", "big.test", domain("x.api.big.test"), domain("y.a.b.big.test", exact)),
            app("inside", domain("api.big.test"), domain("a.b.big.test", exact)),
            app("single", domain("one.two.test", exact), domain("xn--bcher-kva.test")),
            app("pages", domain("sites.test", children)),
            app("offline", domain("own.sites.test", children)),
            app("split", "split.test"),
            app("accounts", "accounts.test", tenant=restriction),
            app("routed", "routed.test"),
        ),
        rules=(
            Rule(("inside", "offline"), ("everyone",), Effect.ALLOW),
            Rule(("split",), ("finance",), Effect.ALLOW),
            Rule(("accounts",), ("finance",), Effect.ALLOW, Account.CORPORATE, ("ws-1", "ws-2")),
            Rule(("routed",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gateway")),
        ),
        networks=NETWORKS,
        gateways=(Gateway("gateway", "gateway.test", (f"{GATEWAY}/32",)),),
        inspect_tls="ai-only",
        close_bypasses=True,
    )
    return replace(base, **changes)
