"""Find people who are sent to an app that is blocked for them too: by the algebra."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from aipol.audience import NOBODY, Region
from aipol.diagnostics import Diagnostic, Related, codes
from aipol.ir import Ir, Origin, Ruling
from aipol.vocabulary import Effect, Surface

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled
    from aipol.language.model import Clause
    from aipol.language.placed import Placed

# Where a program calls, nobody can be sent to.
_NOT_MET = {Surface.API, Surface.CONNECTOR}


def redirect_findings(assembled: Assembled, ir: Ir) -> Iterator[Diagnostic]:
    """Clauses whose `redirect_to` has no surface and account that all its people may use."""
    clauses = {clause.value.id: clause for clause in assembled.clauses}
    for name, sent in _sent(ir, clauses).items():
        clause = clauses[name]
        instead = clause.value.redirect_to or ""
        ways = [ruling for ruling in _ways(ir, instead) if ruling.effect is not Effect.BLOCK]
        usable = ir.universe.any_of(ruling.audience.region for ruling in ways)
        stuck = ir.universe.minus(sent, usable)
        if stuck != NOBODY:
            yield _finding(ir, clause, instead, stuck, whole=stuck == sent)


def _sent(ir: Ir, clauses: Mapping[str, Placed[Clause]]) -> Mapping[str, Region]:
    """The people whom each clause really sends somewhere, by the clause's id."""
    sent: dict[str, Region] = {}
    for ruling in ir.rulings:
        if not ruling.redirect_to or ruling.effect is Effect.ALLOW:
            continue
        for because in ruling.because:
            clause = clauses.get(because.id)
            if clause is not None and clause.value.redirect_to == ruling.redirect_to:
                known = sent.get(because.id, NOBODY)
                sent[because.id] = ir.universe.either(known, ruling.audience.region)
                break
    return sent


def _ways(ir: Ir, app: str) -> list[Ruling]:
    """The rulings on the surfaces of `app` that people meet, or on all when there are none."""
    rulings = [ruling for ruling in ir.rulings if ruling.app == app]
    return [ruling for ruling in rulings if ruling.surface not in _NOT_MET] or rulings


def _finding(
    ir: Ir, clause: Placed[Clause], instead: str, stuck: Region, *, whole: bool
) -> Diagnostic:
    person = ir.universe.witness(stuck) or frozenset()
    someone = f"in `{'` and `'.join(sorted(person))}`" if person else "in no group"
    places = {
        ruling.decided_by.span: ruling.decided_by.id
        for ruling in _ways(ir, instead)
        if ir.universe.overlap(ruling.audience.region, stuck)
        and ruling.decided_by.origin is not Origin.DEFAULT
        and ruling.decided_by.id != clause.value.id
    }
    return codes.REDIRECT_BLOCKED.at(
        clause.span("redirect_to"),
        rule=clause.value.id,
        app=instead,
        who="them" if whole else "some of them",
        hint=f"let them use it, or send them elsewhere; somebody {someone} may not",
        related=tuple(Related(span, f"`{places[span]}` decides here") for span in sorted(places)),
    )
