"""Account for every clause of every ruling in every situation, over all targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from aipol.ir import CLOSE_BYPASSES, ONLY_VIA, UNLISTED_AI, Ir, PolicyClause, Ruling
from aipol.target import EFFECT_CLAUSE, Coverage, PolicyCoverage, Reason, Status, Target
from aipol.vocabulary import Effect, Situation

OUT_OF_REACH = Reason(
    "out-of-reach",
    "this target does not act in this situation",
    "add a target that does, or manage the device",
    absent=True,
)
NOBODY_ACTS = Reason(
    "no-target-acts",
    "no configured target acts on this here",
    "add a target that does, or manage the device",
)
NO_TARGET = Reason("no-target", "no target is configured", "add one under `targets:`")


# Where no target carries out anything of a clause about the whole policy, that is told as a gap.
POLICY_REASONS = {
    UNLISTED_AI: Reason(
        "no-ai-category",
        "no configured target knows AI by category, so what the catalogue lacks is let through",
        "turn on the AI category of your web filter by hand",
    ),
    "logging.sink": Reason(
        "no-log-shipping",
        "no configured target ships its logs anywhere",
        "connect each console to the sink by hand",
    ),
    "protected": Reason(
        "account-not-excluded",
        "no configured target leaves single accounts out; only groups can be",
        "keep the account out of every group the policy names, and exclude it in the consoles",
    ),
    CLOSE_BYPASSES: Reason(
        "bypasses-open",
        "no configured target closes ways around the network's rules",
        "configure `nftables` and `dns`, or block udp/443, port 853 and foreign resolvers on the "
        "firewall",
    ),
    ONLY_VIA: Reason(
        "not-confined",
        "no configured target denies what the segment sends past its gateway",
        "configure `nftables`, or deny it on the firewall",
    ),
}


@dataclass(frozen=True, slots=True)
class PolicyGap:
    """A clause about the whole policy that is not carried out, or not wholly."""

    clause: PolicyClause
    reason: Reason
    targets: tuple[str, ...] = ()
    """Those that carry it out in part."""
    sites: tuple[str, ...] = ()
    """Where; empty where it is at every site, or there are none."""


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of the matrix: one clause of one ruling, in one situation, on one target."""

    ruling: Ruling
    clause: str
    situation: Situation
    record: Coverage


@dataclass(frozen=True, slots=True)
class Gap:
    """A clause of a ruling that nothing carries out in a situation, with the best-placed reason."""

    ruling: Ruling
    clause: str
    situation: Situation
    target: str
    reason: Reason
    sites: tuple[str, ...] = ()
    """Where; empty where it is at every site, or there are none."""

    def is_at(self, site: str) -> bool:
        """Whether it is at a site; of what is at no single one, always."""
        return not self.sites or not site or site in self.sites


def clauses_of(ruling: Ruling) -> tuple[str, ...]:
    """The clauses that must be accounted for."""
    return (EFFECT_CLAUSE, *(name for name, _ in ruling.obligations.items()))


def complete(ir: Ir, target: Target, records: tuple[Coverage, ...]) -> tuple[Coverage, ...]:
    """`records` with the situations outside the target's reach accounted for.

    Raises ValueError when, inside its reach, the target accounts for a clause not exactly once:
    that is a fault of the target, not of a policy.
    """
    outside = tuple(situation for situation in Situation if situation not in target.reach)
    seen: dict[tuple[str, str], list[Situation]] = {}
    for record in records:
        seen.setdefault((record.ruling, record.clause), []).extend(record.situations)
    filled = list(records)
    wanted = sorted(target.reach)
    for ruling in ir.rulings:
        for clause in clauses_of(ruling):
            found = sorted(seen.pop((ruling.id, clause), []))
            if found != wanted:
                msg = f"target {target.id}: {ruling.id} clause {clause} accounts for {found}"
                raise ValueError(msg)
            if outside:
                filled.append(
                    Coverage(
                        ruling.id, clause, target.id, outside, Status.UNSUPPORTED, OUT_OF_REACH
                    )
                )
    if seen:
        msg = f"target {target.id}: accounts for clauses the policy lacks: {sorted(seen)[:3]}"
        raise ValueError(msg)
    return tuple(sorted(filled, key=lambda r: (r.ruling, r.clause, r.situations)))


def only_known(ir: Ir, target: Target, records: tuple[PolicyCoverage, ...]) -> None:
    """Raises ValueError when a target accounts for a clause that is not there, or twice."""
    told = [record.clause for record in records]
    known = set(ir.policy_clauses)
    if len(set(told)) != len(told) or not known.issuperset(told):
        msg = f"target {target.id}: accounts for clauses about the whole policy that are not there"
        raise ValueError(msg)


