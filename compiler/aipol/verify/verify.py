"""Ask a reader all that the policy answers; report each answer that is not accounted for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from aipol.audience import NOBODY
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import Ir, Ruling
from aipol.source import Span
from aipol.target import EFFECT_CLAUSE, Answer, Coverage, Decider, Kind, PolicyCoverage, Target
from aipol.verify.accounts import account_holds
from aipol.verify.admitted import Check, Records, claim_findings
from aipol.verify.data import data_findings
from aipol.verify.edges import subjects_seen
from aipol.verify.gateways import gateway_findings
from aipol.verify.obligations import obligation_findings, spared_findings
from aipol.verify.panel import Panel, View
from aipol.verify.probes import HostProbes, Probe, address_probes, host_probes, marks_of
from aipol.verify.strangers import stranger_findings
from aipol.verify.subjects import MOST_SUBJECTS, is_sampled
from aipol.verify.switches import switch_findings
from aipol.verify.told import NOTHING_TOLD, told_findings
from aipol.verify.unlisted import unlisted_findings
from aipol.verify.ways import way_findings
from aipol.vocabulary import Effect, Situation

MOST_FINDINGS = 50
"""Findings reported per target; the rest are counted."""


def verify(
    ir: Ir,
    target: Target,
    decider: Decider,
    coverage: Iterable[Coverage],
    policy: Iterable[PolicyCoverage] = (),
    *,
    told: Mapping[str, str] = NOTHING_TOLD,
    indistinct: Collection[str] = (),
) -> tuple[Diagnostic, ...]:
    """Every answer of `decider` that neither the policy nor an account is the reason for.

    `coverage` accounts for rulings, `policy` for the clauses about the whole policy; `told` is
    what the artefacts have to say of the target's settings; `indistinct` are the paths on which
    it says that it cannot tell gateways from everybody.
    """
    records: dict[tuple[str, str], list[Coverage]] = {}
    for record in coverage:
        records.setdefault((record.ruling, record.clause), []).append(record)
    panel = _panel(ir, target, decider, records)
    check = Check(ir, target, panel, records)
    findings: list[Diagnostic] = []
    for ruling in ir.rulings:
        findings += _ruling_findings(check, ruling)
    findings += stranger_findings(check)
    findings += data_findings(check)
    findings += obligation_findings(check)
    findings += spared_findings(check)
    findings += gateway_findings(check, indistinct)
    said = tuple(policy)
    findings += way_findings(check, said)
    findings += switch_findings(check, said)
    findings += unlisted_findings(check, said)
    findings += told_findings(check, told)
    findings += claim_findings(check)
    return (*_folded(findings), *_sampled(ir, target, panel))


def _panel(ir: Ir, target: Target, decider: Decider, records: Records) -> Panel:
    """Everybody that the target, or what it says of itself, can tell apart."""
    told = (d for found in records.values() for record in found for d in record.deviations)
    return Panel(
        ir.universe,
        decider,
        subjects_seen(ir, target, decider),
        by_address=target.identity == "networks",
        by_family=any("/" in deviation.client for deviation in told),
    )


def _sampled(ir: Ir, target: Target, panel: Panel) -> Iterator[Diagnostic]:
    """That not every combination of memberships was asked about, where that is so."""
    if is_sampled(ir, target.identity):
        yield codes.VERIFICATION_SAMPLED.at(
            ir.unlisted_span,
            target=target.id,
            limit=MOST_SUBJECTS,
            asked=len(panel.subjects),
            hint="the answers about nobody's group, each group and each pair of groups are checked",
        )


def _ruling_findings(check: Check, ruling: Ruling) -> Iterator[Diagnostic]:
    for record in check.records.get((ruling.id, EFFECT_CLAUSE), ()):
        for situation in check.panel.told_apart(record.situations):
            yield from _host_findings(check, ruling, record, situation)
            addresses = address_probes(check.ir, ruling, check.panel.decider)
            for probe in (*addresses, *marks_of(check.ir, ruling)):
                for client in probe.clients(check.panel.decider, situation):
                    asked = _Asked(ruling, record, probe, client, situation)
                    for view in _views(check, ruling, probe.kind):
                        yield from _view_findings(check, asked, view)


def _views(check: Check, ruling: Ruling, kind: Kind) -> Iterator[View]:
    for view in check.panel.views(kind):
        if check.panel.people(ruling.audience.region, view) != NOBODY:
            yield view


def _host_findings(
    check: Check, ruling: Ruling, record: Coverage, situation: Situation
) -> Iterator[Diagnostic]:
    probes = host_probes(check.ir, ruling)
    for client in check.panel.decider.clients(Kind.HOST) if probes.hosts else ():
        for view in _views(check, ruling, Kind.HOST):
            check.asked.add((ruling.id, situation.device))
            # Most answers are right: only of others, and of what a record admits, is more asked.
            wrong = check.wrong(view, client, situation, probes)
            spoken = _spoken_of(check, record, probes, view.path(client))
            for probe in probes.about(wrong | spoken):
                asked = _Asked(ruling, record, probe, client, situation)
                yield from _view_findings(check, asked, view)


def _spoken_of(check: Check, record: Coverage, probes: HostProbes, client: str) -> frozenset[str]:
    """The hosts that a deviation is about of which nothing was asked yet."""
    untried = [each for each in record.deviations if (record.ruling, each) not in check.tried]
    if not untried:
        return frozenset()
    return frozenset(
        probe.value
        for probe in probes.all()
        if any(each.speaks_of(probe.named, probe.value, client) for each in untried)
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One probe of one ruling on one enforcement path, against one record."""

    ruling: Ruling
    record: Coverage
    probe: Probe
    client: str
    situation: Situation


