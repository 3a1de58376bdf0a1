"""Tells for each host of an app how each target says it to one person, as its files are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from aipol.domains import Intent
from aipol.expressed import Expressed, carried_out, expressed, names_of, worst
from aipol.hosts import PATH_UNSEEN, SHARED_HOST
from aipol.report.person import ACTING, NETWORKS, exactly
from aipol.report.reasons import INDISTINCT
from aipol.target import EFFECT_CLAUSE, EXCEPTED, Deviation, Kind, Question, Status
from aipol.verify.accounts import keeps_out
from aipol.verify.panel import family_of
from aipol.verify.probes import address_probes
from aipol.verify.settled import reference_of
from aipol.vocabulary import Account, Effect

if TYPE_CHECKING:
    from aipol.audience import Person
    from aipol.claims import Claim
    from aipol.ir import Ir, Ruling
    from aipol.pipeline import Run
    from aipol.target import Answer, Coverage, Decider
    from aipol.vocabulary import Situation

_Rank = tuple[bool, bool]
ADDRESS = "address"
"""What an entry's match is called where it is a part of a site."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One host pattern, or address, as one target says it.

    `client` is the enforcement path, or one family of addresses on it (`dns-policy/ipv6`) where the
    families differ. `device` is empty where the target sees no devices.
    """

    host: str
    match: str
    target: str
    site: str
    client: str
    device: str
    situations: tuple[Situation, ...]
    verdict: Expressed
    reason: str = ""
    """The names of the reasons that the target gives for it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A target's files, read back; `ir` is the policy there as written, before any tightening."""

    run: Run
    decider: Decider
    ir: Ir


def entries_of(
    heard: Heard, who: tuple[Person, Ruling], identities: Iterable[frozenset[str]]
) -> Iterator[Entry]:
    """How a target says every host pattern that decides about the use, wherever it acts."""
    ruling, seats = who[1], sorted(_by_family(heard.run, identities).items())
    claims = heard.ir.apps[ruling.app].behind[ruling.surface]
    for records in _devices(heard.run, ruling):
        for client in heard.decider.clients(Kind.HOST):
            asked = [_Asked(heard, *who, claim, client, records) for claim in claims]
            yield from _alike([[each.entry(*seat) for each in asked] for seat in seats])


def _by_family(
    run: Run, identities: Iterable[frozenset[str]]
) -> Mapping[str, tuple[frozenset[str], ...]]:
    """Seats by what their path is called: a record may be about one family of addresses alone."""
    found: dict[str, tuple[frozenset[str], ...]] = {}
    for identity in identities:
        family = family_of(identity) if run.target.identity == NETWORKS else ""
        found[family] = (*found.get(family, ()), identity)
    return found


def _alike(families: list[list[Entry]]) -> Iterator[Entry]:
    """One of each entry where the families of addresses get all the same."""
    plain = [
        [replace(each, client=each.client.partition("/")[0]) for each in found]
        for found in families
    ]
    same = all(found == plain[0] for found in plain)
    for found in plain[:1] if same else families:
        yield from found


def _devices(run: Run, ruling: Ruling) -> Iterator[tuple[Coverage, ...]]:
    """The records of what the target does about the use, for each device that it tells apart.

    Where it is not, there is nothing to tell.
    """
    found: dict[str, list[Coverage]] = {}
    for record in run.coverage:
        absent = record.status is Status.NOT_APPLICABLE or (record.reason and record.reason.absent)
        if (record.ruling, record.clause) != (ruling.id, EFFECT_CLAUSE) or absent:
            continue
        devices = {situation.device: situation for situation in record.situations}
        for device in ("",) if run.target.identity == NETWORKS else devices:
            here = tuple(s for s in record.situations if device in {"", s.device})
            found.setdefault(device, []).append(replace(record, situations=here))
    yield from (tuple(found[device]) for device in sorted(found))


