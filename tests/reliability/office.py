"""A vendor that is played, somebody who applies to it, and something that goes wrong once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aipol.apply.carrying import Carrying
from aipol.apply.doubts import settle
from aipol.apply.events import Begun, Outcome, Result
from aipol.apply.journal import Head, Journal, NotBegun, journals, read, start
from aipol.apply.lately import observed
from aipol.plan.model import Inputs, Plan
from aipol.plan.planning import Asked, compare
from aipol.remote import Clock, Remote, Wanted
from aipol_targets.standins.faults import Faults
from aipol_targets.standins.server import Running, serving
from tests.reliability.vendors import Dies, Subject


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
    """A place that is served, a folder of journals, and whoever applies."""

    subject: Subject
    standin: Any
    running: Running
    folder: Path
    time: Time
    before: list[str] = field(default_factory=list[str])
    """What belonged to others when nothing had been applied yet."""

    @contextmanager
    def remote(self, dies: Dies | None = None) -> Iterator[Remote]:
        """The vendor's side, opened anew as each process does."""
        with self.subject.opened(self.running.url, self.time.clock(), dies) as found:
            yield found

    def wanted(self) -> tuple[Wanted, ...]:
        """The objects that the policy asks for."""
        with self.remote() as remote:
            return remote.wanted(self.subject.files())

    def plan(self) -> Plan:
        """What has to be done for the policy."""
        with self.remote() as remote:
            return self._planned(remote, self.wanted())

    def apply(
        self, wanted: tuple[Wanted, ...] | None = None, *, dies: Dies | None = None
    ) -> tuple[Result, ...]:
        """What `aipol apply` does: settle, plan, carry out. `dies` kills it at a write."""
        wanted = self.wanted() if wanted is None else wanted
        with self.remote(dies) as remote:
            for journal in self._journals():
                if journal.unsettled:
                    settle(remote, journal, self.time.clock())
            made = self._planned(remote, wanted)
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

    def _planned(self, remote: Remote, wanted: tuple[Wanted, ...]) -> Plan:
        seen = observed(remote, tuple(self._journals()), self.time.clock())
        return compare(remote, Asked(self.subject.organization, wanted), seen)

    def _journals(self) -> Iterator[Journal]:
        for path in journals(self.folder):
            try:
                yield read(path)
            except NotBegun:
                continue

    def ours(self) -> Counter[tuple[str, str]]:
        """How many objects of ours have each kind and name."""
        held = self.subject.held(self.standin)
        return Counter((each.kind, each.name) for each in held if each.ours)

    def others(self) -> list[str]:
        """What belongs to others, as it is held."""
        return [each.body for each in self.subject.held(self.standin) if not each.ours]


@dataclass
class Scene:
    """How a place was before the apply in which something goes wrong."""

    earlier: tuple[Wanted, ...] = ()
    faults: Faults = field(default_factory=Faults)


@contextmanager
def office(subject: Subject, folder: Path, scene: Scene | None = None) -> Iterator[Office]:
    """A place with something of somebody else's, and what was applied earlier."""
    scene = scene or Scene()
    time = Time()
    standin = subject.standin(time.clock())
    with serving(standin, scene.faults) as running:
        found = Office(subject, standin, running, folder, time)
        found.before = found.others()
        if scene.earlier:
            results = found.apply(scene.earlier)
            assert [each.why for each in results if each.outcome is not Outcome.DONE] == []
            time.sleep(1_000.0)
        yield found


def _nobody(event: Begun | Result) -> None:
    """Nobody looks on."""
