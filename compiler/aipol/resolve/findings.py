"""Find clauses that decide nothing, change nothing, or dig under a floor: by the algebra."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.audience import Universe
from aipol.diagnostics import Diagnostic, Related, codes
from aipol.ir import Origin
from aipol.resolve.clauses import Clause
from aipol.resolve.decide import Decisions, UseKey
from aipol.resolve.partition import Piece
from aipol.vocabulary import Effect

MOST_RELATED = 3
"""Earlier clauses that a shadowed one is shown with: enough to see why."""
_BY_OTHERS = "what follows gives everybody the same; delete it"
_BY_DEFAULT = (
    "every listed app is blocked where nothing matches; delete it, or end the rules with what "
    "the other apps get"
)


def clause_findings(decisions: Decisions) -> tuple[Diagnostic, ...]:
    """Shadowed, redundant and floor-breaking clauses. Expects `rulings` to have been made."""
    deciders = _deciders(decisions)
    spoken = {position for positions, _, _ in decisions.uses for position in positions}
    findings: list[Diagnostic] = []
    for clause in decisions.clauses:
        if clause.position not in spoken:
            continue  # its apps have nothing to decide about; the name checks say so
        if clause.position not in deciders:
            if not clause.locked:
                findings.append(_shadowed(decisions, clause))
        elif not _documents_default(clause) and _redundant(decisions, clause):
            hint = _BY_DEFAULT if _left_to_default(decisions, clause) else _BY_OTHERS
            findings.append(
                codes.REDUNDANT_RULE.at(clause.span, kind=clause.origin, rule=clause.id, hint=hint)
            )
    return (*findings, *_floor_findings(decisions))


def _deciders(decisions: Decisions) -> frozenset[int]:
    """Positions of the clauses that decide for somebody, somewhere."""
    by_id = {clause.id: clause.position for clause in decisions.clauses}
    return frozenset(
        by_id[piece.because[0].id]
        for key in decisions.uses
        for piece in decisions.pieces(*key)
        if piece.because[0].origin is not Origin.DEFAULT
    )


def _shadowed(decisions: Decisions, clause: Clause) -> Diagnostic:
    """The finding, naming the earlier clauses that take all of its people."""
    earlier = {
        position
        for positions, _, _ in decisions.uses
        if clause.position in positions
        for position in positions
        if position < clause.position
    }
    takers = [
        other
        for other in decisions.clauses
        if other.position in earlier and decisions.universe.overlap(other.region, clause.region)
    ]
    related = tuple(
        Related(other.span, f"{other.origin} `{other.id}` comes first")
        for other in takers[:MOST_RELATED]
    )
    hint = "move it up, or delete it"
    return codes.SHADOWED_RULE.at(
        clause.span, kind=clause.origin, rule=clause.id, hint=hint, related=related
    )


def _documents_default(clause: Clause) -> bool:
    """A closing `*: block` says what holds anyway, and a locked rule binds later layers."""
    return clause.locked or (clause.catch_all and clause.effect is Effect.BLOCK)


def _redundant(decisions: Decisions, clause: Clause) -> bool:
    return all(
        _same(
            decisions.universe,
            decisions.pieces(*key),
            decisions.pieces(*_without(key, clause.position)),
        )
        for key in decisions.uses
        if clause.position in key[0]
    )


def _left_to_default(decisions: Decisions, clause: Clause) -> bool:
    """Whether no other clause decides about the people of one that is not needed."""
    return all(
        other.because[0].origin is Origin.DEFAULT
        for key in decisions.uses
        if clause.position in key[0]
        for mine in decisions.pieces(*key)
        if mine.because[0].id == clause.id
        for other in decisions.pieces(*_without(key, clause.position))
        if decisions.universe.overlap(mine.audience.region, other.audience.region)
    )


def _without(key: UseKey, position: int) -> UseKey:
    positions, account, vendor = key
    return tuple(other for other in positions if other != position), account, vendor


def _same(universe: Universe, first: tuple[Piece, ...], second: tuple[Piece, ...]) -> bool:
    """Whether two partitions give everybody equal decisions."""
    return all(
        one.decision == other.decision
        or not universe.overlap(one.audience.region, other.audience.region)
        for one in first
        for other in second
    )


def _floor_findings(decisions: Decisions) -> Iterator[Diagnostic]:
    by_id = {clause.id: clause for clause in decisions.clauses}
    pairs = {
        (piece.because[0].id, because.id)
        for key in decisions.uses
        for piece in decisions.pieces(*key)
        for because in piece.because
        if because.origin is Origin.LOCKED and piece.because[0].origin is not Origin.DEFAULT
    }
    for name, floor in sorted(pairs):
        clause, locked = by_id[name], by_id[floor]
        yield codes.LOCKED_FLOOR.at(
            clause.span,
            kind=clause.origin,
            rule=name,
            locked=floor,
            hint=f"the stricter `{floor}` holds for its people; say no less than it does",
            related=(Related(locked.span, "the locked rule"),),
        )