@dataclass(frozen=True)
class _Asked:
    """One pattern on one enforcement path; `records` are what is said of the use there."""

    heard: Heard
    person: Person
    ruling: Ruling
    claim: Claim
    client: str
    records: tuple[Coverage, ...]

    @cached_property
    def situations(self) -> tuple[Situation, ...]:
        """Where it is so."""
        return tuple(sorted({s for record in self.records for s in record.situations}))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Names of every kind that the pattern is about, or ways to ask for an address."""
        claim = self.claim
        if claim.address is None:
            return names_of(claim.host, claim.intent)
        if self.kind is Kind.HOST:
            return (claim.host,)
        probes = address_probes(self.heard.ir, self.ruling, self.heard.decider)
        return tuple(probe.value for probe in probes if probe.named == claim.named)

    @cached_property
    def kind(self) -> Kind:
        """What a path can be asked about: many see no more of an address than its host."""
        paths = self.heard.decider.clients(Kind.URL) if self.claim.address else ()
        return Kind.URL if self.client in paths else Kind.HOST

    def entry(self, family: str, seats: tuple[frozenset[str], ...]) -> Entry:
        """The worst that is said to somebody who comes from any of `seats`."""
        run, claim = self.heard.run, self.claim
        verdict = worst(self._verdict(seat) for seat in seats)
        by_network = run.target.identity == NETWORKS
        entry = Entry(
            claim.named,
            ADDRESS if claim.address else claim.intent.value,
            run.target.id,
            run.site,
            f"{self.client}{family}",
            "" if by_network else self.situations[0].device,
            self.situations,
            verdict,
        )
        return replace(entry, reason=self._reason(entry))

    def _verdict(self, seat: frozenset[str]) -> Expressed:
        claim = self.claim
        around = self.own if claim.address else names_of(claim.host, Intent.SUBTREE)
        effects = {name: self._ask(seat, self.kind, name).effect for name in (*self.own, *around)}
        answers = (effects[name] or Effect.ALLOW for name in self.own)
        kept = self._kept_out(seat)
        carried = Expressed.EXACT if kept else carried_out(self.ruling.direct, answers)
        return expressed(
            self.own, around, self._wanted, lambda name: effects[name] is Effect.BLOCK, carried
        )

    def _wanted(self, name: str) -> bool:
        """Whether the policy blocks a name for the person, whatever they want there."""
        ir, address = self.heard.ir, self.claim.address
        reference = reference_of(ir)
        allowed = reference.allowed_at(address) if address else reference.allowed(name)
        return not ir.universe.contains(allowed, self.person)

    def _ask(self, seat: frozenset[str], kind: Kind, value: str) -> Answer:
        question = Question(kind, value, seat, self.client, self.situations[0])
        return self.heard.decider.decide(question)

    def _kept_out(self, seat: frozenset[str]) -> bool:
        """Whether a tenant header does what the rule says of personal accounts."""
        headed = self.client in self.heard.decider.clients(Kind.HEADER)
        if self.ruling.account is not Account.PERSONAL or not headed or self.claim.address:
            return False
        ir = self.heard.run.ir
        people = exactly(ir.universe, self.person)
        return keeps_out(ir, self.ruling, people, self.own, lambda k, v: self._ask(seat, k, v))

    def _reason(self, entry: Entry) -> str:
        """The names of the reasons that the target gives for it; nothing where it is exact."""
        if entry.verdict is Expressed.EXACT:
            return ""
        ranked = sorted(set(self._told(entry)))
        others = not ranked or ranked[0][0][0]
        idle = next(
            (r.reason.code for r in self.records if r.reason and r.status not in ACTING), ""
        )
        if others and idle:
            return idle
        told = [reason for rank, reason in ranked if rank == ranked[0][0]]
        return ", ".join(told) or self._of_records(entry)

    def _of_records(self, entry: Entry) -> str:
        """The reason of the use's own records, where no deviation is about the entry."""
        given = next((record.reason.code for record in self.records if record.reason), "")
        if not given and self.claim.shared and self._is_looser(entry):
            return (PATH_UNSEEN if self.claim.address else SHARED_HOST).code
        # Whoever has no network of their own gets what those have whose network they sit on.
        return given or INDISTINCT

    def _told(self, entry: Entry) -> Iterator[tuple[_Rank, str]]:
        """The reasons of deviations about the entry, with how far each is from being its own.

        What is wrong below a host that one rule is about may be a fault against another's only.
        """
        run, here = self.heard.run, set(self.situations)
        for record in run.coverage:
            if record.clause == EFFECT_CLAUSE and here.intersection(record.situations):
                others = record.ruling != self.ruling.id
                for each in record.deviations:
                    meant = each.value != "*" or not others
                    mine = run.ir.universe.contains(each.people, self.person)
                    if meant and mine and self._is_about(each, entry):
                        around = _place(each) not in {"*", entry.host}
                        yield (others, around), each.reason.code

    def _is_looser(self, entry: Entry) -> bool:
        """Whether what is wrong is let through, for an entry that is not exact."""
        if entry.verdict is Expressed.IMPOSSIBLE:
            return self._wanted(self.own[0])
        return entry.verdict is Expressed.NARROWED

    def _is_about(self, deviation: Deviation, entry: Entry) -> bool:
        """Whether it is about the entry's host or names below it, and goes the same way."""
        status = Status.LOOSER if self._is_looser(entry) else Status.STRICTER
        place = _place(deviation)
        # What is so below a name above it is so below it.
        within = place.endswith(f".{entry.host}") or entry.host.endswith(f".{place}")
        near = place in {"*", entry.host} or within
        said = deviation.status is status and deviation.concerns(entry.client)
        return said and (near or deviation.value == EXCEPTED)


def _place(deviation: Deviation) -> str:
    """The host that a deviation is about, or about what is below it."""
    place = deviation.value
    while place.startswith("*."):
        place = place.removeprefix("*.")
    return place
