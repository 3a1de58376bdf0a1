"""Small policies for the tests of the Intune target."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from aipol.audience import NOBODY, Region, Universe
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
from aipol.coverage import complete
from aipol.diagnostics import Diagnostic
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
from aipol.target import Answer, Compiled, Coverage, Decider, Kind, Question
from aipol.verify import verify
from aipol.vocabulary import Account, Effect, Situation, Surface
from aipol_targets.intune.target import INTUNE

SPAN = Span("policy.yaml", 1, 1)
IDS = {
    "finance": "3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1",
    "legal": "91ab3c7d-5e2f-4a18-8c6b-d0e1f2a3b4c5",
    "pilot": "77de0000-0000-4000-8000-000000000001",
}
TENANT = "11111111-2222-4333-8444-555555555555"
CHATGPT_EXTENSION = "ejcfepkfckglbgocfkanmcdngdijcgld"
CLAUDE_EXTENSION = "fcoeoabgfenejglbffodgkkbkcdhcgfn"


def _host(domain: str, match: Match = Match.SUBTREE, role: Role = Role.UI) -> Domain:
    return Domain(domain, role, match, "test", Tier.A)


def _windows(kind: IdentifierKind, value: str, **more: Any) -> Identifier:
    surface = more.pop("surface", Surface.DESKTOP)
    return Identifier(kind, value, "test", Tier.A, surface, **more)


def _extension(identifier: str, store: Store = Store.CHROME) -> Extension:
    return Extension(store, identifier, "an extension", "test", Tier.A)


def apps(names: Mapping[str, str]) -> dict[str, GovernedApp]:
    """The apps that the policies are about; `names` gives some of them other names."""
    found = (
        App(
            "chatgpt",
            names.get("chatgpt", "ChatGPT"),
            "openai",
            "chat",
            "chat",
            "test",
            domains=(_host("chatgpt.com"), _host("api.openai.com", Match.EXACT, Role.API)),
            macos=(_windows(IdentifierKind.APP_NAME, "ChatGPT.app"),),
            windows=(
                _windows(IdentifierKind.EXE, "ChatGPT.exe"),
                _windows(IdentifierKind.PFN, "OpenAI.ChatGPT-Desktop_2p2nqsd0c76g0"),
            ),
            extensions=(_extension(CHATGPT_EXTENSION),),
        ),
        App(
            "claude",
            names.get("claude", "Claude"),
            "anthropic",
            "chat",
            "chat",
            "test",
            domains=(_host("claude.ai"), _host("help.chatgpt.com", Match.EXACT)),
            windows=(_windows(IdentifierKind.PRODUCT_CODE, "AnthropicClaude"),),
            extensions=(_extension(CLAUDE_EXTENSION, Store.EDGE),),
        ),
        App(
            "twin",
            "Twin",
            "acme",
            "chat",
            "chat",
            "test",
            windows=(_windows(IdentifierKind.EXE, "CHATGPT.EXE"),),
        ),
        App(
            "copilot",
            "Copilot",
            "microsoft",
            "chat",
            "chat",
            "test",
            features=(Feature.WINDOWS_COPILOT,),
        ),
        App(
            "recall",
            "Recall",
            "microsoft",
            "os-feature",
            "os-feature",
            "test",
            features=(Feature.WINDOWS_RECALL,),
        ),
        App(
            "click",
            "Click to Do",
            "microsoft",
            "os-feature",
            "os-feature",
            "test",
            features=(Feature.WINDOWS_CLICK_TO_DO,),
        ),
        App(
            "edge-ai",
            "Copilot in Edge",
            "microsoft",
            "os-feature",
            "browser-feature",
            "test",
            features=(Feature.EDGE_COPILOT,),
        ),
        App(
            "winget-only",
            "Winget only",
            "acme",
            "chat",
            "chat",
            "test",
            windows=(_windows(IdentifierKind.WINGET_ID, "Acme.Thing"),),
        ),
    )
    return {app.id: GovernedApp(app) for app in found}


@dataclass
class Policy:
    """A policy under construction; `rule` adds a ruling for each set of people."""

    groups: tuple[str, ...] = ("finance", "legal", "pilot")
    nameless: tuple[str, ...] = ()
    organization: str = "com.acme"
    tighten: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    protected: tuple[tuple[str, str, str], ...] = ()
    rulings: list[Ruling] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.universe = Universe(self.groups)

    def of(self, group: str) -> Region:
        """Everybody in a group."""
        return self.universe.member_of(group)

    def split(
        self,
        app: str,
        surface: Surface,
        allowed: Region,
        *,
        message: str = "",
        account: Account = Account.ANY,
        rule: str = "",
        obligations: Obligations = NO_OBLIGATIONS,
        softer: Effect = Effect.ALLOW,
    ) -> None:
        """`app` may be used by `allowed`, and by nobody else."""
        parts = ((softer, allowed), (Effect.BLOCK, self.universe.others(allowed)))
        for effect, people in parts:
            if people:
                number = len(self.rulings)
                because = (Because(Origin.RULE, rule or f"r-{app}", SPAN),)
                held = obligations if effect is not Effect.BLOCK else NO_OBLIGATIONS
                self.rulings.append(
                    Ruling(
                        f"{app}/{surface}/{account}/{number}",
                        app,
                        surface,
                        account,
                        Audience(people, self.groups[:1]),
                        effect,
                        held,
                        because,
                        message=message,
                    )
                )

    def ir(self) -> Ir:
        """The finished policy."""
        groups = {
            name: Group(name, self.of(name), SPAN, entra="" if name in self.nameless else IDS[name])
            for name in self.groups
        }
        return Ir(
            organization=Organization("Acme", self.organization),
            universe=self.universe,
            groups=groups,
            apps=apps(self.names),
            data_classes=(),
            rulings=tuple(self.rulings),
            protected_hosts=self.protected,
            gateways={},
            inspect_tls="none",
            close_bypasses=False,
            unlisted_ai=Effect.BLOCK,
            unlisted_span=SPAN,
            tighten=self.tighten,
            as_of=date(2026, 11, 23),
        )


@dataclass(frozen=True)
class Result:
    """What the target made of a policy."""

    ir: Ir
    compiled: Compiled

    @property
    def files(self) -> dict[str, bytes]:
        """Artefacts by path."""
        return {each.path: each.content for each in self.compiled.artifacts}

    @property
    def decider(self) -> Decider:
        """The artefacts, read back."""
        return INTUNE.read(self.files)

    def json(self, path: str) -> Any:
        """One artefact as a value."""
        return json.loads(self.files[path])

    def looked_for(self, path: str) -> Any:
        """What the script in a body looks for."""
        script = base64.b64decode(self.json(path)["detectionScriptContent"]).decode()
        return json.loads(base64.b64decode(script.partition("$encoded = '")[2].partition("'")[0]))

    def rules(self, path: str) -> list[Any]:
        """The rules in a compliance policy's body."""
        held = self.json(path)["deviceCompliancePolicyScript"]["rulesContent"]
        found: list[Any] = json.loads(base64.b64decode(held))["Rules"]
        return found

    def id_of(self, group: str) -> str:
        """A group's object id."""
        return IDS[group]

    def record(
        self, app: str, effect: Effect, device: str = "managed-windows", clause: str = "effect"
    ) -> Coverage:
        """The one record of `app`'s ruling of `effect` on a kind of device."""
        rulings = {r.id for r in self.ir.rulings if r.app == app and r.effect is effect}
        (found,) = (
            each
            for each in self.compiled.coverage
            if each.ruling in rulings
            and each.clause == clause
            and each.situations[0].device == device
        )
        return found

    def verified(self, files: Mapping[str, bytes] | None = None) -> tuple[Diagnostic, ...]:
        """What the independent proof finds, in these artefacts or in changed ones."""
        decider = INTUNE.read(files or self.files)
        records = complete(self.ir, INTUNE, self.compiled.coverage)
        return verify(self.ir, INTUNE, decider, records)

    def ask(
        self,
        kind: Kind,
        value: str,
        *groups: str,
        client: str = "edge",
        situation: Situation = Situation.WINDOWS_ELSEWHERE,
    ) -> Answer:
        """One answer for somebody in exactly these groups."""
        identity = frozenset(IDS[group] for group in groups)
        return self.decider.decide(Question(kind, value, identity, client, situation))


