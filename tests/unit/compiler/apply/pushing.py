"""Plan, apply, settle and roll back in one line each, and what must hold of a place afterwards."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aipol.apply.carrying import Carrying
from aipol.apply.doubts import settle
from aipol.apply.events import Begun, Outcome, Result
from aipol.apply.history import left
from aipol.apply.journal import Head, Journal, NotBegun, journals, read, start
from aipol.apply.undoing import undo
from aipol.plan.model import Action, Cause, Inputs, Plan
from aipol.plan.planning import Asked, compare
from aipol.plan.saved import digest
from aipol.remote import Mark, Wanted, mark_in, resolved
from tests.unit.compiler.apply.vendor import (
    ORGANIZATION,
    FakeRemote,
    Killed,
    Vendor,
    bearing,
)

INPUTS = Inputs("1.0", "policy.yaml", "2026-12-01", "d", "f", "c")


@dataclass
class Pushing:
    """One policy's way to one vendor, with its journals below a folder."""

    folder: Path
    vendor: Vendor = field(default_factory=Vendor)
    remote: FakeRemote = field(init=False)
    told: list[Begun | Result] = field(default_factory=list[Begun | Result])

    def __post_init__(self) -> None:
        self.remote = FakeRemote(self.vendor)

    def plan(self, *wanted: Wanted, adopt: frozenset[str] = frozenset()) -> Plan:
        """The plan; it sends no write."""
        before = len(self.vendor.writes)
        asked = Asked(ORGANIZATION, wanted, adopt=adopt, left=left(tuple(self.journals())))
        made = compare(self.remote, asked, self.remote.observe())
        assert len(self.vendor.writes) == before
        return made

    def apply(self, made: Plan, undoes: str = "") -> tuple[Result, ...]:
        """Carry a plan out."""
        at = self.vendor.time.now()
        head = Head(at, "0" * 64, INPUTS, made, undoes)
        writer = start(self.folder, f"{int(at)}", head)
        clock = self.vendor.time.clock()
        return Carrying(self.remote, writer, clock, self.told.append).run(made)

    def settle(self) -> None:
        """Find out what was left open, as the next apply does."""
        for journal in self.journals():
            if journal.unsettled:
                settle(self.remote, journal, self.vendor.time.clock())

    def journals(self) -> list[Journal]:
        """All that were begun, the oldest first."""
        found = list[Journal]()
        for path in journals(self.folder):
            try:
                found.append(read(path))
            except NotBegun:
                continue
        return found

    def go_on(self, *wanted: Wanted, adopt: frozenset[str] = frozenset()) -> tuple[Result, ...]:
        """What `aipol apply` does: settle, plan, apply."""
        self.vendor.revive()
        self.settle()
        made = self.plan(*wanted, adopt=adopt)
        return self.apply(made) if made.writes else ()

    def until_done(self, *wanted: Wanted, tries: int = 6) -> int:
        """Go on until nothing is left to do; how many applies it took."""
        for number in range(1, tries + 1):
            try:
                results = self.go_on(*wanted)
            except Killed:
                continue
            if all(each.outcome is Outcome.DONE for each in results):
                return number
        raise AssertionError("it does not come to an end")

    def back(self, journal: Journal | None = None) -> Plan:
        """The plan that undoes a journal, or the last one that did anything."""
        found = journal or [each for each in self.journals() if any(each.touched())][-1]
        return undo(self.remote, found, self.remote.observe())

    def roll_back(self, journal: Journal | None = None) -> tuple[Result, ...]:
        """What `aipol rollback` does."""
        self.vendor.revive()
        self.settle()
        made = self.back(journal)
        return self.apply(made, "it") if made.writes else ()


def meaning(vendor: Vendor, remote: FakeRemote) -> dict[str, list[Any]]:
    """What there is, by key where it is ours and by id where not; ids of ours told by keys."""
    found: dict[str, list[Any]] = {}
    keys = {each.id: _key(each.document) for each in vendor.all()}
    for each in vendor.all():
        live = remote._live(each.kind, each.id, deepcopy(each.document))
        body = remote.canonical(each.kind, live.body)
        if body.get("uses"):
            body["uses"] = sorted(keys.get(one) or one for one in body["uses"])
        place = _key(each.document) or f"{each.kind} {body['name']}"
        found.setdefault(place, []).append([each.kind, body, str(live.mark)])
    return {key: sorted(several, key=str) for key, several in sorted(found.items())}


def _key(document: dict[str, Any]) -> str:
    mark = mark_in(document["description"])
    return mark.key if mark and mark.key.startswith(f"{ORGANIZATION}/") else ""


def foreign(vendor: Vendor) -> dict[str, Any]:
    """Others' objects, to the byte."""
    return {each.id: deepcopy(each) for each in vendor.all() if not _key(each.document)}


def holds(vendor: Vendor, remote: FakeRemote, wanted: tuple[Wanted, ...]) -> list[str]:
    """What is wrong with our objects at a vendor: nothing where they are what is wanted."""
    wrong = list[str]()
    ids = {each.key: [one.id for one in bearing(vendor, each.key)] for each in wanted}
    wrong += [f"{key}: {len(found)} objects" for key, found in ids.items() if len(found) != 1]
    if wrong:
        return wrong
    known = {key: found[0] for key, found in ids.items()}
    for each in wanted:
        (stored,) = bearing(vendor, each.key)
        live = remote._live(stored.kind, stored.id, deepcopy(stored.document))
        body = remote.canonical(each.kind, resolved(each.body, known))
        if (stored.kind, remote.canonical(each.kind, live.body)) != (each.kind, body):
            wrong.append(f"{each.key}: {live.body} is not {body}")
        if live.mark is None or live.mark.key != each.key:
            wrong.append(f"{each.key}: mark {live.mark}")
    extra = {_key(one.document) for one in vendor.all()} - {"", *known}
    return wrong + [f"{key}: not wanted" for key in extra]


def as_planned(made: Plan, vendor: Vendor, remote: FakeRemote) -> list[str]:
    """What is not as a plan announced it."""
    wrong = list[str]()
    ids = {
        change.key: stored.id
        for change in made.changes
        if change.after is not None and change.cause is not Cause.DOUBLE
        for stored in bearing(vendor, change.key)
        if stored.id == change.id or change.action is Action.CREATE
    }
    for change in made.changes:
        if change.action is Action.NO_OP and change.cause is not Cause.SAME:
            continue  # it is left for another plan
        if change.action is Action.DELETE:
            if change.id in vendor.objects:
                wrong.append(f"{change.key}: {change.id} is still there")
            continue
        stored = vendor.objects[ids[change.key]]
        live = remote._live(stored.kind, stored.id, deepcopy(stored.document))
        after = remote.canonical(change.kind, resolved(change.after, ids))
        if remote.canonical(change.kind, live.body) != after:
            wrong.append(f"{change.key}: {live.body} is not {after}")
        digest_kept = change.after_digest if vendor.digests else ""
        no_op = change.action is Action.NO_OP and not change.before_digest
        if live.mark != Mark(change.key, "" if no_op else digest_kept):
            wrong.append(f"{change.key}: its mark is {live.mark}")
    return wrong


__all__ = ["INPUTS", "Pushing", "as_planned", "digest", "foreign", "holds", "meaning"]
