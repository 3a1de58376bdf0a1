"""Carry plans out, and tell how it goes: a line an object, or lines of JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aipol.apply.events import Begun, Result
    from aipol.apply.journal import Head
    from aipol.diagnostics import Diagnostic
    from aipol.plan.model import Plan, Plans
    from aipol.remote import Remote
    from aipol.source import Sources

EVENTS = "aipol.events/1"


def settled(remotes: tuple[Remote, ...], state: Path) -> None:
    """Find out how applies that were cut short, or had no answer, left what they had begun."""
    from aipol.apply.doubts import settle
    from aipol.cli import output
    from aipol.cli.journals import journals_of, unwritable
    from aipol.cli.remotes import clock
    from aipol.remote import RemoteError

    for remote in remotes:
        for journal in journals_of(state, remote):
            if not journal.unsettled:
                continue
            output.remark(f"{remote.target}: `{journal.path}` left something open; looking")
            try:
                settle(remote, journal, clock())
            except RemoteError as error:
                raise click.ClickException(f"{remote.target}: {error}") from None
            except OSError as error:
                raise unwritable(journal.path, error) from None


@dataclass(frozen=True, slots=True)
class How:
    """Where journals go, how it is told, and what it is for."""

    state: Path
    stream: bool = False
    saved: Plans | None = None
    """The saved plan that is carried out."""
    again: str = "apply"
    """What does the rest where not all of it is done; of a rollback that is the same rollback."""
    undoes: str = ""
    """The journal that is rolled back."""


def carry_out(remotes: tuple[Remote, ...], plans: Plans, how: How) -> bool:
    """Carry out plans in turn; whether every change was made."""
    from aipol.apply.journal import Head
    from aipol.cli.remotes import clock
    from aipol.plan.saved import digest

    whole = True
    for remote, plan in zip(remotes, plans.plans, strict=True):
        if plan.writes:
            head = Head(clock().now(), digest(how.saved or plans), plans.inputs, plan, how.undoes)
            whole = _one(remote, head, how) and whole
    return whole


def _one(remote: Remote, head: Head, how: How) -> bool:
    from aipol.apply.carrying import Carrying
    from aipol.apply.events import Outcome
    from aipol.apply.journal import start
    from aipol.cli.journals import folder_of, unwritable
    from aipol.cli.remotes import clock

    stamp = datetime.fromtimestamp(head.at, UTC).strftime("%Y%m%dT%H%M%SZ")
    folder = folder_of(how.state, remote.target)
    teller = _Streaming(head.plan) if how.stream else _Telling(head.plan, _again(head, how))
    try:
        writer = start(folder, stamp, head)
    except OSError as error:
        raise unwritable(folder, error) from None
    try:
        results = Carrying(remote, writer, clock(), teller.tell).run(head.plan)
    except BrokenPipeError:
        raise  # whoever read the events has gone; the journal is as it should be
    except OSError as error:
        raise unwritable(folder, error) from None
    except KeyboardInterrupt:
        _stopped(head, how, writer.path)
        raise
    teller.end(results, writer.path)
    return all(each.outcome is Outcome.DONE for each in results)


def _stopped(head: Head, how: How, journal: Path) -> None:
    """Say how far it got, and both ways on from there."""
    from aipol.apply.journal import read
    from aipol.cli.called import called

    done, every = sum(1 for _ in read(journal).done()), len(head.plan.writes)
    click.echo(
        f"stopped after {done} of {every} changes; to go on: {called()} {_again(head, how)}; "
        f"to go back: {called()} rollback {journal}",
        err=True,
    )


def _again(head: Head, how: How) -> str:
    """What does the rest: an apply, or the same rollback."""
    from aipol.cli.journals import folder_of

    undone = folder_of(how.state, head.plan.target) / how.undoes
    return f"rollback {undone}" if how.undoes else how.again


class _Telling:
    """A line for each object, when it is done; on a terminal also while it is being done."""

    def __init__(self, plan: Plan, again: str) -> None:
        self._plan, self._again, self._done = plan, again, 0
        self._terminal = sys.stderr.isatty()

    def tell(self, event: Begun | Result) -> None:
        """One thing that happened."""
        from aipol.apply.carrying import STOPPED
        from aipol.apply.events import Begun, Outcome
        from aipol.cli import output
        from aipol.diagnostics.quoting import printable
        from aipol.report.plans import SIGNS

        place = f"[{self._done + 1}/{len(self._plan.writes)}]"
        change = event.change
        line = f"{place} {SIGNS[change.action]} {change.key}"
        if isinstance(event, Begun):
            if self._terminal:
                sys.stderr.write(f"\r\x1b[2K{printable(line)} ...")
                sys.stderr.flush()
            return
        if self._terminal:
            sys.stderr.write("\r\x1b[2K")
        self._done += 1
        if event.why == STOPPED:
            return  # how many they are is told in the end
        why = "" if event.outcome is Outcome.DONE else f": {event.outcome}: {event.why}"
        output.remark(f"{line}{why}")

    def end(self, results: tuple[Result, ...], journal: Path) -> None:
        """How all of it went."""
        from aipol.apply.events import Outcome
        from aipol.cli import output
        from aipol.cli.called import called
        from aipol.report.words import count, folded

        numbers = {each: sum(1 for one in results if one.outcome is each) for each in Outcome}
        done = numbers.pop(Outcome.DONE)
        rest = "".join(f", {number} {each}" for each, number in numbers.items() if number)
        head = f"{self._plan.target} at {self._plan.place}: {count(done, 'change')} made{rest}."
        output.answer_lines(folded(head))
        if rest:
            output.answer_lines([f"  To do what is left: {called()} {self._again}"])
        if done:
            output.answer_lines([f"  To go back: {called()} rollback {journal}"])


def refused(found: Sequence[Diagnostic], sources: Sources, stream: bool) -> int:  # noqa: FBT001
    """Tell why nothing is done, in a stream of events as one of them; the exit code."""
    from aipol.cli import output
    from aipol.cli.app import FINDINGS

    if not stream:
        return output.findings(found, sources, "text", EVENTS)
    say_event("refused", {"findings": output.findings_json(found)})
    return FINDINGS


def say_event(event: str, said: dict[str, Any]) -> None:
    """One line of JSON."""
    from aipol.cli import output

    head = {"schema": EVENTS, "event": event}
    output.answer(json.dumps(head | said, sort_keys=True, ensure_ascii=True) + "\n")


class _Streaming:
    """A line of JSON for each thing that happens."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def tell(self, event: Begun | Result) -> None:
        """One thing that happened."""
        from aipol.apply.events import Begun

        change = event.change
        said: dict[str, Any] = {"action": change.action, "kind": change.kind, "key": change.key}
        if isinstance(event, Begun):
            self._say("begun", said)
        else:
            more = {"outcome": event.outcome, "id": event.id, "why": event.why}
            self._say("ended", said | more)

    def end(self, results: tuple[Result, ...], journal: Path) -> None:
        """How all of it went."""
        counts: dict[str, int] = {}
        for each in results:
            counts[each.outcome] = counts.get(each.outcome, 0) + 1
        self._say("finished", {"counts": counts, "journal": str(journal)})

    def _say(self, event: str, said: dict[str, Any]) -> None:
        say_event(event, {"target": self._plan.target, "place": self._plan.place} | said)
