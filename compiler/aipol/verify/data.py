"""Probe what data may be given to which app."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.audience import NOBODY, Region
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import Ruling
from aipol.target import EFFECT_CLAUSE, Answer, Kind
from aipol.verify.admitted import Check
from aipol.verify.panel import View
from aipol.verify.probes import Probe
from aipol.vocabulary import Effect

CLAUSE = "data.max"


def data_findings(check: Check) -> Iterator[Diagnostic]:
    """Wrong answers about data classes: every ruling, class, plane and subject."""
    ranks = {entry.id: entry.rank for entry in check.ir.data_classes}
    for view in check.panel.views(Kind.DATA):
        for ruling in check.ir.rulings:
            people = check.panel.people(ruling.audience.region, view)
            if people != NOBODY and ruling.effect is not Effect.BLOCK:
                for name in ranks:
                    yield from _of_class(check, view, ruling, name, ranks)


def _of_class(
    check: Check, view: View, ruling: Ruling, name: str, ranks: dict[str, int]
) -> Iterator[Diagnostic]:
    region, limit = ruling.audience.region, ruling.obligations.data_max
    expected = Effect.BLOCK if limit and ranks[name] > ranks[limit] else Effect.ALLOW
    value = f"{ruling.app}/{name}"
    probe = Probe(Kind.DATA, value, value, "", expected)
    for plane in check.panel.decider.clients(Kind.DATA):
        answer = check.panel.ask(view, Kind.DATA, value, plane, check.target.reach[0])
        if (answer.effect or Effect.ALLOW) is expected:
            continue
        if _admitted(check, ruling, probe, plane, answer, people=check.panel.people(region, view)):
            continue
        for subject, people in check.panel.behind(region, view):
            if not _admitted(check, ruling, probe, plane, answer, people=people):
                asked = f"{plane} data `{value}` for {subject.label}"
                yield _differs(check, ruling, asked, expected, answer)


def _admitted(
    check: Check, ruling: Ruling, probe: Probe, plane: str, answer: Answer, *, people: Region
) -> bool:
    """Whether a record says that this plane gives `people` this answer."""
    found = answer.effect or Effect.ALLOW
    clause = CLAUSE if ruling.obligations.data_max else EFFECT_CLAUSE
    records = check.records.get((ruling.id, clause), ())
    return any(check.admits(r, probe, plane, people=people, found=found) for r in records)


def _differs(
    check: Check, ruling: Ruling, asked: str, expected: Effect, answer: Answer
) -> Diagnostic:
    where = f" ({answer.locator})" if answer.locator else ""
    return codes.VERDICT_DIFFERS.at(
        ruling.decided_by.span,
        artifact=f"{answer.artifact or check.target.id}{where}",
        question=asked,
        found=answer.effect or Effect.ALLOW,
        expected=f"{expected} ({ruling.decided_by.origin} `{ruling.decided_by.id}`)",
        hint=f"`{CLAUSE}` is not carried out as its record claims",
    )
