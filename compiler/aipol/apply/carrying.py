"""Carry out a plan's changes: each is written down, made, looked at, and written down as done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from aipol.apply.events import Begun, Outcome, Result
from aipol.apply.journal import Writer
from aipol.apply.making import Making, NotSent
from aipol.plan.model import Action, Change, Plan
from aipol.remote import Clock, InDoubt, Remote, RemoteError

Tell = Callable[[Begun | Result], None]
NEEDED = "what it needs was not done"
BEFORE_DELETING = "nothing is deleted after a change that failed"
STOPPED = "stopped before it was begun"


@dataclass
class Carrying:
    """Carries out one plan. Each result is told as soon as it is known."""

    remote: Remote
    journal: Writer
    clock: Clock
    tell: Tell
    _stop: threading.Event = field(default_factory=threading.Event)
    _told: threading.Lock = field(default_factory=threading.Lock)

    def run(self, plan: Plan) -> tuple[Result, ...]:
        """Make every change that writes; what fails stops only what needs it, and deletions."""
        changes = plan.writes
        making = Making(self.remote, self.journal, self.clock, plan.changes)
        results: dict[int, Result] = {}
        try:
            for level in levels(changes):
                self._level(level, changes, results, making)
        except KeyboardInterrupt:
            self.journal.note("end", how="interrupted")
            raise
        whole = all(each.outcome is Outcome.DONE for each in results.values())
        self.journal.note("end", how="complete" if whole else "failed")
        return tuple(results[index] for index in range(len(changes)))

    def _level(
        self,
        level: list[int],
        changes: tuple[Change, ...],
        results: dict[int, Result],
        making: Making,
    ) -> None:
        """Make changes that need nothing of one another, as many at once as the vendor takes."""
        undone = {each.change.key for each in results.values() if each.outcome is not Outcome.DONE}

        def one(index: int) -> Result:
            return self._one(index, changes[index], undone, making)

        with ThreadPoolExecutor(max_workers=max(1, self.remote.concurrency)) as pool:
            futures = {index: pool.submit(one, index) for index in level}
            try:
                for index, future in futures.items():
                    results[index] = future.result()
            except BaseException:
                # What is under way is finished; what is not begun stays so.
                self._stop.set()
                raise

    def _one(self, index: int, change: Change, undone: set[str], making: Making) -> Result:
        why = self._obstacle(change, undone)
        if why:
            return self._ended(Result(change, Outcome.SKIPPED, why))
        self._say(Begun(change))
        self.journal.note("begin", index, at=self.clock.now())
        try:
            made = making.make(index, change)
        except InDoubt as error:
            return self._ended(Result(change, Outcome.DOUBTFUL, str(error)))
        except RemoteError as error:
            sent, now = not isinstance(error, NotSent), self.clock.now()
            self.journal.note("failed", index, why=str(error), sent=sent, at=now)
            return self._ended(Result(change, Outcome.FAILED, str(error)))
        now = self.clock.now()
        self.journal.note("done", index, id=made.id, seen=made.seen, at=now)
        return self._ended(Result(change, Outcome.DONE, id=made.id))

    def _obstacle(self, change: Change, undone: set[str]) -> str:
        if self._stop.is_set():
            return STOPPED
        if change.action is Action.DELETE and undone:
            return BEFORE_DELETING
        return NEEDED if undone.intersection(change.needs) else ""

    def _ended(self, result: Result) -> Result:
        self._say(result)
        return result

    def _say(self, event: Begun | Result) -> None:
        with self._told:
            self.tell(event)


def levels(changes: tuple[Change, ...]) -> list[list[int]]:
    """Changes by their places, in groups that need nothing of one another; deletions come last."""
    height: dict[str, int] = {}
    groups: dict[tuple[bool, int], list[int]] = {}
    for index, change in enumerate(changes):
        removal = change.action is Action.DELETE
        level = 1 + max((height.get(need, 0) for need in change.needs), default=0)
        height[change.key] = max(height.get(change.key, 0), level)
        groups.setdefault((removal, level), []).append(index)
    return [groups[key] for key in sorted(groups)]
