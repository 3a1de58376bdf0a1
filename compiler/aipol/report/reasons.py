"""Chooses, of several reasons why a clause is not enforced, those that say most, with advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from aipol.catalogue.model import Role
from aipol.coverage import Gap, Matrix
from aipol.ir import Ir, Ruling
from aipol.target import EFFECT_CLAUSE, Coverage, Reason, Status
from aipol.vocabulary import Effect

INDISTINCT = "audience-indistinct"
MODES = frozenset({"report-only", "test-mode"})
"""Reasons that a setting of the target takes away, whatever the rule."""
NOBODY_THERE = frozenset({"no-target-acts", "no-target", "out-of-reach"})
_NO_PROMPT, _ACCOUNT, _SHARED = "no-prompt", "account-unseen", "shared-host"
ASKING = frozenset({Effect.WARN, Effect.JUSTIFY})
_ORDINARY, _LAST = 2, 4
_IDENTITIES = {"entra": "an `entra` id", "jamf": "a `jamf` group", "networks": "`networks`"}

Platforms = Mapping[str, str]
"""The identity by which each target knows people: `entra`, `jamf` or `networks`."""


@dataclass(frozen=True, slots=True)
class Said:
    """One reason why a target answers other than a ruling says, with the identifiers it is about.

    `central` when the way people use the app is among them; no values stand for all of them.
    """

    status: Status
    reason: Reason
    values: tuple[str, ...]
    central: bool


def said(ir: Ir, ruling: Ruling, record: Coverage) -> tuple[Said, ...]:
    """The reasons of a record's deviations, the most telling first; its own where it has none."""
    values: dict[tuple[Status, Reason], set[str]] = {}
    for deviation in record.deviations:
        values.setdefault((deviation.status, deviation.reason), set()).add(deviation.value)
    if not values and record.reason:
        return (Said(record.status, record.reason, (), central=True),)
    pages = _pages(ir, ruling)
    found = [
        Said(
            status,
            reason,
            tuple(sorted(every - {"*"})),
            central="*" in every or bool(every & pages),
        )
        for (status, reason), every in values.items()
    ]
    return tuple(sorted(found, key=lambda each: _order(ruling, each)))


def told(matrix: Matrix, gaps: Iterable[Gap], platforms: Platforms) -> tuple[Gap, ...]:
    """The gaps, each with the reason that says most and with advice about the groups at hand."""
    known: dict[int, tuple[Said, ...]] = {}
    return tuple(
        _advised(_ir_of(matrix, gap), _chosen(matrix, gap, known), platforms) for gap in gaps
    )


def _ir_of(matrix: Matrix, gap: Gap) -> Ir:
    """The policy where the gap is: of several sites, at the first."""
    return matrix.ir.sites[gap.sites[0]] if gap.sites else matrix.ir


def modes(matrix: Matrix) -> dict[str, Reason]:
    """The targets that a setting keeps from acting, with the reason that names it."""
    found: dict[str, Reason] = {}
    for target, records in matrix.records.items():
        reasons = (reason for record in records for reason in _reasons(record))
        mode = next((reason for reason in reasons if reason.code in MODES), None)
        if mode:
            found[target] = mode
    return found


def _reasons(record: Coverage) -> Iterator[Reason]:
    if record.reason:
        yield record.reason
    yield from (deviation.reason for deviation in record.deviations)


def _pages(ir: Ir, ruling: Ruling) -> frozenset[str]:
    """What people open: the app's hosts and addresses of that role."""
    claims = ir.apps[ruling.app].claims
    return frozenset(claim.named for claim in claims if claim.role is Role.UI)


def _weight(ruling: Ruling, code: str) -> int:
    if code == INDISTINCT or (code == _NO_PROMPT and ruling.effect in ASKING):
        return 0
    if code == _ACCOUNT:
        return 1
    if code in MODES:
        return _ORDINARY + 1
    return _LAST if code == _SHARED else _ORDINARY


def _order(ruling: Ruling, each: Said) -> tuple[object, ...]:
    loose = each.status is Status.LOOSER
    weight = _weight(ruling, each.reason.code)
    return (not each.central, weight, not loose, each.reason.code, each.reason.text)


def _chosen(matrix: Matrix, gap: Gap, known: dict[int, tuple[Said, ...]]) -> Gap:
    best = (_weight(gap.ruling, gap.reason.code), False, gap.target, gap.reason)
    for record in matrix.by_clause.get((gap.ruling.id, gap.clause), ()):
        elsewhere = record.site and not gap.is_at(record.site)
        if gap.situation not in record.situations or record.status.holds or elsewhere:
            continue
        if id(record) not in known:
            known[id(record)] = said(matrix.ir, gap.ruling, record)
        for each in known[id(record)]:
            if each.reason.absent or each.status is Status.STRICTER:
                continue
            weight = _weight(gap.ruling, each.reason.code)
            best = min(best, (weight, True, record.target, each.reason), key=lambda b: b[:2])
    return replace(gap, target=best[2], reason=best[3])


def _advised(ir: Ir, gap: Gap, platforms: Platforms) -> Gap:
    reason, platform = gap.reason, platforms.get(gap.target, "")
    if reason.code == INDISTINCT and platform:
        names = _unnamed(ir, gap.ruling, platform)
        if names:
            listed = " and ".join(f"`{name}`" for name in names)
            what = _IDENTITIES.get(platform, f"a `{platform}` name")
            reason = _with_advice(reason, f"give {listed} {what}")
    elif reason.code == _SHARED and (
        gap.clause != EFFECT_CLAUSE or gap.ruling.effect is not Effect.BLOCK
    ):
        # Its advice is how to block; who asks for less is helped by a target that can do that.
        what = gap.ruling.effect.value if gap.clause == EFFECT_CLAUSE else f"hold `{gap.clause}`"
        reason = _with_advice(reason, f"add a target that can {what} without the host")
    return gap if reason is gap.reason else replace(gap, reason=reason)


@lru_cache(maxsize=256)
def _with_advice(reason: Reason, advice: str) -> Reason:
    return replace(reason, advice=advice)


def _unnamed(ir: Ir, ruling: Ruling, platform: str) -> tuple[str, ...]:
    """The groups that rulings about the use name and the platform has no name for.

    The groups that a derived one is made of come before the derived one.
    """
    audiences = [other.audience for other in ir.by_use[ruling.app, ruling.surface]]
    named = {
        name
        for each in audiences
        for name in (*each.include, *each.exclude, *(n for names in each.within for n in names))
    }
    groups = [ir.groups[name] for name in named if name in ir.groups]
    missing = [g for g in groups if not g.everyone and not getattr(g, platform, "")]
    plain = {name for group in missing for name in ir.universe.support(group.region)}
    bare = {
        name for name in plain if name in ir.groups and not getattr(ir.groups[name], platform, "")
    }
    return tuple(sorted(bare or {group.name for group in missing}))
