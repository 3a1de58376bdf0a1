"""Small policies for the tests of the Purview target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from aipol.audience import EVERYBODY, Region, Universe
from aipol.catalogue.model import App
from aipol.coverage import complete
from aipol.ir import (
    Audience,
    Because,
    DataClass,
    GovernedApp,
    Group,
    Ir,
    Obligations,
    Organization,
    Origin,
    Ruling,
)
from aipol.source import Span
from aipol.target import Compiled, Coverage, Decider, Kind, Question, Status
from aipol.verify import verify
from aipol.vocabulary import Account, Effect, Situation, Surface
from aipol_targets.purview.settings import PurviewSettings
from aipol_targets.purview.target import PURVIEW

SPAN = Span("policy.yaml", 1, 1)
FINANCE = "3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1"
LEGAL = "91ab3c7d-5e2f-4a18-8c6b-d0e1f2a3b4c5"
PILOT = "77de0000-0000-4000-8000-000000000001"
GROUP_IDS = {"finance": FINANCE, "legal": LEGAL, "pilot": PILOT}
CONFIDENTIAL = "8a20c1d4-0b7e-4f6a-9d35-1c2b3a4f5e6d"
RESTRICTED = "e7f1c1d4-0b7e-4f6a-9d35-1c2b3a4f5e6d"
ACME_GPT = "5c1e3c7d-5e2f-4a18-8c6b-d0e1f2a3b4c5"

LADDER = (
    DataClass("public", 0, SPAN),
    DataClass("internal", 1, SPAN),
    DataClass(
        "confidential", 2, SPAN, CONFIDENTIAL, ("Credit Card Number", "EU Debit Card Number")
    ),
    DataClass("restricted", 3, SPAN, RESTRICTED, ("azure storage account key",)),
)


@dataclass
class Policy:
    """A policy under construction; `limit` and `block` add rulings."""

    groups: tuple[str, ...] = ("finance", "legal", "pilot")
    nameless: tuple[str, ...] = ()
    classes: tuple[DataClass, ...] = LADDER
    tighten: bool = False
    organization: str = "com.acme"
    names: Mapping[str, str] = field(default_factory=dict)
    rulings: list[Ruling] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.universe = Universe(self.groups)

    def of(self, group: str) -> Region:
        """Everybody in a group."""
        return self.universe.member_of(group)

    def limit(
        self,
        maximum: str,
        people: Region = EVERYBODY,
        app: str = "m365-copilot",
        *,
        surface: Surface = Surface.WEB,
        account: Account = Account.ANY,
        effect: Effect = Effect.ALLOW,
    ) -> Ruling:
        """A ruling that allows `app` with data up to `maximum` (any, when it is empty)."""
        number = len(self.rulings)
        because = (Because(Origin.RULE, f"r{number}", SPAN),)
        audience = Audience(people, ("finance",))
        found = Ruling(
            f"{app}/{surface}/{account}/{number}",
            app,
            surface,
            account,
            audience,
            effect,
            Obligations(data_max=maximum),
            because,
        )
        self.rulings.append(found)
        return found

    def ir(self) -> Ir:
        """The finished policy."""
        groups = {
            name: Group(
                name,
                self.of(name),
                SPAN,
                entra="" if name in self.nameless else GROUP_IDS[name],
            )
            for name in self.groups
        }
        return Ir(
            organization=Organization("Acme", self.organization),
            universe=self.universe,
            groups=groups,
            apps={
                name: _app(name, self.names.get(name, name))
                for name in ("acme-gpt", "chatgpt", "m365-copilot", "numbered")
            },
            data_classes=self.classes,
            rulings=tuple(self.rulings),
            protected_hosts=(),
            gateways={},
            inspect_tls="none",
            close_bypasses=False,
            unlisted_ai=Effect.BLOCK,
            unlisted_span=SPAN,
            tighten=self.tighten,
            as_of=date(2026, 11, 23),
        )


def _app(name: str, title: str) -> GovernedApp:
    app = App(name, title, "acme", "chat", "app", "test")
    if name == "acme-gpt":
        return GovernedApp(app, entra_app_id=ACME_GPT, declared=SPAN)
    return GovernedApp(app, mda_app_id=25275 if name == "numbered" else 0)


@dataclass(frozen=True)
class Result:
    """A compiled policy, read back."""

    ir: Ir
    compiled: Compiled
    decider: Decider

    @property
    def files(self) -> dict[str, bytes]:
        """The artefacts by path."""
        return {artifact.path: artifact.content for artifact in self.compiled.artifacts}

    def json(self, path: str) -> Any:
        """One artefact, parsed."""
        return json.loads(self.files[path])

    def record(self, ruling: Ruling, clause: str = "data.max") -> Coverage:
        """The one record of a clause."""
        (found,) = [
            record
            for record in self.compiled.coverage
            if (record.ruling, record.clause) == (ruling.id, clause)
        ]
        return found

    def ask(self, value: str, client: str = "text", groups: Iterable[str] = ()) -> Effect | None:
        """What the artefacts do with data."""
        return ask(self.decider, value, client, groups)


def ask(
    decider: Decider, value: str, client: str = "text", groups: Iterable[str] = ()
) -> Effect | None:
    """One question to a decider."""
    identity = frozenset(GROUP_IDS[name] for name in groups)
    situation = Situation.UNMANAGED_ELSEWHERE
    return decider.decide(Question(Kind.DATA, value, identity, client, situation)).effect


def compile_policy(policy: Policy, **settings: Any) -> Result:
    """Compile, account for every situation, read back, and hold against the policy."""
    ir = policy.ir()
    compiled = PURVIEW.compile(
        ir, PurviewSettings.model_validate({"mode": "enforce", "copilot_prompts": True, **settings})
    )
    records = complete(ir, PURVIEW, compiled.coverage)
    files = {artifact.path: artifact.content for artifact in compiled.artifacts}
    decider = PURVIEW.read(files)
    assert verify(ir, PURVIEW, decider, records) == ()
    assert all(_sums_up(record) for record in records)
    return Result(ir, compiled, decider)


def _sums_up(record: Coverage) -> bool:
    statuses = {deviation.status for deviation in record.deviations}
    if record.status is Status.ENFORCED:
        return not statuses
    if record.status is Status.STRICTER:
        return statuses == {Status.STRICTER}
    if record.status is Status.LOOSER:
        return Status.LOOSER in statuses
    return Status.STRICTER not in statuses


@pytest.fixture
def policy() -> Policy:
    """An empty policy with three groups that Entra knows."""
    return Policy()


@pytest.fixture
def make() -> type[Policy]:
    """The way to make a policy of another kind."""
    return Policy


@pytest.fixture
def compiled() -> Callable[..., Result]:
    """Compile a policy and read it back."""
    return compile_policy


@pytest.fixture
def with_class() -> Callable[..., tuple[DataClass, ...]]:
    """The ladder with one class changed."""

    def change(name: str, **fields: Any) -> tuple[DataClass, ...]:
        return tuple(replace(entry, **fields) if entry.id == name else entry for entry in LADDER)

    return change


@pytest.fixture
def with_marks() -> Callable[..., tuple[DataClass, ...]]:
    """A ladder whose classes `internal` and `restricted` have these types and labels."""

    def change(types: tuple[list[str], ...], labels: tuple[bool, ...]) -> tuple[DataClass, ...]:
        marks = dict(zip(("internal", "restricted"), zip(types, labels, strict=True), strict=True))
        return tuple(
            replace(
                entry,
                info_types=tuple(marks[entry.id][0]),
                label=RESTRICTED if marks[entry.id][1] else "",
            )
            if entry.id in marks
            else entry
            for entry in LADDER
        )

    return change