@dataclass(frozen=True)
class Matrix:
    """Ruling x clause x situation x target; `records` by target id.

    `policy` is what targets do for the clauses about the whole policy.
    """

    ir: Ir
    records: Mapping[str, tuple[Coverage, ...]]
    policy: tuple[PolicyCoverage, ...] = ()

    def at(self, site: str) -> Matrix:
        """What is so at one site."""
        ir = replace(self.ir, sites={site: self.ir.sites[site]})
        here = ("", site)
        records = {
            target: tuple(record for record in found if record.site in here)
            for target, found in self.records.items()
        }
        return Matrix(ir, records, tuple(each for each in self.policy if each.site in here))

    @cached_property
    def by_clause(self) -> Mapping[tuple[str, str], tuple[Coverage, ...]]:
        """All targets' records of one clause of one ruling."""
        table: dict[tuple[str, str], list[Coverage]] = {}
        for records in self.records.values():
            for record in records:
                table.setdefault((record.ruling, record.clause), []).append(record)
        return {key: tuple(found) for key, found in table.items()}

    def rows(self) -> Iterator[Row]:
        """Every cell, in the order of rulings, clauses, targets and situations."""
        for ruling in self.ir.rulings:
            for clause in clauses_of(ruling):
                for record in self.by_clause.get((ruling.id, clause), ()):
                    for situation in record.situations:
                        yield Row(ruling, clause, situation, record)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Every clause and situation in which nothing holds it."""
        return tuple(
            gap
            for ruling in self.ir.rulings
            for clause in clauses_of(ruling)
            if clause != EFFECT_CLAUSE or ruling.effect is not Effect.ALLOW
            for gap in self._gaps_of(ruling, clause)
        )

    @cached_property
    def policy_gaps(self) -> tuple[PolicyGap, ...]:
        """Clauses about the whole policy that no target carries out, or not wholly."""
        return tuple(gap for clause in self.ir.policy_clauses for gap in self._policy_gaps(clause))

    def _policy_gaps(self, clause: PolicyClause) -> Iterator[PolicyGap]:
        sites = self.ir.sites
        there = [name for name, ir in sites.items() if clause in ir.policy_clauses]
        found: dict[PolicyGap, list[str]] = {}
        for site in there or ("",):
            gap = self._policy_gap(clause, site)
            if gap is not None:
                found.setdefault(gap, []).append(site)
        for gap, where in found.items():
            yield gap if len(where) == len(sites or ("",)) else replace(gap, sites=tuple(where))

    def _policy_gap(self, clause: PolicyClause, site: str) -> PolicyGap | None:
        records = [
            record
            for record in self.policy
            if record.clause == clause and record.site in ("", site)
        ]
        if any(record.status.holds for record in records):
            return None
        parts = [record for record in records if record.status is Status.LOOSER and record.reason]
        targets = tuple(record.target for record in parts)
        match parts:
            case []:
                told = (record.reason for record in records if record.reason)
                return PolicyGap(clause, next(told, POLICY_REASONS[clause.key]))
            case [PolicyCoverage(reason=Reason() as reason)]:
                return PolicyGap(clause, reason, targets)
            case _:
                left = _left_by_all(parts)
                return PolicyGap(clause, left, targets) if left else None

    def _gaps_of(self, ruling: Ruling, clause: str) -> Iterator[Gap]:
        records = self.by_clause.get((ruling.id, clause), ())
        sites = tuple(self.ir.sites) or ("",)
        for situation in Situation:
            here = [record for record in records if situation in record.situations]
            found: dict[tuple[str, Reason], list[str]] = {}
            for site in sites:
                open_ = _open([record for record in here if record.site in ("", site)])
                if open_ is not None:
                    found.setdefault(open_, []).append(site)
            for (target, reason), where in found.items():
                told = () if len(where) == len(sites) else tuple(where)
                yield Gap(ruling, clause, situation, target, reason, told)

    def totals(self) -> dict[str, dict[str, int]]:
        """Cells by status for each target."""
        counts = {target: dict.fromkeys((s.value for s in Status), 0) for target in self.records}
        for target, records in self.records.items():
            for record in records:
                counts[target][record.status.value] += len(record.situations)
        return counts


def _open(here: list[Coverage]) -> tuple[str, Reason] | None:
    """The best-placed target where nothing holds a clause, and its reason; None where it holds."""
    if any(record.status.holds for record in here):
        return None
    told = [record for record in here if record.reason and not record.reason.absent]
    if told and all(record.status is Status.NOT_APPLICABLE for record in told):
        return None  # whoever could act there says that the use cannot happen there
    best = min(told, key=_preference, default=None)
    if best and best.reason:
        return best.target, best.reason
    return "", NOBODY_ACTS if here else NO_TARGET


def _left_by_all(parts: list[PolicyCoverage]) -> Reason | None:
    """What stays open where several targets each carry out a part; None when nothing does."""
    best = min(parts, key=lambda record: len(record.leaves))
    left = [way for way in best.leaves if all(way in record.leaves for record in parts)]
    if not left or best.reason is None:
        return None
    names = " and ".join(sorted(f"`{record.target}`" for record in parts))
    return replace(best.reason, text=f"{names} leave open: {', '.join(left)}")


def _preference(record: Coverage) -> int:
    """The reason of a target that carries out a part says more than that of one that does not."""
    order = (Status.LOOSER, Status.LICENCE_MISSING, Status.UNSUPPORTED)
    return order.index(record.status) if record.status in order else len(order)
