"""A tenant on this machine, and Intune's side opened on it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from aipol.apply.carrying import Carrying
from aipol.apply.events import Begun, Result
from aipol.apply.journal import Head, start
from aipol.plan.model import Inputs, Plan
from aipol.plan.planning import Asked, compare
from aipol.remote import Clock, Mark, Surroundings, Wanted, Write, digest_of, mark_in, resolved
from aipol_targets.common.microsoft.transport import Timeouts
from aipol_targets.intune.remote import IntuneRemote, open_remote
from aipol_targets.intune.settings import Settings
from aipol_targets.intune.target import INTUNE
from aipol_targets.standins.faults import Faults
from aipol_targets.standins.graph.standin import GraphStandin
from aipol_targets.standins.graph.tenant import Tenant
from aipol_targets.standins.server import Running, serving

ORGANIZATION = "com.acme"
TENANT = "11111111-2222-4333-8444-555555555555"
TOKEN = "canary-4711-token"  # what must be seen nowhere


@dataclass
class Ticking:
    """Time that only passes while somebody sleeps."""

    time: float = 1000.0
    slept: list[float] = field(default_factory=list[float])

    def now(self) -> float:
        """The time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.slept.append(seconds)
        self.time += seconds


@dataclass
class Bench:
    """A tenant that is served, Intune's side, and what a person does with the two."""

    standin: GraphStandin
    running: Running
    remote: IntuneRemote
    ticking: Ticking
    folder: Path
    organization: str

    def plan(self, files: Mapping[str, bytes], *adopt: str) -> Plan:
        """What has to be done."""
        asked = Asked(self.organization, self.remote.wanted(files), adopt=frozenset(adopt))
        return compare(self.remote, asked, self.remote.observe())

    def apply(self, files: Mapping[str, bytes], *adopt: str) -> tuple[Result, ...]:
        """Do it, as `aipol apply` does."""
        made = self.plan(files, *adopt)
        head = Head(self.ticking.time, "", Inputs("", "", "", "", "", ""), made)
        journal = start(self.folder, "journal", head)
        clock = Clock(self.ticking.now, self.ticking.sleep)
        return Carrying(self.remote, journal, clock, _nobody).run(made)

    def write(self, wanted: Wanted, ids: Mapping[str, str] | None = None) -> Write:
        """What an object is written with."""
        digest = digest_of(self.remote.canonical(wanted.kind, wanted.body))
        body = resolved(wanted.body, ids or {})
        return Write(wanted.kind, body, Mark(wanted.key, digest))

    def held(self, kind: str) -> dict[str, dict[str, Any]]:
        """What the tenant has of a kind: ours by their keys, others' by their names."""
        found = self.standin.state().get(kind, {}).values()
        return {_called(each): each for each in found}


def _called(held: Mapping[str, Any]) -> str:
    mark = mark_in(str(held.get("description", "")))
    return mark.key if mark else str(held.get("displayName") or held.get("name"))


def _nobody(event: Begun | Result) -> None:
    """Nobody looks on."""


Opens = Callable[..., Bench]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Opens]:
    """Opens a tenant; all of them are closed when the test ends."""
    with ExitStack() as stack:

        def opened(
            *,
            faults: Faults | None = None,
            tenant: Tenant | None = None,
            organization: str = ORGANIZATION,
            answer: float = 20.0,
            standin: GraphStandin | None = None,
        ) -> Bench:
            standin = standin or GraphStandin(replace(tenant or Tenant(), id=TENANT))
            running = stack.enter_context(serving(standin, faults))
            ticking = Ticking()
            variables = {"AIPOL_GRAPH_URL": running.url, "AIPOL_GRAPH_TOKEN": TOKEN}
            clock = Clock(ticking.now, ticking.sleep)
            settings = Settings.model_validate_json(json.dumps({"tenant": TENANT}))
            surroundings = Surroundings(organization, variables, clock)
            remote = open_remote(settings, surroundings, Timeouts(answer=answer))
            stack.callback(remote.close)
            return Bench(standin, running, remote, ticking, tmp_path / "journals", organization)

        yield opened


@pytest.fixture
def enforcing(full: Any) -> dict[str, bytes]:
    """Artefacts of a policy that needs every kind of object."""
    return dict(full.files)


@pytest.fixture
def reporting(full: Any) -> dict[str, bytes]:
    """Those of the same policy while it only reports."""
    baseline = {"encryption": True, "minimum_os": {"macos": "15.0"}}
    given = json.dumps({"tenant": TENANT, "mode": "report-only", "baseline": baseline})
    made = INTUNE.compile(full.ir, INTUNE.settings.model_validate_json(given))
    return {each.path: each.content for each in made.artifacts}


_APPLIED: list[GraphStandin] = []  # made once: the state that many tests begin with


@pytest.fixture
def applied(bench: Opens, enforcing: dict[str, bytes]) -> Bench:
    """A tenant that holds all of `enforcing`, as it was left by an apply."""
    if not _APPLIED:
        made = bench()
        made.apply(enforcing)
        _APPLIED.append(made.standin)
    return bench(standin=copy.deepcopy(_APPLIED[0]))


@pytest.fixture
def changed() -> Callable[[Mapping[str, bytes], str, Callable[[Any], None]], dict[str, bytes]]:
    """Artefacts of which those whose path holds a text were changed."""

    def change(
        files: Mapping[str, bytes], part: str, edit: Callable[[Any], None]
    ) -> dict[str, bytes]:
        found = dict(files)
        paths = [path for path in files if part in path]
        assert paths, f"no artefact is called {part}"
        for path in paths:
            document = json.loads(files[path])
            edit(document)
            found[path] = json.dumps(document).encode()
        return found

    return change
