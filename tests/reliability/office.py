"""The example's apply to a tenant that is played, with something going wrong at one request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aipol.apply.carrying import Carrying
from aipol.apply.doubts import settle
from aipol.apply.events import Begun, Outcome, Result
from aipol.apply.journal import Head, NotBegun, journals, read, start
from aipol.plan.model import Inputs, Plan
from aipol.plan.planning import Asked, compare
from aipol.remote import Clock, Surroundings, mark_in
from aipol_targets.common.microsoft.transport import Timeouts
from aipol_targets.intune.remote import IntuneRemote, open_remote
from aipol_targets.intune.settings import Settings
from aipol_targets.standins.faults import Faults
from aipol_targets.standins.graph.standin import GraphStandin
from aipol_targets.standins.graph.tenant import Tenant
from aipol_targets.standins.server import Running, serving

GENERATED = Path(__file__).parents[2] / "generated" / "intune"
ORGANIZATION = "example.acme"
TENANT = "11111111-2222-4333-8444-555555555555"
ANSWER = 0.5
"""Seconds that aipol waits for an answer here."""
_OTHERS = {
    "name": "Wi-Fi at the office",
    "description": "By hand",
    "platforms": "windows10",
    "technologies": "mdm",
    "settings": [],
}


class Killed(BaseException):
    """The process is no more; nothing catches it."""


@dataclass
class Time:
    """Time that only passes while somebody sleeps."""

    at: float = 1_000_000.0

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.at += seconds

    def clock(self) -> Clock:
        """As aipol has it."""
        return Clock(lambda: self.at, self.sleep)


@dataclass
class Office:
    """A tenant that is served, a folder of journals, and whoever applies."""

    standin: GraphStandin
    running: Running
    folder: Path
    time: Time = field(default_factory=Time)

    @contextmanager
    def remote(self) -> Iterator[IntuneRemote]:
        """Intune's side, opened anew as each process does."""
        variables = {"AIPOL_GRAPH_URL": self.running.url, "AIPOL_GRAPH_TOKEN": "demo"}
        settings = Settings.model_validate_json(json.dumps({"tenant": TENANT}))
        surroundings = Surroundings(ORGANIZATION, variables, self.time.clock())
        found = open_remote(settings, surroundings, Timeouts(answer=ANSWER))
        try:
            yield found
        finally:
            found.close()

    def plan(self) -> Plan:
        """What has to be done."""
        with self.remote() as remote:
            return compare(remote, Asked(ORGANIZATION, remote.wanted(files())), remote.observe())

    def apply(self, *, dies: Callable[[int, bool], bool] | None = None) -> tuple[Result, ...]:
        """What `aipol apply` does: settle, plan, carry out. `dies` kills it at a write."""
        with self.remote() as remote:
            self._settle(remote)
            made = compare(remote, Asked(ORGANIZATION, remote.wanted(files())), remote.observe())
            if dies is not None:
                _mortal(remote, dies)
            if not made.writes:
                return ()
            head = Head(self.time.at, "0" * 64, Inputs("", "", "", "", "", ""), made)
            writer = start(self.folder, f"{int(self.time.at)}", head)
            return Carrying(remote, writer, self.time.clock(), _nobody).run(made)

    def until_done(self, tries: int = 4) -> int:
        """Apply until all is done; how many applies it took."""
        for number in range(1, tries + 1):
            if all(each.outcome is Outcome.DONE for each in self.apply()):
                return number
        raise AssertionError("it does not come to an end")

    def _settle(self, remote: IntuneRemote) -> None:
        for path in journals(self.folder):
            try:
                journal = read(path)
            except NotBegun:
                continue
            if journal.unsettled:
                settle(remote, journal, self.time.clock())

    def counts(self) -> dict[str, int]:
        """How many objects bear each key, and under an empty key how many are others'."""
        found: dict[str, int] = {}
        for kind in self.standin.state().values():
            for each in kind.values():
                mark = mark_in(str(each.get("description") or ""))
                key = mark.key if mark else ""
                found[key] = found.get(key, 0) + 1
        return found


def files() -> dict[str, bytes]:
    """What the example policy compiles to for Intune."""
    return {
        path.relative_to(GENERATED).as_posix(): path.read_bytes()
        for path in sorted(GENERATED.rglob("*.json"))
    }


@contextmanager
def office(
    folder: Path, faults: Faults | None = None, tenant: Tenant | None = None
) -> Iterator[Office]:
    """A tenant with something of somebody else's."""
    standin = GraphStandin(tenant or Tenant(id=TENANT))
    standin.seed("configurationPolicies", _OTHERS)
    with serving(standin, faults) as running:
        yield Office(standin, running, folder)


def _mortal(remote: IntuneRemote, dies: Callable[[int, bool], bool]) -> None:
    """Let the process end at a write, before it is sent or when it is answered."""
    transport: Any = remote._graph.transport
    send, count = transport.send, iter(range(1, 10_000))

    def sending(request: Any) -> Any:
        if request.method == "GET" or request.url.endswith("/$batch"):
            return send(request)
        number = next(count)
        if dies(number, False):
            raise Killed
        answer = send(request)
        if dies(number, True):
            raise Killed
        return answer

    transport.send = sending


def _nobody(event: Begun | Result) -> None:
    """Nobody looks on."""
