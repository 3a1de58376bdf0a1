"""Turns the answers of two readers into where they differ, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from aipol.audience import Region
from aipol.difference.questions import Questions, Thing
from aipol.difference.strictness import Direction
from aipol.ir import Ir
from aipol.target import Answer, Decider, Kind, Question, Target, UnreadableArtifact
from aipol.verify.edges import subjects_seen
from aipol.verify.subjects import Subject
from aipol.vocabulary import Effect, Situation

DETAILED = frozenset({Kind.HEADER, Kind.HELD})
AT_ODDS = "at odds"
"""What is said where there is no answer."""
_ELSEWHERE = {"macos": "managed-windows", "windows": "managed-macos"}


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing on one path for which two readers answer some people differently.

    Where objects are at odds for them, so that no reader can say, `why` tells which.
    """

    thing: Thing
    question: Question
    """As it was asked for one of the people."""
    people: Region
    seat: str
    """The device, or the segment of the network, as the target knows it."""
    before: str
    after: str
    direction: Direction
    why: str = ""


@dataclass(frozen=True)
class Hearing:
    """Two readers of one target's artefacts, asked the same."""

    ir: Ir
    target: Target
    before: Decider
    after: Decider

    @cached_property
    def questions(self) -> Questions:
        """All that either can be asked."""
        return Questions(self.ir, (self.before, self.after))

    def heard(self) -> Iterator[Heard]:
        """Everything that they answer differently."""
        for thing in self.questions.uses:
            for question, who in self.asked(thing):
                yield from self._of(thing, question, who)

    def asked(self, thing: Thing) -> Iterator[tuple[Question, Subject]]:
        """Everything to ask about a thing, with those whom an answer is about."""
        for situation in self._situations:
            for client in self._paths(thing, situation):
                for who in self._groups[thing.kind]:
                    question = Question(thing.kind, thing.value, who.identity, client, situation)
                    yield question, who

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The paths that either knows."""
        return tuple(dict.fromkeys((*self.before.clients(kind), *self.after.clients(kind))))

    @cached_property
    def _situations(self) -> tuple[Situation, ...]:
        """One of each kind of situation that a reader tells apart: it sees the device, or none."""
        if self._by_address:
            return self.target.reach[:1]
        return tuple({each.device: each for each in self.target.reach}.values())

    @property
    def _by_address(self) -> bool:
        return self.target.identity == "networks"

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """Everybody that either tells apart."""
        both = (subjects_seen(self.ir, self.target, each) for each in (self.before, self.after))
        return tuple({each.identity: each for found in both for each in found}.values())

    @cached_property
    def _groups(self) -> dict[Kind, tuple[Subject, ...]]:
        return {kind: tuple(self._alike(kind)) for kind in Kind if self.clients(kind)}

    def _alike(self, kind: Kind) -> Iterator[Subject]:
        """One of those whom both answer alike, for all of them."""
        alike: dict[object, list[Subject]] = {}
        for each in self.subjects:
            views = (self.before.view(each.identity, kind), self.after.view(each.identity, kind))
            # A segment's people may sit in others, too: their answers are told by the segment.
            alike.setdefault((views, _seat(each) if self._by_address else ""), []).append(each)
        for found in alike.values():
            people = self.ir.universe.any_of(each.people for each in found)
            yield Subject(found[0].label, found[0].identity, people)

    def _paths(self, thing: Thing, situation: Situation) -> tuple[str, ...]:
        known = self.clients(thing.kind)
        if not thing.form:
            return known
        elsewhere = _ELSEWHERE.get(thing.form.partition(":")[0]) == situation.device
        return (thing.form,) if thing.form in known and not elsewhere else ()

    def _of(self, thing: Thing, asked: Question, who: Subject) -> Iterator[Heard]:
        old, new = answer(self.before, asked), answer(self.after, asked)
        before, after = said(thing.kind, old), said(thing.kind, new)
        if before == after:
            return
        if thing.kind in DETAILED and (_refused(self.before, asked) or _refused(self.after, asked)):
            return  # what is refused is told as that
        why = next((each for each in (new, old) if isinstance(each, str)), "")
        seat = _seat(who) if self._by_address else asked.situation.device
        way = _way(thing.kind, old, new)
        yield Heard(thing, asked, who.people, seat, before, after, way, why)


def _seat(who: Subject) -> str:
    """The segment that an address is of."""
    return who.label.partition(" at ")[0]


def answer(decider: Decider, asked: Question) -> Answer | str:
    """A reader's answer, or why there is none: it may find only now that objects are at odds."""
    try:
        return decider.decide(asked)
    except UnreadableArtifact as fault:
        return f"{fault.artifact} {fault.why}"


def _refused(decider: Decider, asked: Question) -> bool:
    """Whether a host is blocked on any path, so that nothing is sent to it."""
    questions = (
        replace(asked, kind=Kind.HOST, client=client) for client in decider.clients(Kind.HOST)
    )
    answers = (answer(decider, each) for each in questions)
    return any(isinstance(each, Answer) and each.effect is Effect.BLOCK for each in answers)


def said(kind: Kind, given: Answer | str) -> str:
    """What an answer comes to for a person."""
    if isinstance(given, str):
        return AT_ODDS
    return given.detail if kind in DETAILED else (given.effect or Effect.ALLOW).value


def _way(kind: Kind, before: Answer | str, after: Answer | str) -> Direction:
    if isinstance(before, str) or isinstance(after, str):
        return Direction.OTHER
    if kind in DETAILED:
        if before.detail and after.detail:
            return Direction.OTHER
        return Direction.STRICTER if after.detail else Direction.LOOSER
    old, new = before.effect or Effect.ALLOW, after.effect or Effect.ALLOW
    return Direction.LOOSER if new.strictness < old.strictness else Direction.STRICTER
