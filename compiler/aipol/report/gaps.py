"""Folds the gaps of a coverage matrix into things a person can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from aipol.coverage import OUT_OF_REACH, Gap, Matrix
from aipol.report.words import not_done
from aipol.target import EFFECT_CLAUSE, Coverage, Reason, Status
from aipol.vocabulary import Effect, Situation, Surface

OUT_OF_SIGHT = Situation.UNMANAGED_ELSEWHERE
"""Where no enforcement point of an organisation is in the path."""


_SAME_REASON = 2
NOBODY_ACTS = Reason(
    "no-target-acts",
    "no configured target acts on this here",
    "add a target that does, or manage the device",
)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What one rule asks for and some apps' uses do not get, for one reason."""

    rule: str
    what: str
    audience: str
    target: str
    reason: Reason
    apps: tuple[str, ...]
    surfaces: tuple[Surface, ...]
    situations: tuple[Situation, ...]
    loose: bool
    """Whether something that ought to be stopped is not."""


@dataclass(frozen=True, slots=True)
class ByReason:
    """How much one reason accounts for."""

    reason: Reason
    apps: int
    gaps: int


def gap_count(matrix: Matrix) -> int:
    """Gaps as the policy counts them: a ruling in a situation, however many clauses fail there."""
    return len({(gap.ruling.id, gap.situation) for gap in matrix.gaps})


def told_gaps(matrix: Matrix) -> tuple[Gap, ...]:
    """The gaps, each with the reason that says most about it.

    What a target says of nearly everything, such as that it is not about who may use what, says
    nothing about the use at hand.
    """
    said: Counter[Saying] = Counter()
    asked: Counter[tuple[str, str]] = Counter()
    for records in matrix.records.values():
        for record in records:
            asked[record.target, record.clause] += len(record.situations)
            if record.reason is not None:
                said[_saying(record)] += len(record.situations)
    stock = frozenset(
        saying for saying, times in said.items() if times > _NEARLY_ALL * asked[saying[:2]]
    )
    return tuple(_told(matrix, gap, stock) for gap in matrix.gaps)


Saying = tuple[str, str, str]
"""A target, a clause and the reason it gives."""
_NEARLY_ALL = 0.8


def _saying(record: Coverage) -> Saying:
    return (record.target, record.clause, record.reason.code if record.reason else "")


def _told(matrix: Matrix, gap: Gap, stock: frozenset[Saying]) -> Gap:
    statuses = (Status.LOOSER, Status.LICENCE_MISSING, Status.UNSUPPORTED)
    said = [
        record
        for record in matrix.by_clause.get((gap.ruling.id, gap.clause), ())
        if gap.situation in record.situations
        and record.reason is not None
        and record.reason.code != OUT_OF_REACH.code
        and record.status in statuses
        and (gap.clause != EFFECT_CLAUSE or _saying(record) not in stock)
    ]
    best = min(said, key=lambda r: (_saying(r) in stock, statuses.index(r.status)), default=None)
    if best is None or best.reason is None:
        return replace(gap, reason=NOBODY_ACTS, target="") if gap.target else gap
    return replace(gap, target=best.target, reason=best.reason)


def telling(falls: Iterable[Shortfall], most: int) -> tuple[Shortfall, ...]:
    """The first that can be acted on, one a rule and at most two for one reason."""
    chosen: list[Shortfall] = []
    reasons: Counter[str] = Counter()
    for fall in falls:
        known = any(fall.rule == other.rule for other in chosen)
        if fall.reason.advice and not known and reasons[fall.reason.code] < _SAME_REASON:
            reasons[fall.reason.code] += 1
            chosen.append(fall)
    return tuple(chosen[:most])


def beyond_reach(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps on unmanaged devices off the network."""
    return tuple(gap for gap in gaps if gap.situation is OUT_OF_SIGHT)


def within_reach(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """All other gaps: something could be done about them."""
    return tuple(gap for gap in gaps if gap.situation is not OUT_OF_SIGHT)


def by_reason(gaps: Iterable[Gap]) -> tuple[ByReason, ...]:
    """Gaps grouped by reason, what accounts for most first."""
    apps: dict[str, set[str]] = {}
    pairs: dict[str, set[tuple[str, Situation]]] = {}
    reasons: dict[str, Reason] = {}
    for gap in gaps:
        code = gap.reason.code
        reasons[code] = gap.reason
        apps.setdefault(code, set()).add(gap.ruling.app)
        pairs.setdefault(code, set()).add((gap.ruling.id, gap.situation))
    found = [ByReason(reasons[code], len(apps[code]), len(pairs[code])) for code in reasons]
    return tuple(sorted(found, key=lambda row: (-row.gaps, row.reason.code)))


def shortfalls(gaps: Iterable[Gap]) -> tuple[Shortfall, ...]:
    """Gaps folded over apps, surfaces and situations; the most telling first."""
    folded: dict[tuple[str, ...], list[Gap]] = {}
    for gap in gaps:
        rule, audience = gap.ruling.decided_by.id, str(gap.ruling.audience)
        what = not_done(gap.ruling, gap.clause)
        key = (rule, what, audience, gap.target, gap.reason.code)
        folded.setdefault(key, []).append(gap)
    breadth = Counter(
        rule for rule, _ in {(g.ruling.decided_by.id, g.ruling.app) for g in _all(folded)}
    )
    found = [_shortfall(key, members) for key, members in folded.items()]
    return tuple(sorted(found, key=lambda fall: _rank(fall, breadth)))


def _all(folded: Mapping[tuple[str, ...], list[Gap]]) -> Iterable[Gap]:
    return (gap for members in folded.values() for gap in members)


def _shortfall(key: tuple[str, ...], gaps: list[Gap]) -> Shortfall:
    rule, what, audience, target, _ = key
    surfaces = {gap.ruling.surface for gap in gaps}
    situations = {gap.situation for gap in gaps}
    return Shortfall(
        rule=rule,
        what=what,
        audience=audience,
        target=target,
        reason=gaps[0].reason,
        apps=tuple(sorted({gap.ruling.app for gap in gaps})),
        surfaces=tuple(surface for surface in Surface if surface in surfaces),
        situations=tuple(situation for situation in Situation if situation in situations),
        loose=gaps[0].clause == EFFECT_CLAUSE and gaps[0].ruling.effect is Effect.BLOCK,
    )


def _rank(fall: Shortfall, breadth: Mapping[str, int]) -> tuple[object, ...]:
    """What a rule says about few apps was meant for them: it comes first, then the unstopped."""
    return (
        not fall.reason.advice,
        breadth[fall.rule],
        not fall.loose,
        -len(fall.situations),
        fall.rule,
        fall.what,
        fall.audience,
        fall.reason.code,
    )
