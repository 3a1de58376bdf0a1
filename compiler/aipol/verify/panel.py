"""Group subjects by the objects that apply to them, and ask each group every question once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from aipol.audience import NOBODY, Region, Universe
from aipol.blocklist import Blocklist
from aipol.reader import DecidesAll, DecidesMany
from aipol.target import Answer, Decider, Kind, Question
from aipol.verify.subjects import Subject
from aipol.vocabulary import Effect, Situation


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Subjects to whom the same objects apply: a reader answers all of them alike."""

    subjects: tuple[Subject, ...]
    people: Region
    family: str = ""
    """`/ipv4` or `/ipv6`, where records tell the families of source addresses apart."""

    def path(self, client: str) -> str:
        """What records call an enforcement path as these subjects take it."""
        return f"{client}{self.family}"


_Path = tuple[View, str, Situation]


@dataclass
class Panel:
    """Everybody that a target can tell apart."""

    universe: Universe
    decider: Decider
    subjects: tuple[Subject, ...]
    by_address: bool
    """Whether the target sees source addresses only, and so no device."""
    by_family: bool = False
    """Whether any record is about the source addresses of one family alone."""
    _answers: dict[tuple[View, Kind, str, Situation], dict[str, Answer]] = field(
        default_factory=dict[tuple[View, Kind, str, Situation], dict[str, Answer]]
    )
    _blocked_among: dict[_Path, dict[frozenset[str], AbstractSet[str]]] = field(
        default_factory=dict["_Path", dict[frozenset[str], AbstractSet[str]]]
    )
    _people: dict[tuple[Region, View], Region] = field(
        default_factory=dict[tuple[Region, View], Region]
    )
    _behind: dict[tuple[Region, View], tuple[tuple[Subject, Region], ...]] = field(
        default_factory=dict[tuple[Region, View], tuple[tuple[Subject, Region], ...]]
    )
    _strays: dict[tuple[Region, View], View | None] = field(
        default_factory=dict[tuple[Region, View], View | None]
    )

    @cached_property
    def _by_kind(self) -> dict[Kind, tuple[View, ...]]:
        return {kind: tuple(self._grouped(kind)) for kind in Kind if self.decider.clients(kind)}

    @cached_property
    def _many(self) -> DecidesMany | None:
        # Whether an object keeps to a protocol takes long to find out.
        return self.decider if isinstance(self.decider, DecidesMany) else None

    @cached_property
    def _all(self) -> DecidesAll | None:
        return self.decider if isinstance(self.decider, DecidesAll) else None

    def views(self, kind: Kind) -> tuple[View, ...]:
        """The groups that a question of this kind can tell apart."""
        return self._by_kind.get(kind, ())

    def told_apart(self, situations: Iterable[Situation]) -> tuple[Situation, ...]:
        """One of each kind of situation that a reader tells apart: it sees the device."""
        if self.by_address:
            return tuple(situations)[:1]
        return tuple({situation.device: situation for situation in situations}.values())

    def people(self, region: Region, view: View) -> Region:
        """Those of `region` who are behind `view`."""
        key = (region, view)
        known = self._people.get(key)
        if known is None:
            known = self._people[key] = self.universe.both(region, view.people)
        return known

    def behind(self, region: Region, view: View) -> tuple[tuple[Subject, Region], ...]:
        """The subjects of `view` with those of `region` who are behind each."""
        key = (region, view)
        known = self._behind.get(key)
        if known is None:
            pairs = ((s, self.universe.both(region, s.people)) for s in view.subjects)
            known = self._behind[key] = tuple(pair for pair in pairs if pair[1] != NOBODY)
        return known

    def strays(self, region: Region, view: View) -> View | None:
        """The subjects of `view` behind whom nobody of `region` is; None when there are none."""
        key = (region, view)
        if key not in self._strays:
            overlap = self.universe.overlap
            found = tuple(s for s in view.subjects if not overlap(region, s.people))
            self._strays[key] = self._view(found, view.family) if found else None
        return self._strays[key]

    def ask(self, view: View, kind: Kind, value: str, client: str, situation: Situation) -> Answer:
        """The answer that everybody behind `view` gets."""
        known = self._answers.setdefault((view, kind, client, situation), {})
        answer = known.get(value)
        if answer is None:
            question = Question(kind, value, view.subjects[0].identity, client, situation)
            answer = known[value] = self.decider.decide(question)
        return answer

    def blocked(
        self, view: View, client: str, situation: Situation, hosts: frozenset[str]
    ) -> AbstractSet[str]:
        """Those of `hosts` that are blocked for everybody behind `view`."""
        known = self._blocked_among.setdefault((view, client, situation), {})
        found = known.get(hosts)
        if found is None:
            found = known[hosts] = self._blocked(view, client, situation, hosts)
        return found

    def denied(
        self, hosts: Iterable[str], identity: frozenset[str], client: str, situation: Situation
    ) -> Iterable[str]:
        """Those of `hosts` that are blocked for an identity, which need not be anybody's."""
        if self._many is not None:
            return self._many.blocked(hosts, identity, client)
        return (
            host
            for host in hosts
            if self.decider.decide(Question(Kind.HOST, host, identity, client, situation)).effect
            is Effect.BLOCK
        )

    def _blocked(
        self, view: View, client: str, situation: Situation, hosts: frozenset[str]
    ) -> AbstractSet[str]:
        if self._many is not None:
            blocked = self.denied(hosts, view.subjects[0].identity, client, situation)
            # What a reader says of hosts that it was not asked about must not count for others.
            if isinstance(blocked, AbstractSet) and blocked <= hosts:
                return blocked
            return hosts.intersection(blocked)
        return frozenset(
            host
            for host in hosts
            if self.ask(view, Kind.HOST, host, client, situation).effect is Effect.BLOCK
        )

    def blocklist(self, view: View, client: str) -> Blocklist | None:
        """All that is blocked for everybody behind `view`, where the reader can say it."""
        return self._all.blocklist(view.subjects[0].identity, client) if self._all else None

    def _grouped(self, kind: Kind) -> Iterator[View]:
        groups: dict[tuple[Hashable, str], list[Subject]] = {}
        for subject in self.subjects:
            family = family_of(subject.identity) if self.by_family else ""
            seen = self.decider.view(subject.identity, kind)
            groups.setdefault((seen, family), []).append(subject)
        return (self._view(tuple(found), family) for (_, family), found in groups.items())

    def _view(self, subjects: tuple[Subject, ...], family: str) -> View:
        people = self.universe.any_of(subject.people for subject in subjects)
        return View(subjects, people, family)


def family_of(identity: frozenset[str]) -> str:
    """The family of a source address, as records name it."""
    return "/ipv6" if any(":" in address for address in identity) else "/ipv4"
