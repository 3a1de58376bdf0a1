"""Decide which answers a coverage record admits, and which of its deviations are real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from aipol.audience import Region
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import Ir
from aipol.target import EFFECT_CLAUSE, Coverage, Deviation, Kind, Status, Target
from aipol.verify.panel import Panel, View
from aipol.verify.probes import HostProbes, Probe
from aipol.vocabulary import Effect, Situation

Records = Mapping[tuple[str, str], list[Coverage]]

SILENT = frozenset({Status.UNSUPPORTED, Status.NOT_APPLICABLE, Status.LICENCE_MISSING})
_Told = tuple[str, Deviation]
_Answered = tuple[View, str, Situation, frozenset[str], Effect]


@dataclass
class Check:
    """One run over one target's artefacts."""

    ir: Ir
    target: Target
    panel: Panel
    records: Records
    asked: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Rulings with the devices on which something could be asked about them."""
    tried: set[_Told] = field(default_factory=set[_Told])
    """Deviations, by ruling, that some question was about."""
    real: set[_Told] = field(default_factory=set[_Told])
    """Those among them that some answer bore out."""
    _wrong: dict[_Answered, AbstractSet[str]] = field(
        default_factory=dict[_Answered, AbstractSet[str]]
    )

    @cached_property
    def levels(self) -> int:
        """How many labels below a host records tell apart at most, 0 where they do not."""
        told = (
            found.value
            for records in self.records.values()
            for r in records
            for found in r.deviations
        )
        return max((value.count("*.") for value in told), default=0)

    def wrong(
        self, view: View, client: str, situation: Situation, probes: HostProbes
    ) -> AbstractSet[str]:
        """The hosts that a path answers otherwise than expected; surfaces share what is asked."""
        key = (view, client, situation, probes.hosts, probes.expected)
        known = self._wrong.get(key)
        if known is None:
            blocked = self.panel.blocked(view, client, situation, probes.hosts)
            known = self._wrong[key] = probes.wrong(blocked)
        return known

    def admits(
        self, record: Coverage, probe: Probe, client: str, *, people: Region, found: Effect
    ) -> bool:
        """Whether `record` says that `people` get `found` instead of what they should."""
        looser = found.strictness < probe.expected.strictness
        if record.status in SILENT:
            return looser
        wanted = Status.LOOSER if looser else Status.STRICTER
        about = [
            deviation
            for deviation in record.deviations
            if deviation.status is wanted
            and deviation.speaks_of(probe.named, probe.value, client)
            and deviation.found in {None, found}
        ]
        universe = self.ir.universe
        # One that is about some of them only is borne out as well, if it admits nobody else.
        self.real |= {
            (record.ruling, deviation)
            for deviation in about
            if universe.overlap(people, deviation.people)
        }
        return any(universe.within(people, deviation.people) for deviation in about)


def claim_findings(check: Check) -> Iterator[Diagnostic]:
    """Claims that contradict themselves, cannot be checked, or confess to what is not so."""
    for records in check.records.values():
        for record in records:
            why = _contradiction(record) or _unasked(check, record)
            if why:
                yield _untrue(check, record.ruling, record.status, why)
    for ruling, deviation in check.tried - check.real:
        what = f"{deviation.client} `{deviation.value}`"
        yield _untrue(check, ruling, deviation.status, f"{what} does what the policy says")


def _contradiction(record: Coverage) -> str:
    """How the status fails to sum up the deviations, if it does."""
    statuses = {deviation.status for deviation in record.deviations}
    if record.status is Status.ENFORCED and statuses:
        return "it lists deviations"
    if record.status is Status.STRICTER and Status.LOOSER in statuses:
        return "it lists looser deviations"
    return ""


def _unasked(check: Check, record: Coverage) -> str:
    """Why a clause that is said to hold could not be put to the test, if it could not."""
    ruling = check.ir.by_id[record.ruling]
    if not record.status.holds or (
        ruling.effect is Effect.ALLOW and record.clause == EFFECT_CLAUSE
    ):
        return ""
    if record.clause == "data.max":
        planes = check.panel.decider.clients(Kind.DATA)
        return "" if planes or ruling.effect is Effect.BLOCK else "no reader knows of data"
    if record.clause != EFFECT_CLAUSE:
        return _unasked_obligation(check, record)
    situations = check.panel.told_apart(record.situations)
    missing = [s.device for s in situations if (record.ruling, s.device) not in check.asked]
    if not missing:
        return ""
    return f"no reader could be asked about any identifier of it on {', '.join(missing)}"


def _unasked_obligation(check: Check, record: Coverage) -> str:
    """Why an obligation that is said to hold could not be put to the test, if it could not."""
    if record.clause == "via" or record.clause in check.panel.decider.clients(Kind.HELD):
        return ""  # `via` is asked as what a direct connection may do
    if record.reason and record.reason.by_definition:
        return ""
    return "no reader could be asked whether it is carried out"


def _untrue(check: Check, ruling: str, claim: Status, why: str) -> Diagnostic:
    return codes.COVERAGE_UNTRUE.at(
        check.ir.by_id[ruling].decided_by.span,
        target=check.target.id,
        claim=claim,
        ruling=ruling,
        why=why,
        hint="let the coverage record say what the artefacts do",
    )
