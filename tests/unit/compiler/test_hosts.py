"""Decisions over hosts against a naive reading of what apps claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import EVERYBODY, Universe
from aipol.catalogue.model import App, Domain, Match, Role, Tier
from aipol.domains import HostTrie, Intent
from aipol.hosts import host_deviations, host_entries, hosts_behind
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
        claims = ir.apps[ruling.app].claims
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


# --- one by one -----------------------------------------------------------------------------------

CLIENTS = {"desktop", "extension", "ide", "cli"}
EVERY = {"web", "api", *CLIENTS}
# What stops working without a host of this role.
NEEDS = {
    Role.UI: {"web", "desktop", "extension"},
    Role.API: {"api", *CLIENTS},
    Role.BACKEND: EVERY,
    Role.AUTH: EVERY,
    Role.CDN: EVERY,
    Role.TELEMETRY: EVERY,
    Role.MARKETING: set[str](),
}


def one_app(*hosts: Domain, web: Effect = Effect.BLOCK, api: Effect = Effect.BLOCK) -> Ir:
    """A policy about one app."""
    return ir_of([(list(hosts), web, api)])


@pytest.mark.parametrize("role", Role)
def test_a_surface_needs_the_hosts_of_its_roles(role: Role) -> None:
    """A host decides about a surface exactly when the surface does not work without it."""
    ir = one_app(domain_of("x.y", Match.EXACT, role, shared=False))
    found = {s.value for s in Surface if hosts_behind(ir.apps["app0"], s)}
    assert found == NEEDS[role]


@pytest.mark.parametrize("role", [Role.AUTH, Role.CDN, Role.TELEMETRY])
def test_a_shared_helper_decides_only_where_nothing_else_does(role: Role) -> None:
    """Beside the app's own site it does not; alone, or beside another helper, it does."""
    shared = domain_of("s.y", Match.EXACT, role, shared=True)
    own = domain_of("x.y", Match.EXACT, Role.UI, shared=False)
    helper = domain_of("h.y", Match.EXACT, Role.CDN, shared=False)
    for beside, left in (((), ["s.y"]), ((own,), ["x.y"]), ((helper,), ["s.y", "h.y"])):
        app = one_app(shared, *beside).apps["app0"]
        assert [claim.host for claim in hosts_behind(app, Surface.WEB)] == left


def test_a_shared_host_is_listed_only_inside_a_blocked_one() -> None:
    """By itself nobody blocks it, so a list that would name it says nothing more."""
    shared = domain_of("a.x.y", Match.SUBTREE, Role.UI, shared=True)
    own = domain_of("x.y", Match.SUBTREE, Role.UI, shared=False)
    ir = one_app(shared)
    assert host_entries(ir, verdicts_of(ir)) == {}
    ir = one_app(shared, own)
    blocked = {key: entry.blocked for key, entry in host_entries(ir, verdicts_of(ir)).items()}
    assert blocked == {
        ("x.y", Intent.SUBTREE): True,
        ("a.x.y", Intent.EXACT): False,
        ("a.x.y", Intent.CHILDREN): False,
    }


def test_a_use_that_nobody_ruled_on_blocks_nothing() -> None:
    """A host that only such uses need is not listed."""
    ir = one_app(domain_of("x.y", Match.EXACT, Role.UI, shared=False))
    assert host_entries(ir, {}) == {}


def test_an_entry_names_every_ruling_it_carries_out() -> None:
    """Of all apps and surfaces that need the host, each once and in order."""
    hosts = [domain_of("x.y", Match.EXACT, Role.CDN, shared=False)]
    ir = ir_of([(hosts, Effect.BLOCK, Effect.BLOCK), (hosts, Effect.BLOCK, Effect.ALLOW)])
    (entry,) = host_entries(ir, verdicts_of(ir)).values()
    assert entry.owners == ("app0/api", "app0/web", "app1/api", "app1/web")
    assert not entry.blocked


def why(ir: Ir, carried: Ruling | None = None) -> list[tuple[str, Status, str, str]]:
    """What everybody's list answers otherwise than the ruling on the web, and the reason's code."""
    table = verdicts_of(ir)
    (ruling,) = ir.by_use["app0", Surface.WEB]
    verdict = Verdict(carried, ()) if carried else table["app0", Surface.WEB]
    table["app0", Surface.WEB] = verdict
    trie = HostTrie(host_entries(ir, table).values())
    found = host_deviations(ir, ruling, verdict, EVERYBODY, trie)
    return [(each.value, each.status, each.reason.code, each.client) for each in found]


def test_each_deviation_has_its_reason() -> None:
    """A shared host, another app, another surface, a prompt, other people, another account."""
    own = domain_of("x.y", Match.CHILDREN, Role.UI, shared=False)
    shared = domain_of("s.y", Match.EXACT, Role.UI, shared=True)
    both = domain_of("b.y", Match.EXACT, Role.CDN, shared=False)
    assert why(one_app(own, shared)) == [("s.y", Status.LOOSER, "shared-host", "*")]
    used = one_app(both, api=Effect.ALLOW)
    assert why(used) == [("b.y", Status.LOOSER, "needed-by-usable-app", "*")]
    for effect in (Effect.WARN, Effect.JUSTIFY):
        assert why(one_app(own, web=effect)) == [("x.y", Status.LOOSER, "no-prompt", "*")]
    ir = one_app(own, web=Effect.ALLOW)
    (ruling,) = ir.by_use["app0", Surface.WEB]
    others = replace(ruling, id="others", effect=Effect.BLOCK)
    assert why(ir, others) == [("x.y", Status.STRICTER, "audience-indistinct", "*")]
    personal = replace(others, account=Account.PERSONAL)
    assert why(ir, personal) == [("x.y", Status.STRICTER, "account-unseen", "*")]
