"""Turns what devices are to be given, and what is there, into the changes that lead to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from aipol.diagnostics import Diagnostic
from aipol.publishing.record import (
    NOTHING,
    Entry,
    Files,
    Pending,
    Published,
    Record,
    entry_of,
    lines_of,
)
from aipol.publishing.survey import ABSENT, History, Seen
from aipol.target import Form


@dataclass(frozen=True, slots=True)
class Content:
    """A file as devices are to get it."""

    content: bytes
    form: Form

    @property
    def entry(self) -> Entry:
        """What is remembered of it."""
        return entry_of(self.content, self.form)


Contents = Mapping[str, Content]
"""Files by their path below the directory."""


class Step(StrEnum):
    """What happens to one file."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One file before and after; `was` is what is on the disk, `content` what is to be."""

    path: str
    step: Step
    form: Form
    before: Entry | None
    after: Entry | None
    was: bytes | None
    content: bytes | None
    mode: int

    @property
    def gained(self) -> int:
        """How many entries of a list are new."""
        return len(self._entries(self.content) - self._entries(self.was))

    @property
    def lost(self) -> int:
        """How many entries of a list are gone; of one that is not there, at least so many."""
        if self.was is None and self.before is not None:
            return max(0, self.before.entries - (self.after.entries if self.after else 0))
        return len(self._entries(self.was) - self._entries(self.content))

    def _entries(self, content: bytes | None) -> frozenset[bytes]:
        return lines_of(content) if content is not None and self.form is Form.LIST else frozenset()

    @property
    def turn(self) -> tuple[int, str]:
        """When it happens: nothing is referred to before it is there, or after it has gone."""
        refers = self.form is Form.RULES
        match self.step:
            case Step.NEW:
                return (2 if refers else 0, self.path)
            case Step.CHANGED:
                return (2 if refers else 1, self.path)
            case Step.REMOVED:
                return (3 if refers else 4, self.path)


@dataclass(frozen=True)
class Plan:
    """Everything one publish is to do, or why it may not."""

    changes: tuple[Change, ...]
    untouched: int
    record: Record
    """What is remembered when it is done."""
    pending: Pending
    """What is remembered until then."""
    resumes: bool
    """An earlier publish was cut short."""
    unrecorded: bool
    """What is remembered is not what is there, though the files are right."""
    names: frozenset[str] = frozenset()
    """Every file that it is about."""
    kept: tuple[str, ...] = ()
    """Files that the policy has no more, left for devices that may still use them."""
    edited: tuple[str, ...] = ()
    """Files that somebody has edited, left because there is nothing to undo in them."""
    refusals: tuple[Diagnostic, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether there is nothing to do at all."""
        return not (self.changes or self.resumes or self.unrecorded)


@dataclass(frozen=True)
class Goal:
    """Where a publish is to lead: `wanted` for the paths in `scope`, the others as they are."""

    published: Published
    wanted: Contents
    scope: frozenset[str]
    kept: frozenset[str] = frozenset()
    restoring: bool = False
    forgets: bool = False
    """Afterwards there is no earlier version to go back to."""


def changes(known: History, seen: Mapping[str, Seen], goal: Goal) -> tuple[Change, ...]:
    """What is to be done, in the order in which it is."""
    found = (
        _change(path, known.files.get(path), seen.get(path, ABSENT), goal.wanted.get(path))
        for path in sorted(goal.scope - goal.kept)
    )
    return tuple(sorted((each for each in found if each), key=lambda each: each.turn))


def _change(path: str, entry: Entry | None, there: Seen, wanted: Content | None) -> Change | None:
    was = there.content
    if was == (wanted.content if wanted else None):
        return None
    form = wanted.form if wanted else entry.form if entry else Form.RULES
    before = entry if was is None else entry_of(was, form)
    if wanted is None:
        return Change(path, Step.REMOVED, form, before, None, was, None, there.mode)
    step = Step.NEW if was is None else Step.CHANGED
    return Change(path, step, form, before, wanted.entry, was, wanted.content, there.mode)


def plan(known: History, seen: Mapping[str, Seen], goal: Goal, now: int) -> Plan:
    """The changes with what is remembered of them; refusals are the caller's to add."""
    todo = changes(known, seen, goal)
    stamp = known.stamp(now)
    files = _files(known, goal)
    current = Published(goal.published.organization, goal.published.as_of, files)
    earlier = None if goal.forgets else _previous(known, seen, goal, files)
    return Plan(
        todo,
        len(goal.wanted) - sum(each.content is not None for each in todo),
        Record(current, earlier, stamp),
        _pending(known, todo, restoring=goal.restoring, stamp=stamp),
        known.pending is not None,
        files != known.files or current.organization != known.record.current.organization,
        goal.scope,
        tuple(sorted(goal.kept)),
    )


def _files(known: History, goal: Goal) -> Files:
    others = {
        path: entry
        for path, entry in known.files.items()
        if path not in goal.scope or path in goal.kept
    }
    return {**others, **{path: each.entry for path, each in goal.wanted.items()}}


def _pending(known: History, todo: Iterable[Change], *, restoring: bool, stamp: int) -> Pending:
    """What may be found after a kill now, or after the one that an earlier publish met."""
    digests = dict(known.pending.digests) if known.pending else {}
    for each in todo:
        new = {each.after.sha256} if each.after else set[str]()
        digests[each.path] = digests.get(each.path, frozenset()) | new
    return Pending(digests, restoring, stamp)


def _previous(
    known: History, seen: Mapping[str, Seen], goal: Goal, files: Files
) -> Published | None:
    """What was there before, as a whole set; as remembered where nothing is different from it."""
    current = known.record.current
    if current == NOTHING:
        return None
    before: dict[str, Entry] = {}
    for path in sorted({*files, *known.paths}):
        there = seen.get(path) if path in goal.scope - goal.kept else None
        found = known.files.get(path) if there is None else _before(path, known, there, files)
        if found is not None:
            before[path] = found
    if before == files:
        return known.record.previous
    return Published(current.organization, current.as_of, before)


def _before(path: str, known: History, there: Seen, files: Files) -> Entry | None:
    """One file of the last whole set; what was edited since counts as edited."""
    entry, after = known.files.get(path), files.get(path)
    if known.unfinished(path, there.digest) or (entry and entry.sha256 == there.digest):
        return entry
    if there.content is not None:
        form = entry.form if entry else after.form if after else Form.RULES
        return entry_of(there.content, form)
    # What somebody has taken away has no earlier version: going back leaves the new one.
    return after if entry else None
