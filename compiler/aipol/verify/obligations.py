"""Probe whether the obligations that a target says it carries out are carried out on every host."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.audience import NOBODY
from aipol.claims import Claim
from aipol.diagnostics import Diagnostic, codes
from aipol.domains import Intent
from aipol.hosts import hosts_behind, probe_of
from aipol.ir import Ruling
from aipol.target import Coverage, Kind
from aipol.verify.admitted import SILENT, Check
from aipol.verify.panel import View
from aipol.verify.reference import DEEP
from aipol.vocabulary import Effect, Situation

HELD = "held"


def obligation_findings(check: Check) -> Iterator[Diagnostic]:
    """Hosts on which a clause that is said to hold does not, for every ruling and subject."""
    clauses = check.panel.decider.clients(Kind.HELD)
    for ruling in check.ir.rulings:
        for clause in clauses:
            for record in check.records.get((ruling.id, clause), ()):
                if record.status not in SILENT:
                    yield from _unheld(check, ruling, record)


def spared_findings(check: Check) -> Iterator[Diagnostic]:
    """Hosts that are decrypted although the policy says that they never are."""
    panel = check.panel
    if "inspect_tls" not in panel.decider.clients(Kind.HELD):
        return
    names = [name for host in check.ir.never_inspect for name in (host, f"{DEEP}.{host}")]
    for situation in panel.told_apart(check.target.reach):
        for view in panel.views(Kind.HELD):
            for name in names:
                answer = panel.ask(view, Kind.HELD, name, "inspect_tls", situation)
                # What is refused is not decrypted either, and counts as held.
                if answer.detail == HELD and not refused(check, view, name, situation):
                    yield codes.VERDICT_DIFFERS.at(
                        check.ir.unlisted_span,
                        artifact=f"{answer.artifact or check.target.id} ({answer.locator})",
                        question=f"`{name}` for {view.subjects[0].label}",
                        found="decrypted",
                        expected="left alone (`network.never_inspect`)",
                    )


def refused(check: Check, view: View, host: str, situation: Situation) -> bool:
    """Whether a host is blocked on every path."""
    clients = check.panel.decider.clients(Kind.HOST)
    answers = (check.panel.ask(view, Kind.HOST, host, client, situation) for client in clients)
    return all(answer.effect is Effect.BLOCK for answer in answers)


def _unheld(check: Check, ruling: Ruling, record: Coverage) -> Iterator[Diagnostic]:
    region, situations = ruling.audience.region, check.panel.told_apart(record.situations)
    for claim in hosts_behind(check.ir.apps[ruling.app], ruling.surface):
        for view in check.panel.views(Kind.HELD):
            if check.panel.people(region, view) == NOBODY:
                continue
            for situation in situations:
                answers = (
                    check.panel.ask(view, Kind.HELD, host, record.clause, situation)
                    for host in _hosts(claim)
                )
                if not all(answer.detail == HELD for answer in answers):
                    yield from _unadmitted(check, ruling, record, view, claim.host)


def _hosts(claim: Claim) -> Iterator[str]:
    yield probe_of(claim)
    if claim.intent is Intent.SUBTREE:
        yield f"{DEEP}.{claim.host}"


def _unadmitted(
    check: Check, ruling: Ruling, record: Coverage, view: View, host: str
) -> Iterator[Diagnostic]:
    within = check.ir.universe.within
    for subject, people in check.panel.behind(ruling.audience.region, view):
        if not any(d.value in {"*", host} and within(people, d.people) for d in record.deviations):
            artifact = next(iter(record.artifacts), check.target.id)
            yield codes.VERDICT_DIFFERS.at(
                ruling.decided_by.span,
                artifact=artifact,
                question=f"`{record.clause}` on `{host}` for {subject.label}",
                found="not carried out",
                expected=f"it ({ruling.decided_by.origin} `{ruling.decided_by.id}`)",
                hint=f"`{ruling.app}` on {ruling.surface}: the record claims more than is done",
            )
