"""Probe the ways out of the network: what the policy denies is denied, and nothing else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aipol.bypasses import DOH_ADDRESSES
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import CLOSE_BYPASSES, ONLY_VIA, UNLISTED_AI, PolicyClause
from aipol.segments import segments
from aipol.target import Answer, Kind, PolicyCoverage, Question, Status
from aipol.verify.admitted import SILENT, Check
from aipol.verify.outward import Address, Outward, Way, edges
from aipol.vocabulary import Effect

_ANYWHERE = ("192.0.2.1", "198.51.100.254", "2001:db8::1")
_PROTOCOLS = ("tcp", "udp")
# Those that matter, two that do not, and a protocol that has none.
_PORTS = (53, 80, 123, 443, 853)
_PORTLESS = "gre"
_KNOWN = tuple(map(ipaddress.ip_address, DOH_ADDRESSES))
_KINDS: Mapping[str, frozenset[Kind]] = {
    CLOSE_BYPASSES: frozenset({Kind.WAY, Kind.HOST}),
    ONLY_VIA: frozenset({Kind.WAY}),
    UNLISTED_AI: frozenset({Kind.CATEGORY}),
}
"""What a reader must answer for a claim about a clause to be put to the test."""


def way_findings(check: Check, policy: Iterable[PolicyCoverage]) -> Iterator[Diagnostic]:
    """Wrong answers about ways out, and claims about them that contradict or cannot be checked."""
    records = {record.clause: record for record in policy}
    for record in records.values():
        why = _untrue(check, record)
        if why:
            yield codes.COVERAGE_UNTRUE.at(
                record.clause.span,
                target=check.target.id,
                claim=record.status,
                ruling=record.clause.key,
                why=why,
                hint="let the coverage record say what the artefacts do",
            )
    if check.panel.decider.clients(Kind.WAY):
        yield from _Ways(check, records, Outward(check.ir)).findings()


def _untrue(check: Check, record: PolicyCoverage) -> str:
    """Why a claim about a clause cannot stand, if it cannot."""
    if record.status in SILENT:
        return ""
    if record.status is Status.ENFORCED and (record.deviations or record.leaves):
        return "it lists what stays open or deviates"
    if record.status is Status.STRICTER and record.leaves:
        return "it lists what stays open"
    kinds = _KINDS.get(record.clause.key, frozenset[Kind]())
    asked = any(check.panel.decider.clients(kind) for kind in kinds)
    return "" if asked else "no reader could be asked whether it is carried out"


@dataclass(frozen=True, slots=True)
class _Ways:
    """One run over the ways that one target's artefacts decide about."""

    check: Check
    records: Mapping[PolicyClause, PolicyCoverage]
    outward: Outward

    def findings(self) -> Iterator[Diagnostic]:
        """Each source that is seen in its own way, with all destinations or one of each kind."""
        networks, ports = self._mentioned()
        every = self._destinations(networks)
        kinds = {self.outward.place_of(to): to for to in reversed(every)}
        one_each = [(to, tuple(_ways_to(to, ports))) for to in kinds.values()]
        known = {address + step for address in _KNOWN for step in (-1, 0, 1)} - {*kinds.values()}
        everywhere = [
            (to, tuple(_ways_there(to) if to in known else _ways_to(to, ports))) for to in every
        ]
        seen: set[tuple[object, ...]] = set()
        told: set[tuple[object, ...]] = set()
        for source, seen_as in self._sources(networks):
            places = one_each if seen_as in seen else everywhere
            seen.add(seen_as)
            identity = frozenset({str(source)})
            for to, ways in places:
                if to.version == source.version:
                    for way in ways:
                        for clause, answer in self._wrong(source, identity, way):
                            # One fault opens, or closes, a way to everywhere.
                            fault = (clause, answer, way.protocol, way.port)
                            if fault not in told:
                                told.add(fault)
                                yield self._differs(source, way, answer, clause)

    def _mentioned(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The networks and the ports that the artefacts speak of."""
        said = {value for kind, value in self.check.panel.decider.mentions() if kind is Kind.WAY}
        ports = {int(value) for value in said if value.isdecimal()}
        networks = tuple(sorted(value for value in said if not value.isdecimal()))
        return networks, tuple(sorted({*_PORTS, *ports}))

    def _own_networks(self) -> Iterator[str]:
        """The networks that the policy tells apart."""
        yield from self.check.ir.resolvers
        for gateway in self.check.ir.gateways.values():
            yield from gateway.networks

    def _destinations(self, networks: tuple[str, ...]) -> tuple[Address, ...]:
        found = (
            *map(ipaddress.ip_address, _ANYWHERE),
            *edges(self._own_networks()),
            *(address + step for address in _KNOWN for step in (0, 1, -1)),
            *edges(networks),
        )
        return tuple(dict.fromkeys(found))

    def _sources(self, networks: tuple[str, ...]) -> Iterator[tuple[Address, tuple[object, ...]]]:
        """One address for each way of being seen, by the policy and by the artefacts."""
        parts = segments(self.check.ir)
        own = (text for part in parts for text in part.networks)
        confined = (text for each in self.check.ir.confined for text in each.networks)
        samples = (ipaddress.ip_address(text) for part in parts for text in part.samples)
        every = (*samples, *edges((*own, *confined, *self._own_networks(), *networks)))
        told: set[object] = set()
        for source in dict.fromkeys(every):
            seen_as = self.outward.seen_as(source)
            view = self.check.panel.decider.view(frozenset({str(source)}), Kind.WAY)
            if (seen_as, view) not in told:
                told.add((seen_as, view))
                yield source, seen_as

    def _wrong(
        self, source: Address, identity: frozenset[str], way: Way
    ) -> Iterator[tuple[PolicyClause | None, Answer]]:
        """Each clause that denies a way which is open; None for a way that no clause denies."""
        client = "ipv6" if source.version == 6 else "ipv4"  # noqa: PLR2004 - a version of IP
        situation = self.check.target.reach[0]
        question = Question(Kind.WAY, way.asked, identity, client, situation)
        answer = self.check.panel.decider.decide(question)
        denied = answer.effect is Effect.BLOCK
        forbidding = self.outward.forbidding(source, way)
        if denied is bool(forbidding):
            return
        if denied:
            # Nothing that is said of everybody is said of gateways and resolvers.
            free = self.outward.is_free(source)
            if free or not any(
                _admits(r, way, client, Status.STRICTER) for r in self.records.values()
            ):
                yield None, answer
            return
        for clause in forbidding:
            record = self.records.get(clause)
            if record and not _admits(record, way, client, Status.LOOSER):
                yield clause, answer

    def _differs(
        self, source: Address, way: Way, answer: Answer, clause: PolicyClause | None
    ) -> Diagnostic:
        where = f" ({answer.locator})" if answer.locator else ""
        expected = f"block (`{clause.key}: {clause.value}`)" if clause else "allow"
        return codes.VERDICT_DIFFERS.at(
            clause.span if clause else self.check.ir.unlisted_span,
            artifact=f"{answer.artifact or self.check.target.id}{where}",
            question=f"ipv{source.version} way `{way.asked}` for {source}",
            found=answer.effect or Effect.ALLOW,
            expected=expected,
            hint="a rule is missing, or stands for more, or fewer, addresses than the policy means",
        )


def _ways_there(to: Address) -> Iterator[Way]:
    """The ways that tell a known address from its neighbours; all others of one are tried."""
    for port in (80, 443):
        yield Way.of("tcp", port, to)


def _ways_to(to: Address, ports: Iterable[int]) -> Iterator[Way]:
    for port in ports:
        for protocol in _PROTOCOLS:
            yield Way.of(protocol, port, to)
    yield Way.of(_PORTLESS, 0, to)


def _admits(record: PolicyCoverage, way: Way, client: str, wanted: Status) -> bool:
    """Whether a target says of itself that it answers so."""
    if record.status in SILENT:
        return wanted is Status.LOOSER
    return any(
        each.status is wanted and each.value in {"*", way.named} and each.client in {"*", client}
        for each in record.deviations
    )