def _view_findings(check: Check, asked: _Asked, view: View) -> Iterator[Diagnostic]:
    """The subjects of a view who get another answer than they should, and are not accounted for."""
    ruling, record, probe, client = asked.ruling, asked.record, asked.probe, asked.client
    check.asked.add((ruling.id, asked.situation.device))
    answer = check.panel.ask(view, probe.kind, probe.value, client, asked.situation)
    found, path = answer.effect or Effect.ALLOW, view.path(client)
    region, within = ruling.audience.region, check.ir.universe.within
    for deviation in record.deviations:
        told = (ruling.id, deviation)
        if told not in check.tried and deviation.speaks_of(probe.named, probe.value, path):
            pairs = check.panel.behind(region, view)
            if any(within(people, deviation.people) for _, people in pairs):
                check.tried.add(told)
    if found is probe.expected or check.admits(
        record, probe, path, people=check.panel.people(region, view), found=found
    ):
        return
    for subject, people in check.panel.behind(region, view):
        if account_holds(
            check, ruling, probe, client, asked.situation, view=view, people=people
        ) or check.admits(record, probe, path, people=people, found=found):
            continue
        question = f"{path} {probe.kind} `{probe.value}` for {subject.label}"
        yield _differs(check, ruling, record, question, probe.expected, answer=answer)


def _differs(
    check: Check, ruling: Ruling, record: Coverage, asked: str, expected: Effect, *, answer: Answer
) -> Diagnostic:
    artifact = answer.artifact or next(iter(record.artifacts), check.target.id)
    where = f" ({answer.locator})" if answer.locator else ""
    return codes.VERDICT_DIFFERS.at(
        ruling.decided_by.span,
        artifact=f"{artifact}{where}",
        question=asked.strip(),
        found=answer.effect or Effect.ALLOW,
        expected=f"{expected} ({ruling.decided_by.origin} `{ruling.decided_by.id}`)",
        hint=f"`{ruling.app}` on {ruling.surface}: the artefact does not do what its record claims",
    )


def _worst_first(finding: Diagnostic) -> tuple[bool, tuple[Span, str, str]]:
    """A lock-out is never among those that are only counted."""
    return (finding.code != codes.LOCK_OUT.code, finding.sort_key)


def _folded(findings: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Worst first, without repetitions, and no longer than a person reads."""
    # Surfaces that share a host share the fault.
    told = {(finding.span, finding.code, finding.message): finding for finding in findings}
    unique = sorted(told.values(), key=_worst_first)
    if len(unique) <= MOST_FINDINGS:
        return tuple(unique)
    kept, last = unique[:MOST_FINDINGS], unique[MOST_FINDINGS]
    more = codes.VERDICT_DIFFERS.at(
        last.span,
        artifact="verify",
        question=f"another {len(unique) - MOST_FINDINGS} answers",
        found="different",
        expected="otherwise",
    )
    return (*kept, more)
