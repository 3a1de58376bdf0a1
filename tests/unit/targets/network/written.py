"""What a small policy is written with, resolved as the language says: first match wins."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aipol.audience import EVERYBODY, NOBODY, Universe
from aipol.catalogue.model import App, Domain, HostMatch, Match, Role, TenantRestriction, Tier
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
from aipol.vocabulary import Account, Effect, Surface

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
