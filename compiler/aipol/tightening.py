"""`on_gap: tighten`: where a use cannot be limited as written, block it, and say so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from aipol.coverage import Gap, clauses_of
from aipol.ir import NO_OBLIGATIONS, Because, Ir, Origin, Ruling
from aipol.target import EFFECT_CLAUSE, Coverage, Deviation, Reason, Status
from aipol.vocabulary import Effect, Situation

if TYPE_CHECKING:
    from aipol.pipeline import Run

TIGHTENED = Reason(
    "tightened",
    "no target can limit this use as written, so it is blocked (`on_gap: tighten`)",
    "add a target that can carry out the clause, or drop it",
)


def candidates(run: Run, gaps: Iterable[Gap]) -> dict[str, frozenset[Situation]]:
    """The rulings that nothing limits in some situation that `run`'s target reaches, with those."""
    found: dict[str, frozenset[Situation]] = {}
    for gap in gaps:
        if gap.ruling.effect is not Effect.BLOCK and gap.situation in run.target.reach:
            found[gap.ruling.id] = found.get(gap.ruling.id, frozenset()) | {gap.situation}
    return found


def tightened(ir: Ir, unlimited: Collection[str]) -> Ir:
    """The policy in which the rulings in `unlimited` are blocks."""
    return replace(
        ir,
        rulings=tuple(
            replace(
                ruling,
                effect=Effect.BLOCK,
                obligations=NO_OBLIGATIONS,
                because=(
                    *ruling.because,
                    Because(Origin.GAP, "tighten", ruling.decided_by.span, TIGHTENED.text),
                ),
            )
            if ruling.id in unlimited
            else ruling
            for ruling in ir.rulings
        ),
    )


def stopped(
    ir: Ir,
    wanted: Mapping[str, frozenset[Situation]],
    before: Iterable[Coverage],
    after: Iterable[Coverage],
) -> dict[str, frozenset[Situation]]:
    """Those of `wanted` that the block does stop where it is wanted, and that lose nothing by it.

    A target that limits a use but cannot block it must go on limiting it.
    """
    effects = [record for record in after if record.clause == EFFECT_CLAUSE]
    holding = _situations(record for record in effects if record.status.holds)
    acting = _situations(
        record for record in effects if record.status.holds or record.status is Status.LOOSER
    )
    held = _situations(
        record
        for record in before
        if record.status.holds
        and (record.clause != EFFECT_CLAUSE or ir.by_id[record.ruling].effect is not Effect.ALLOW)
    )
    nowhere = frozenset[Situation]()
    return {
        name: gaps
        for name, gaps in wanted.items()
        if gaps & acting.get(name, nowhere)
        and held.get(name, nowhere) <= holding.get(name, nowhere)
    }


def _situations(records: Iterable[Coverage]) -> dict[str, frozenset[Situation]]:
    found: dict[str, frozenset[Situation]] = {}
    for record in records:
        found[record.ruling] = found.get(record.ruling, frozenset()).union(record.situations)
    return found


def account_for_tightening(
    ir: Ir, stricter: Ir, records: tuple[Coverage, ...]
) -> tuple[Coverage, ...]:
    """`records` about `stricter`, restated about the policy as it was written."""
    changed = {
        ruling.id: ruling
        for ruling in ir.rulings
        if stricter.by_id[ruling.id].effect is not ruling.effect
    }
    restated: list[Coverage] = []
    for record in records:
        ruling = changed.get(record.ruling)
        told = _blocked_instead(ruling, record) if ruling else record
        clauses = clauses_of(ruling)[1:] if ruling else ()
        restated += [told, *(replace(told, clause=clause) for clause in clauses)]
    return tuple(sorted(restated, key=lambda r: (r.ruling, r.clause, r.situations)))


def _blocked_instead(ruling: Ruling, record: Coverage) -> Coverage:
    """What blocking does to a use that was to be limited.

    Stricter than written, but for the identifiers and people that the block does not stop: those
    are let through as they were, without what was to limit them.
    """
    if not record.status.holds and record.status is not Status.LOOSER:
        return record
    blocked = Deviation(Status.STRICTER, TIGHTENED, ruling.audience.region)
    if record.status.holds:
        return replace(record, status=Status.STRICTER, reason=TIGHTENED, deviations=(blocked,))
    past = tuple(found for found in record.deviations if found.status is Status.LOOSER)
    return replace(record, deviations=(*past, blocked))
