"""Decisions over hosts against a naive reading of what apps claim."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import EVERYBODY, Universe
from aipol.catalogue.model import App, Domain, Match, Role, Tier
from aipol.domains import HostTrie, Intent
from aipol.hosts import claims_of, host_deviations, host_entries
from aipol.ir import (
    NO_OBLIGATIONS,
    Audience,
    Because,
    GovernedApp,
    Ir,
    Organization,
    Origin,
    Ruling,
)
from aipol.scoping import Verdict
from aipol.source import Span
from aipol.target import Status
from aipol.vocabulary import Account, Effect, Surface

HERE = Span("policy.yaml", 1, 1)
NAMES = ("x.y", "a.x.y", "b.a.x.y", "c.b.a.x.y", "z.y")
HOSTS = (
    "y",
    "x.y",
    "a.x.y",
    "b.a.x.y",
    "c.b.a.x.y",
    "d.c.b.a.x.y",
    "n.x.y",
    "ax.y",
    "z.y",
    "q.z.y",
)


def covers(intent: str, name: str, host: str) -> bool:
    """Whether a pattern stands for a host."""
    below = host.endswith("." + name)
    return {"exact": host == name, "children": below, "subtree": below or host == name}[intent]


def domain_of(name: str, match: Match, role: Role, shared: bool) -> Domain:
    """One host of an app."""
    return Domain(name, role, match, "s", Tier.A, shared=shared)


domains = st.lists(
    st.builds(
        domain_of,
        st.sampled_from(NAMES),
        st.sampled_from(Match),
        st.sampled_from([Role.UI, Role.API, Role.CDN, Role.MARKETING]),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda domain: (domain.domain, domain.match),
)
effects = st.sampled_from(Effect)
worlds = st.lists(st.tuples(domains, effects, effects), min_size=1, max_size=3)
World = list[tuple[list[Domain], Effect, Effect]]


def ir_of(world: World) -> Ir:
    """Apps with their hosts, each with a ruling for everybody on the web and the API."""
    apps = {
        f"app{n}": GovernedApp(App(f"app{n}", "", "", "", "", "s", domains=tuple(hosts)))
        for n, (hosts, _, _) in enumerate(world)
    }
    rulings = tuple(
        Ruling(
            f"app{n}/{surface}",
            f"app{n}",
            surface,
            Account.ANY,
            Audience(EVERYBODY, ("everyone",)),
            effect,
            NO_OBLIGATIONS,
            (Because(Origin.RULE, "r", HERE),),
        )
        for n, (_, web, api) in enumerate(world)
        for surface, effect in ((Surface.WEB, web), (Surface.API, api))
    )
    return Ir(
        organization=Organization("Acme", "com.acme"),
        universe=Universe(()),
        groups={},
        apps=apps,
        data_classes=(),
        rulings=rulings,
        protected_hosts=(),
        gateways={},
        inspect_tls="none",
        close_bypasses=False,
        unlisted_ai=Effect.BLOCK,
        unlisted_span=HERE,
        tighten=False,
        as_of=date(2026, 1, 1),
    )


NEEDED_BY = {
    Role.UI: {"web"},
    Role.API: {"api"},
    Role.CDN: {"web", "api"},
    Role.MARKETING: set[str](),
}


def expected(world: World, host: str) -> bool:
    """Blocked if all of those who claim the host by its longest name are, and none shares it."""
    claims: list[tuple[str, bool]] = []
    for hosts, web, api in world:
        for domain in hosts:
            needed = [{"web": web, "api": api}[surface] for surface in NEEDED_BY[domain.role]]
            if needed and covers(domain.match.value, domain.domain, host):
                blocked = all(effect is Effect.BLOCK for effect in needed)
                claims.append((domain.domain, blocked and not domain.shared))
    longest = max((name.count(".") for name, _ in claims), default=0)
    nearest = [blocked for name, blocked in claims if name.count(".") == longest]
    return bool(nearest) and all(nearest)


def verdicts_of(ir: Ir) -> dict[tuple[str, Surface], Verdict]:
    """What everybody's list says."""
    return {use: Verdict(rulings[0], ()) for use, rulings in ir.by_use.items()}


@given(worlds)
def test_usable_and_shared_win_on_a_host(world: World) -> None:
    """A host is blocked only if no usable app needs it by that name and nothing else shares it."""
    ir = ir_of(world)
    trie = HostTrie(host_entries(ir, verdicts_of(ir)).values())
    for host in HOSTS:
        assert trie.blocked(host) == expected(world, host), host


@given(worlds)
def test_deviations_are_what_the_list_does_otherwise(world: World) -> None:
    """Each claim that the list answers otherwise than the ruling is a deviation, and no other."""
    ir = ir_of(world)
    table = verdicts_of(ir)
    trie = HostTrie(host_entries(ir, table).values())
    for ruling in ir.rulings:
        found = host_deviations(
            ir, ruling, table[ruling.app, ruling.surface], ruling.audience.region, trie
        )
        wanted = set[tuple[str, Status]]()
        claims = claims_of(ir.apps[ruling.app])
        supporting = {Role.AUTH, Role.CDN, Role.TELEMETRY}
        # Beside a host of the app's own, others' that only help it say nothing.
        own = any(
            not claim.shared and ruling.surface in claim.surfaces and claim.role not in supporting
            for claim in claims
        )
        for claim in claims:
            if own and claim.shared and claim.role in supporting:
                continue
            probe = f"any.{claim.host}" if claim.intent is Intent.CHILDREN else claim.host
            blocked = expected(world, probe)
            right = Effect.BLOCK if blocked else Effect.ALLOW
            if ruling.surface in claim.surfaces and ruling.effect is not right:
                wanted.add((claim.host, Status.STRICTER if blocked else Status.LOOSER))
        assert {(deviation.value, deviation.status) for deviation in found} == wanted
