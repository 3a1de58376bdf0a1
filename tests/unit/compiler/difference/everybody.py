"""Pairs of small policies, and the answers for everybody, every use and every identifier."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations
from pathlib import Path
from typing import Any

from aipol.catalogue.model import App, Domain, Match, Role
from aipol.difference import Difference, difference
from aipol.ir import Ir, Ruling
from aipol.target import Kind
from aipol.vocabulary import Account, Effect, Surface

# Fewer than these would be too few to say what the tests say of all of them.
PAIRS = max(240, int(os.environ.get("AIPOL_POLICIES", "0")))
TODAY = date(2026, 6, 15)
GROUPS = ("a", "b", "c", "d")
PEOPLE = tuple(
    frozenset(chosen)
    for chosen in chain.from_iterable(combinations(GROUPS, n) for n in range(len(GROUPS) + 1))
)
ACCOUNTS = (Account.CORPORATE, Account.PERSONAL)
NAMES = ("h.example", "a.h.example", "b.a.h.example", "o.example")
HOSTS = (*NAMES, *(f"x.{name}" for name in NAMES), "y.x.h.example", "z.example")
PROGRAMS = ("one", "two")
APPS = ("app-1", "app-2", "app-3")
RESTRICTIONS = (("X-One", "exact"), ("X-One", "subtree"), ("X-Two", "exact"))
SOURCED = {"source": "s", "tier": "A"}
Raw = dict[str, Any]


# --- pairs of small policies ----------------------------------------------------------------------


def app_of(dice: random.Random) -> Raw:
    """An app with a few identifiers."""
    raw: Raw = {
        "name": "n",
        "vendor": dice.choice(["v1", "v2"]),
        "kind": "chat",
        "source": "s",
        "category": dice.choice(["chat", "coding"]),
        "domains": [
            {
                "domain": name,
                "role": dice.choice(["ui", "ui", "api", "auth", "marketing"]),
                "match": dice.choice(["exact", "subtree", "children"]),
                "shared": dice.random() < 0.15,
                **SOURCED,
            }
            for name in dice.sample(NAMES, dice.randint(0, 2))
        ],
        "macos": [
            {
                "kind": "process",
                "value": name,
                "match_alone": dice.random() < 0.8,
                "shared": dice.random() < 0.2,
                **SOURCED,
            }
            for name in dice.sample(PROGRAMS, dice.randint(0, 1))
        ],
    }
    if dice.random() < 0.3:
        raw["extensions"] = [{"store": "chrome", "id": "e" * 32, "name": "n", **SOURCED}]
    if dice.random() < 0.3:
        raw["features"] = [dice.choice(["siri", "windows-recall"])]
    if dice.random() < 0.5:
        header, match = dice.choice(RESTRICTIONS)
        hosts = [{"host": "h.example", "match": match}]
        raw["tenant_restriction"] = {"header": header, "value": "ids", "hosts": hosts, **SOURCED}
    return raw


def rule_of(dice: random.Random, groups: list[str]) -> Raw:
    """A rule without its id."""
    rule: Raw = {
        "apps": [dice.choice(["*", "category:chat", "vendor:v1", *APPS[:2]])],
        "groups": dice.sample(groups, dice.randint(1, 2)),
        "effect": dice.choice(["allow", "allow", "warn", "block"]),
    }
    if dice.random() < 0.3:
        rule["surfaces"] = dice.sample(["web", "api", "desktop"], 2)
    if dice.random() < 0.4:
        rule["account"] = dice.choice([{"corporate": ["w1"]}, {"corporate": ["w2"]}, "personal"])
    if rule["effect"] != "block" and dice.random() < 0.3:
        rule["require"] = dice.choice([{"sso": True}, {"via": "g"}, {"data": {"max": "public"}}])
    if dice.random() < 0.2:
        rule["message"] = dice.choice(["no", "ask"])
    return rule


def policy_of(dice: random.Random) -> Raw:
    """A policy over three of the four groups."""
    mine = dice.sample(GROUPS, 3)
    names = [*mine, "everyone", "mixed"]
    mixed = dice.choice([{"all_of": mine[:2]}, {"any_of": mine[:2]}, {"none_of": mine[1:]}])
    return {
        "version": 1,
        "organization": {"name": "Acme", "identifier": "com.acme"},
        "groups": {"everyone": {"all": True}, **{name: {} for name in mine}, "mixed": mixed},
        "data_classes": [{"id": "public"}, {"id": "internal"}],
        "network": {"gateways": {"g": {"host": dice.choice(["g.example", "a.h.example"])}}},
        "rules": [rule_of(dice, names) for _ in range(dice.randint(1, 4))],
    }


def catalogue_of(dice: random.Random) -> Raw:
    """A catalogue of some of the apps."""
    return {name: app_of(dice) for name in APPS if dice.random() < 0.8} or {"app-1": app_of(dice)}


def edited(dice: random.Random, policy: Raw, apps: Raw) -> tuple[Raw, Raw]:
    """The same with a few differences, or with none."""
    policy, apps = copy.deepcopy(policy), copy.deepcopy(apps)
    for _ in range(dice.choice([0, 1, 1, 2])):
        kind = dice.choice(["rule", "policy", "app", "app", "gone", "note", "field"])
        if kind == "rule":
            groups = list(policy["groups"])
            policy["rules"][dice.randrange(len(policy["rules"]))] = rule_of(dice, groups)
        elif kind == "policy":
            policy = policy_of(dice)
        elif kind == "app":
            apps[dice.choice(APPS)] = app_of(dice)
        elif kind == "gone" and len(apps) > 1:
            del apps[dice.choice(sorted(apps))]
        elif kind == "note":
            apps[dice.choice(sorted(apps))]["notes"] = "other"
        else:
            own, other = apps[dice.choice(sorted(apps))], app_of(dice)
            key = dice.choice(["domains", "macos", "category", "tenant_restriction"])
            own.pop(key, None) if key not in other else own.update({key: other[key]})
    return policy, apps


@dataclass(frozen=True)
class Pair:
    """Two policies and what the engine says of them."""

    before: Ir
    after: Ir
    found: Difference


def made_up(folder: Path, ir_of: Callable[[Path, Raw, Raw], Ir]) -> tuple[Pair, ...]:
    """The same pairs in every run."""
    dice = random.Random(88)  # noqa: S311 - the same pairs in every run, and no secret
    found: list[Pair] = []
    while len(found) < PAIRS:
        policy, apps = policy_of(dice), catalogue_of(dice)
        before = ir_of(folder, numbered(policy), apps)
        new_policy, new_apps = edited(dice, policy, apps)
        after = ir_of(folder, numbered(new_policy), new_apps)
        found.append(Pair(before, after, difference(before, after)))
    return tuple(found)


def numbered(policy: Raw) -> Raw:
    """The policy, with an id for each rule."""
    rules = [{**rule, "id": f"r{number}"} for number, rule in enumerate(policy["rules"])]
    return {**policy, "rules": rules}


# --- asking one by one ----------------------------------------------------------------------------

NEEDED: dict[Role, tuple[Surface, ...]] = {
    Role.UI: (Surface.WEB, Surface.DESKTOP, Surface.EXTENSION),
    Role.API: (Surface.API, Surface.DESKTOP, Surface.EXTENSION, Surface.IDE, Surface.CLI),
    Role.AUTH: tuple(s for s in Surface if s not in {Surface.BUILTIN, Surface.CONNECTOR}),
}
Use = tuple[str, Surface, Account]
Thing = tuple[Kind, str]


def noticed(ruling: Ruling | None) -> object:
    """What somebody notices of a ruling."""
    if ruling is None:
        return None
    said = (ruling.tenants, ruling.redirect_to, ruling.message)
    return (ruling.effect, ruling.obligations, *said)


USES: tuple[Use, ...] = tuple(
    (app, surface, account) for app in APPS for surface in Surface for account in ACCOUNTS
)


def may(ir: Ir, person: frozenset[str], use: tuple[str, Surface], *, direct: bool) -> bool | None:
    """Whether somebody may use something with any account; None where nobody ruled on it."""
    rulings = [ir.decide(person, *use, account) for account in ACCOUNTS]
    ruled = [ruling for ruling in rulings if ruling is not None]
    if not ruled:
        return None
    return any((r.direct if direct else r.effect) is not Effect.BLOCK for r in ruled)


Claim = tuple[str, bool, frozenset[tuple[str, Surface]]]


def claims_on(ir: Ir, name: str) -> Iterator[tuple[Domain, Claim]]:
    """Rows that are about a name, each with its app, whether it is shared, and the ruled uses."""
    for governed in ir.apps.values():
        for domain in governed.app.domains:
            if domain.role not in NEEDED or not domain.match.covers(domain.domain, name):
                continue
            needed = ((governed.id, surface) for surface in NEEDED[domain.role])
            ruled = frozenset(use for use in needed if use in ir.by_use)
            if domain.shared or ruled:
                yield domain, (governed.id, domain.shared, ruled)


def claimants(ir: Ir, thing: Thing) -> object:
    """All that decides about an identifier, but for the rulings."""
    kind, value = thing
    if kind is not Kind.HOST:
        return frozenset(
            (governed.id, surface)
            for governed in ir.apps.values()
            for surface in surfaces_of(governed.app, thing)
            if (governed.id, surface) in ir.by_use
        )
    found = list(claims_on(ir, value))
    longest = max((len(domain.domain) for domain, _ in found), default=0)
    claims = frozenset(claim for domain, claim in found if len(domain.domain) == longest)
    return claims, value in {gateway.host for gateway in ir.gateways.values()}


def host_allowed(ir: Ir, person: frozenset[str], host: str) -> bool:
    """Whether somebody gets through to a host."""
    if host in {gateway.host for gateway in ir.gateways.values()}:
        return True
    found = list(claims_on(ir, host))
    longest = max((len(domain.domain) for domain, _ in found), default=0)
    decisive = [claim for domain, claim in found if len(domain.domain) == longest]
    return not decisive or any(
        shared or any(may(ir, person, use, direct=True) for use in ruled)
        for _, shared, ruled in decisive
    )


def told_as(pair: Pair, host: str) -> str:
    """The name under which a host would be told: its own, or what is below a longer one."""
    sides = (pair.before, pair.after)
    rows = [row for ir in sides for name in HOSTS for row, _ in claims_on(ir, name)]
    gateways = {gateway.host for ir in sides for gateway in ir.gateways.values()}
    if host in gateways or any(row.domain == host for row in rows):
        return host
    parent = host
    while parent := parent.partition(".")[2]:
        if any(row.domain == parent and row.match is not Match.EXACT for row in rows):
            return f"*.{parent}"
    return host


def surfaces_of(app: App, thing: Thing) -> Iterator[Surface]:
    """The surfaces of an app that an identifier other than a host is blocked for."""
    kind, value = thing
    if kind is Kind.PROGRAM:
        if any(p.value == value and p.match_alone and not p.shared for p in app.macos):
            yield Surface.DESKTOP
    elif kind is Kind.EXTENSION:
        if any(extension.id == value for extension in app.extensions):
            yield Surface.EXTENSION
    elif value in app.features:
        yield Surface.BUILTIN


def thing_allowed(ir: Ir, person: frozenset[str], thing: Thing) -> bool:
    """Whether somebody gets through to an identifier."""
    if thing[0] is Kind.HOST:
        return host_allowed(ir, person, thing[1])
    verdicts = [
        verdict
        for governed in ir.apps.values()
        for surface in surfaces_of(governed.app, thing)
        if (verdict := may(ir, person, (governed.id, surface), direct=False)) is not None
    ]
    return not verdicts or any(verdicts)


THINGS: tuple[Thing, ...] = (
    *((Kind.HOST, host) for host in HOSTS),
    *((Kind.PROGRAM, name) for name in PROGRAMS),
    (Kind.EXTENSION, "e" * 32),
    (Kind.FEATURE, "siri"),
    (Kind.FEATURE, "windows-recall"),
)


def sent(ir: Ir, person: frozenset[str], app: str) -> object:
    """The tenant header that somebody's connections need, if they are held to a tenant."""
    restriction = ir.apps[app].app.tenant_restriction if app in ir.apps else None
    if restriction is None:
        return None
    for surface in Surface:
        ours, own = (ir.decide(person, app, surface, account) for account in ACCOUNTS)
        if ours and own and ours.direct is not Effect.BLOCK and own.direct is Effect.BLOCK:
            whole = {
                row.domain
                for row in ir.apps[app].app.domains
                if row.match == "subtree" and not row.shared and row.role != "marketing"
            }
            hosts = {
                (row.host, "subtree" if row.match == "exact" and row.host in whole else row.match)
                for row in restriction.hosts
            }
            return (restriction.header, hosts)
    return None
