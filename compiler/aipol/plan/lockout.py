"""Say what nothing may block that would be blocked once a plan was carried out.

What a policy compiles to was verified. What a rollback brings back was not: it is what somebody had
there. So what would stand of ours, whichever of the two it is, is read back and asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aipol.diagnostics import Diagnostic, codes
from aipol.difference.answers import Hearing, answer
from aipol.difference.questions import Thing, needed
from aipol.difference.shifts import without_below
from aipol.ir import Ir
from aipol.plan.model import Plan
from aipol.plan.reading import CannotRead, Objects, Reading, standing
from aipol.remote import ReadsBack, Wanted
from aipol.source import Span
from aipol.target import Answer, Decider
from aipol.vocabulary import Effect

_NAMED, _MOST_UNREAD = 3, 10


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and which objects could not be read, each with the reason."""

    findings: tuple[Diagnostic, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()

    def notes(self) -> Iterator[str]:
        """What a person should look at themselves."""
        for key, why in self.unread:
            yield f"{key} cannot be read back, so look yourself whom it locks out: {why}"

    def strictly(self, plan: Plan, span: Span) -> Iterator[Diagnostic]:
        """All of it as reasons not to carry the plan out: what aipol writes it can read."""
        yield from self.findings
        for name, why in self.unread:
            yield codes.NOT_READ_BACK.at(span, name=name, place=plan.place, why=why)


def checked(ir: Ir, reading: Reading, plan: Plan, span: Span) -> Checked:
    """What a plan would leave of ours; `span` is where the policy configures the target."""
    if not isinstance(reading.remote, ReadsBack):
        return Checked()  # what such a target writes was verified, and is all that is known
    decider, unread = _readable(reading, standing(_afterwards(plan)))
    if decider is None:
        return Checked((), unread)
    found = dict(_blocked(ir, reading, decider))
    return Checked((_finding(plan, span, found),) if found else (), unread)


def _finding(plan: Plan, span: Span, found: dict[Thing, tuple[Answer, str]]) -> Diagnostic:
    names = [f"`{name}`" for name in without_below(thing.name for thing in found)]
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    first, purpose = next(iter(found.values()))
    where = f"{first.artifact} ({first.locator})" if first.locator else first.artifact
    return codes.LOCKED_OUT.at(
        span,
        names=", ".join(names[:_NAMED]) + more,
        place=plan.place,
        hint=f"needed for {purpose}; it would be by {where}",
    )


def _afterwards(plan: Plan) -> Objects:
    """What there would be of ours, and of what we would bring back."""
    found: dict[str, Wanted] = {}
    for change in plan.changes:
        if change.after is not None:
            key = f"{change.key} {change.id}" if change.key in found else change.key
            found[key] = Wanted(key, change.kind, change.name, change.after)
    return found


def _blocked(
    ir: Ir, reading: Reading, decider: Decider
) -> Iterator[tuple[Thing, tuple[Answer, str]]]:
    """What is needed and blocked for anybody anywhere, with the answer and what for."""
    hearing = Hearing(ir, reading.target, decider, decider)
    for thing, purpose in needed(ir, (decider,)).items():
        answers = (answer(decider, question) for question, _ in hearing.asked(thing))
        for each in answers:
            # Where objects are at odds, none of them is sure to block it.
            if isinstance(each, Answer) and each.effect is Effect.BLOCK:
                yield thing, (each, purpose)
                break


def _readable(
    reading: Reading, objects: Objects
) -> tuple[Decider | None, tuple[tuple[str, str], ...]]:
    """What all objects do but those that no reader accounts for, which are few if any."""
    left, unread = dict(objects), list[tuple[str, str]]()
    while True:
        try:
            return reading.of(left.values()), tuple(unread)
        except CannotRead as fault:
            if len(unread) == _MOST_UNREAD:
                return None, (*unread, ("what else there is", str(fault)))
            guilty = _guilty(reading, left)
            unread.append((guilty, str(fault)))
            left = dict(standing({key: left[key] for key in left if key != guilty}))


def _guilty(reading: Reading, objects: Objects) -> str:
    """The first object with which those before it cannot be read any more, found by halves."""
    keys = list(objects)
    low, high = 0, len(keys)  # those before `low` can be read, those before `high` cannot
    while high - low > 1:
        middle = (low + high) // 2
        try:
            reading.of(standing({key: objects[key] for key in keys[:middle]}).values())
            low = middle
        except CannotRead:
            high = middle
    return keys[low]