Compile = Callable[..., Result]


@pytest.fixture
def policy() -> type[Policy]:
    """The builder of policies."""
    return Policy


@pytest.fixture
def compiled() -> Compile:
    """Compile a policy with settings."""

    def run(policy: Policy, **settings: Any) -> Result:
        text = json.dumps({"tenant": TENANT, "mode": "enforce", **settings})
        ir = policy.ir()
        return Result(ir, INTUNE.compile(ir, INTUNE.settings.model_validate_json(text)))

    return run


@pytest.fixture
def full(policy: type[Policy], compiled: Compile) -> Result:
    """A policy that needs every kind of object."""
    made = policy()
    union = made.universe.either(made.of("finance"), made.of("pilot"))
    device = Obligations(device="compliant")
    made.split("chatgpt", Surface.WEB, made.of("finance"), obligations=device)
    made.split("chatgpt", Surface.EXTENSION, made.of("finance"))
    made.split("chatgpt", Surface.DESKTOP, made.of("finance"))
    made.split("claude", Surface.WEB, union)
    made.split("claude", Surface.EXTENSION, union)
    made.split("claude", Surface.DESKTOP, union)
    made.split("copilot", Surface.BUILTIN, made.of("pilot"))
    made.split("recall", Surface.BUILTIN, NOBODY)
    made.split("click", Surface.BUILTIN, made.of("pilot"))
    made.split("edge-ai", Surface.BUILTIN, made.of("pilot"))
    baseline = {"encryption": True, "minimum_os": {"macos": "15.0"}}
    return compiled(made, baseline=baseline)
