"""Small policies, made by hand, for the Jamf target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from aipol.audience import EVERYBODY, NOBODY, Region, Universe
from aipol.catalogue.model import (
    App,
    Domain,
    Extension,
    Feature,
    Identifier,
    IdentifierKind,
    Match,
    Role,
    Store,
    Tier,
)
from aipol.ir import (
    NO_OBLIGATIONS,
    Audience,
    Because,
    GovernedApp,
    Group,
    Ir,
    Obligations,
    Organization,
    Origin,
    Ruling,
)
from aipol.source import Span
from aipol.vocabulary import Account, Effect, Surface

HERE = Span("policy.yaml", 1, 1)
GROUPS = {"finance": "Finance Macs", "engineering": "R&D Macs", "pilot": "Pilot “Macs”"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a policy: the first that matches decides."""

    id: str
    apps: tuple[str, ...]
    groups: tuple[str, ...]
    effect: Effect
    surfaces: tuple[Surface, ...] = tuple(Surface)
    account: Account = Account.ANY
    tenants: tuple[str, ...] = ()
    obligations: Obligations = NO_OBLIGATIONS
    message: str = ""


def app(name: str, **known: Any) -> App:
    """An app of which only what a test needs is known."""
    return App(
        id=name, name=name.title(), vendor="acme", category="chat", kind="app", source="-", **known
    )


def domain(
    host: str, match: Match = Match.SUBTREE, role: Role = Role.UI, *, shared: bool = False
) -> Domain:
    """One host of an app."""
    return Domain(host, role, match, "-", Tier.A, shared=shared)


def identifier(kind: IdentifierKind, value: str, surface: Surface) -> Identifier:
    """One name of a program."""
    return Identifier(kind, value, "-", Tier.A, surface)


APPS = (
    app(
        "chat",
        domains=(
            domain("chat.example"),
            domain("api.chat.example", role=Role.API),
            domain("cdn.shared.example", role=Role.CDN, shared=True),
        ),
        macos=(identifier(IdentifierKind.APP_NAME, "Chat.app", Surface.DESKTOP),),
        cli=(identifier(IdentifierKind.BINARY, "chat", Surface.CLI),),
        extensions=(
            Extension(Store.CHROME, "c" * 32, "Chat", "-", Tier.A),
            Extension(Store.EDGE, "e" * 32, "Chat", "-", Tier.A),
            Extension(Store.FIREFOX, "chat@chat.example", "Chat", "-", Tier.A),
        ),
    ),
    app("lab", domains=(domain("lab.chat.example"), domain("deep.lab.chat.example", Match.EXACT))),
    app(
        "deep",
        domains=(domain("under.deep.lab.chat.example"), domain("kids.example", Match.CHILDREN)),
    ),
    app(
        "paint",
        domains=(domain("kids.example", Match.EXACT), domain("paint.example", Match.EXACT)),
        macos=(identifier(IdentifierKind.PROCESS, "chat", Surface.DESKTOP),),
    ),
    app("apple-intelligence", features=(Feature.APPLE_INTELLIGENCE,)),
    app("hand-off", features=(Feature.EXTERNAL_INTELLIGENCE,)),
    app("browser-ai", features=(Feature.CHROME_GENAI, Feature.EDGE_COPILOT, Feature.FIREFOX_GENAI)),
    app("recall", features=(Feature.WINDOWS_RECALL,)),
    app("editor", extensions=(Extension(Store.VSCODE, "acme.chat", "Chat", "-", Tier.A),)),
)
REST = Rule("rest", (), ("everyone",), Effect.BLOCK)

PolicyOf = Callable[..., Ir]


def build(
    rules: Sequence[Rule],
    *,
    apps: Sequence[App] = APPS,
    names: Mapping[str, str] = GROUPS,
    both: bool = False,
    protected: tuple[tuple[str, str, str], ...] = (),
    tighten: bool = False,
) -> Ir:
    """The IR of `rules`, followed by one that blocks the rest."""
    universe = Universe(sorted(names))
    groups = {
        name: Group(name, universe.member_of(name), HERE, jamf=jamf) for name, jamf in names.items()
    }
    groups["everyone"] = Group("everyone", EVERYBODY, HERE, everyone=True)
    if both:
        region = universe.both(groups["finance"].region, groups["engineering"].region)
        groups["both"] = Group("both", region, HERE)
    governed = {each.id: GovernedApp(each) for each in apps}
    rulings = tuple(
        ruling
        for each in apps
        for surface in each.surfaces
        for ruling in _rulings(universe, groups, (*rules, REST), each.id, surface)
    )
    return Ir(
        organization=Organization("Acme & Söhne", "com.acme"),
        universe=universe,
        groups=groups,
        apps=governed,
        data_classes=(),
        rulings=rulings,
        protected_hosts=protected,
        gateways={},
        inspect_tls="none",
        close_bypasses=False,
        unlisted_ai=Effect.BLOCK,
        unlisted_span=HERE,
        tighten=tighten,
        as_of=date(2026, 11, 23),
    )


def _rulings(
    universe: Universe,
    groups: Mapping[str, Group],
    rules: Sequence[Rule],
    name: str,
    surface: Surface,
) -> Iterator[Ruling]:
    matching = [r for r in rules if (not r.apps or name in r.apps) and surface in r.surfaces]
    split = any(rule.account is not Account.ANY for rule in matching)
    for account in (Account.CORPORATE, Account.PERSONAL) if split else (Account.ANY,):
        left: Region = EVERYBODY
        for position, rule in enumerate(r for r in matching if r.account in (Account.ANY, account)):
            own = universe.any_of(groups[group].region for group in rule.groups)
            region = universe.both(own, left)
            left = universe.minus(left, own)
            if region != NOBODY:
                yield Ruling(
                    id=f"{name}/{surface}/{account}/{position}",
                    app=name,
                    surface=surface,
                    account=account,
                    audience=Audience(region, rule.groups),
                    effect=rule.effect,
                    obligations=rule.obligations,
                    because=(Because(Origin.RULE, rule.id, HERE),),
                    tenants=rule.tenants if account is not Account.PERSONAL else (),
                    message=rule.message,
                )


@pytest.fixture(scope="session")
def policy() -> PolicyOf:
    """Makes the IR of a few rules over a few made-up apps."""
    return build


@pytest.fixture(scope="session")
def rule() -> type[Rule]:
    """One line of a policy."""
    return Rule


@pytest.fixture(scope="session")
def known_apps() -> tuple[App, ...]:
    """The made-up apps, by which a test may choose."""
    return APPS
