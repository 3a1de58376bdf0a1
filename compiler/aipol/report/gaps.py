"""Folds the gaps of a coverage matrix into things a person can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aipol.coverage import Gap, Matrix
from aipol.report.reasons import INDISTINCT, MODES, NOBODY_THERE
from aipol.report.words import not_done
from aipol.target import EFFECT_CLAUSE, Reason
from aipol.vocabulary import Effect, Situation, Surface

OUT_OF_SIGHT = Situation.UNMANAGED_ELSEWHERE
"""Where no enforcement point of an organisation is in the path."""


_SAME_REASON = 2


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
    sites: tuple[str, ...]
    """Where; empty where it is at every site, or there are none."""
    loose: bool
    """Whether something that ought to be stopped is not."""

    @property
    def opens(self) -> bool:
        """Whether people get an app only because they sit among others who may use it."""
        return self.loose and self.reason.code == INDISTINCT


@dataclass(frozen=True, slots=True)
class ByReason:
    """How much one reason accounts for."""

    reason: Reason
    apps: int
    gaps: int


def gap_count(matrix: Matrix) -> int:
    """Gaps as the policy counts them: a ruling in a situation, however many clauses fail there."""
    return len({(gap.ruling.id, gap.situation) for gap in matrix.gaps})


def telling(falls: Iterable[Shortfall], most: int) -> tuple[Shortfall, ...]:
    """The first that can be acted on, at most two for one reason.

    All that opens an app is told; of the rest, one a rule.
    """
    chosen: list[Shortfall] = []
    reasons: Counter[tuple[str, str]] = Counter()
    for fall in falls:
        code = fall.reason.code
        reason = (code, fall.reason.advice if fall.opens else "")
        known = not fall.opens and any(fall.rule == o.rule and not o.opens for o in chosen)
        vain = not fall.reason.advice or code in NOBODY_THERE or code in MODES
        if not vain and not known and reasons[reason] < _SAME_REASON:
            reasons[reason] += 1
            chosen.append(fall)
    return tuple(chosen[:most])


def beyond_reach(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps on unmanaged devices off the network."""
    return tuple(gap for gap in gaps if gap.situation is OUT_OF_SIGHT)


def within_reach(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """All other gaps: something could be done about them."""
    return tuple(gap for gap in gaps if gap.situation is not OUT_OF_SIGHT)


def by_reason(gaps: Iterable[Gap]) -> tuple[ByReason, ...]:
    """Gaps grouped by reason, what accounts for most first; of several wordings, the commonest."""
    apps: dict[str, set[str]] = {}
    pairs: dict[str, set[tuple[str, Situation]]] = {}
    reasons: dict[str, Counter[Reason]] = {}
    for gap in gaps:
        code = gap.reason.code
        reasons.setdefault(code, Counter())[gap.reason] += 1
        apps.setdefault(code, set()).add(gap.ruling.app)
        pairs.setdefault(code, set()).add((gap.ruling.id, gap.situation))
    found = [
        ByReason(said.most_common(1)[0][0], len(apps[code]), len(pairs[code]))
        for code, said in reasons.items()
    ]
    return tuple(sorted(found, key=lambda row: (-row.gaps, row.reason.code)))


_Key = tuple[str, str, str, str, Reason, tuple[str, ...]]


def shortfalls(gaps: Iterable[Gap]) -> tuple[Shortfall, ...]:
    """Gaps folded over apps, surfaces and situations; the most telling first."""
    folded: dict[_Key, list[Gap]] = {}
    for gap in gaps:
        rule, audience = gap.ruling.decided_by.id, str(gap.ruling.audience)
        what = not_done(gap.ruling, gap.clause)
        key = (rule, what, audience, gap.target, gap.reason, gap.sites)
        folded.setdefault(key, []).append(gap)
    breadth = Counter(
        rule for rule, _ in {(g.ruling.decided_by.id, g.ruling.app) for g in _all(folded)}
    )
    found = [_shortfall(key, members) for key, members in folded.items()]
    return tuple(sorted(found, key=lambda fall: _rank(fall, breadth)))


def _all(folded: Mapping[_Key, list[Gap]]) -> Iterable[Gap]:
    return (gap for members in folded.values() for gap in members)


def _shortfall(key: _Key, gaps: list[Gap]) -> Shortfall:
    rule, what, audience, target, reason, sites = key
    surfaces = {gap.ruling.surface for gap in gaps}
    situations = {gap.situation for gap in gaps}
    return Shortfall(
        rule=rule,
        what=what,
        audience=audience,
        target=target,
        reason=reason,
        apps=tuple(sorted({gap.ruling.app for gap in gaps})),
        surfaces=tuple(surface for surface in Surface if surface in surfaces),
        situations=tuple(situation for situation in Situation if situation in situations),
        sites=sites,
        loose=gaps[0].clause == EFFECT_CLAUSE and gaps[0].ruling.effect is Effect.BLOCK,
    )


def _rank(fall: Shortfall, breadth: Mapping[str, int]) -> tuple[object, ...]:
    """What opens an app comes first; then what a rule says about few apps, being meant for them."""
    return (
        not fall.opens,
        not fall.reason.advice,
        breadth[fall.rule],
        not fall.loose,
        -len(fall.situations),
        fall.rule,
        fall.what,
        fall.audience,
        fall.reason.code,
        fall.sites,
    )
