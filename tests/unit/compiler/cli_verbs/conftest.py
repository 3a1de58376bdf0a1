"""A small honest target and a small policy, so that verbs are tested without any vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from aipol.catalogue.model import Feature
from aipol.cli import composition
from aipol.cli import remotes as cli_remotes
from aipol.cli.app import main
from aipol.coverage import clauses_of
from aipol.ir import Ir, Ruling
from aipol.target import (
    EFFECT_CLAUSE,
    Answer,
    Artifact,
    Coverage,
    Kind,
    Lowered,
    Question,
    Reason,
    StagedTarget,
    Status,
    UnreadableArtifact,
)
from aipol.vocabulary import MACOS, WINDOWS, Effect, Surface
from tests.unit.compiler.cli_verbs.pushing import Shop

FEATURE_ONLY = Reason("features-only", "this target switches features only", "use another target")
NO_CONDITIONS = Reason("no-conditions", "a switch has no conditions")

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance: {entra: cf1e0218-6b29-4bfa-aa69-5b32908cb1bd}
  pilot: {entra: a4160b72-b581-497d-956e-866ab7730863}
data_classes: [{id: public}, {id: internal}]
vendors: {apple: {soc2: {until: 2027-06-30}}}
vendor_tiers:
  - {id: good, when: {soc2: valid}, max_data: internal}
  - {id: trial, max_data: public}
exceptions:
  - {id: siri-trial, apps: [siri], groups: [finance], effect: allow, until: 2027-01-31,
     owner: cfo@acme.example, reason: a trial}
rules:
  - {id: intelligence, apps: [apple-intelligence], groups: [pilot], effect: allow}
  - {id: everything-else, apps: ["*"], groups: [everyone], effect: block}
targets: {alpha: {}, beta: {}}
"""


class Settings(BaseModel):
    """What the policy may say to the fake."""

    model_config = ConfigDict(extra="forbid", strict=True)

    loud: bool = Field(default=False, description="Whether it is to be heard.")


@dataclass(frozen=True, slots=True)
class Switch:
    """A feature that is off for whoever is in `include` and not in `exclude`."""

    feature: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]


def _identities(ir: Ir, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("*" if ir.groups[name].everyone else ir.groups[name].entra for name in names)


def _record(name: str, ruling: Ruling, clause: str, reach: Any) -> Coverage:
    if clause != EFFECT_CLAUSE:
        return Coverage(ruling.id, clause, name, reach, Status.UNSUPPORTED, NO_CONDITIONS)
    if ruling.effect is Effect.ALLOW:
        return Coverage(ruling.id, clause, name, reach, Status.ENFORCED)
    if ruling.surface is not Surface.BUILTIN:
        return Coverage(ruling.id, clause, name, reach, Status.UNSUPPORTED, FEATURE_ONLY)
    path = (f"{name}/switches/{ruling.app}.json",)
    return Coverage(ruling.id, clause, name, reach, Status.ENFORCED, artifacts=path)


class Reader:
    """The fake's reader."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.switches: list[tuple[str, dict[str, Any]]] = []
        for path, content in files.items():
            try:
                self.switches += [(path, entry) for entry in json.loads(content)]
            except ValueError:
                raise UnreadableArtifact(path, "it is not JSON") from None

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """Every feature there is is governed."""
        return tuple(Feature) if kind is Kind.FEATURE else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """Everybody is looked at."""
        return (identity, kind)

    def decide(self, question: Question) -> Answer:
        """The first switch that is about the person."""
        for path, entry in self.switches:
            inside = {"*", *question.identity} & set(entry["include"])
            outside = {"*", *question.identity} & set(entry["exclude"])
            if entry["feature"] == question.value and inside and not outside:
                return Answer(Effect.BLOCK, path, f"/{entry['feature']}")
        return Answer(None)

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """Every feature with a switch."""
        return [(Kind.FEATURE, entry["feature"]) for _, entry in self.switches]


def fake(name: str) -> StagedTarget[Settings, tuple[tuple[str, Switch], ...]]:
    """A target that switches built-in features off."""
    reach = (*MACOS, *WINDOWS)

    def lower(ir: Ir, settings: Settings) -> Lowered[tuple[tuple[str, Switch], ...]]:
        del settings
        switches = tuple(
            (
                ruling.app,
                Switch(
                    feature.value,
                    _identities(ir, ruling.audience.include),
                    _identities(ir, ruling.audience.exclude),
                ),
            )
            for ruling in ir.rulings
            if ruling.effect is Effect.BLOCK and ruling.surface is Surface.BUILTIN
            for feature in ir.apps[ruling.app].app.features
        )
        records = tuple(
            _record(name, ruling, clause, reach)
            for ruling in ir.rulings
            for clause in clauses_of(ruling)
        )
        return Lowered(switches, records)

    def render(model: tuple[tuple[str, Switch], ...]) -> tuple[Artifact, ...]:
        apps = sorted({app for app, _ in model})
        return tuple(
            Artifact(f"switches/{app}.json", _json([s for owner, s in model if owner == app]))
            for app in apps
        )

    return StagedTarget(
        id=name,
        title=f"Switches of {name}",
        identity="entra",
        reach=reach,
        surfaces=(Surface.BUILTIN,),
        limits=(),
        settings=Settings,
        lower=lower,
        render=render,
        read=Reader,
    )


def _json(switches: list[Switch]) -> bytes:
    entries = [
        {"feature": s.feature, "include": list(s.include), "exclude": list(s.exclude)}
        for s in switches
    ]
    return f"{json.dumps(entries, indent=1)}\n".encode()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the policy, to stand in; two fakes are the targets."""
    targets = (fake("alpha"), fake("beta"))
    monkeypatch.setattr(composition, "all_targets", lambda: targets)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "ai-usage.yaml").write_text(POLICY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(place: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in the folder."""
    del place

    def go(*arguments: str) -> Outcome:
        code = main(arguments)
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return go


@pytest.fixture
def edit(place: Path) -> Callable[[str, str], None]:
    """Change the policy."""

    def change(old: str, new: str) -> None:
        path = place / "policy" / "ai-usage.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


@pytest.fixture
def shop(place: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The target alpha can push; beta cannot."""
    del place
    found = Shop()
    targets = (replace(fake("alpha"), remote=found.open), fake("beta"))
    monkeypatch.setattr(composition, "all_targets", lambda: targets)
    monkeypatch.setattr(cli_remotes, "clock", found.vendor.time.clock)
    return found
