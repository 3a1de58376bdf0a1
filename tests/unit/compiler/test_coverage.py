"""Every clause is accounted for once, and what nothing holds is a gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import EVERYBODY, Universe
from aipol.coverage import (
    NO_TARGET,
    OUT_OF_REACH,
    POLICY_REASONS,
    Matrix,
    clauses_of,
    complete,
    only_known,
)
from aipol.ir import (
    CLOSE_BYPASSES,
    ONLY_VIA,
    Audience,
    Because,
    Ir,
    Obligations,
    Organization,
    Origin,
    PolicyClause,
    Ruling,
)
from aipol.source import Span
from aipol.target import (
    EFFECT_CLAUSE,
    Coverage,
    PolicyCoverage,
    Reason,
    StagedTarget,
    Status,
    Target,
)
from aipol.vocabulary import EVERYWHERE, MACOS, Account, Effect, Situation, Surface

HERE = Span("policy.yaml", 1, 1)
WHY = Reason("why", "because")


def ruling(name: str, effect: Effect, **obligations: Any) -> Ruling:
    """A ruling for everybody."""
    return Ruling(
        name,
        name,
        Surface.WEB,
        Account.ANY,
        Audience(EVERYBODY, ("everyone",)),
        effect,
        Obligations(**obligations),
        (Because(Origin.RULE, name, HERE),),
    )


IR = Ir(
    organization=Organization("Acme", "com.acme"),
    universe=Universe(()),
    groups={},
    apps={},
    data_classes=(),
    rulings=(
        ruling("allowed", Effect.ALLOW, sso=True, data_max="internal"),
        ruling("blocked", Effect.BLOCK),
        ruling("warned", Effect.WARN),
    ),
    protected_hosts=(),
    gateways={},
    inspect_tls="none",
    close_bypasses=False,
    unlisted_ai=Effect.BLOCK,
    unlisted_span=HERE,
    tighten=False,
    as_of=date(2026, 1, 1),
)
CLAUSES = tuple((r.id, clause) for r in IR.rulings for clause in clauses_of(r))
MACS = cast(
    "Target",
    StagedTarget(
        "macs", "Macs", "jamf", MACOS, (), (), cast("Any", None), *[cast("Any", None)] * 3
    ),
)


def records(status: Status = Status.ENFORCED) -> list[Coverage]:
    """One record for each clause."""
    return [Coverage(name, clause, "macs", MACOS, status, WHY) for name, clause in CLAUSES]


def test_clauses_are_the_effect_and_each_obligation() -> None:
    """What must be accounted for is the effect and every obligation that is set."""
    assert clauses_of(IR.rulings[0]) == (EFFECT_CLAUSE, "sso", "data.max")
    assert clauses_of(IR.rulings[1]) == (EFFECT_CLAUSE,)


def test_what_is_out_of_reach_is_filled_in() -> None:
    """Situations in which a target does not act are unsupported for that reason, each once."""
    filled = complete(IR, MACS, tuple(records()))
    for name, clause in CLAUSES:
        mine = [r for r in filled if (r.ruling, r.clause) == (name, clause)]
        assert sorted(s for r in mine for s in r.situations) == sorted(Situation)
        outside = [r for r in mine if r.reason is OUT_OF_REACH]
        assert {s for r in outside for s in r.situations} == {*Situation} - {*MACOS}


def test_one_record_may_be_two() -> None:
    """Situations may be split over records, as long as each is in one of them."""
    first, *rest = records()
    halves = [replace(first, situations=(situation,)) for situation in MACOS]
    assert complete(IR, MACS, (*halves, *rest))


@pytest.mark.parametrize("position", range(len(CLAUSES)))
def test_a_missing_record_is_a_fault(position: int) -> None:
    """No clause may be left out."""
    found = records()
    del found[position]
    with pytest.raises(ValueError, match=f"{CLAUSES[position][0]} clause {CLAUSES[position][1]}"):
        complete(IR, MACS, tuple(found))


@pytest.mark.parametrize("position", range(len(CLAUSES)))
def test_a_double_record_is_a_fault(position: int) -> None:
    """No clause may be accounted for twice in one situation."""
    found = records()
    again = replace(found[position], situations=MACOS[:1])
    with pytest.raises(ValueError, match="accounts for"):
        complete(IR, MACS, (*found, again))


@pytest.mark.parametrize(
    "change",
    [
        {"situations": EVERYWHERE},
        {"situations": ()},
        {"situations": MACOS[:1]},
        {"clause": "mfa"},
        {"ruling": "unknown"},
    ],
)
def test_a_record_about_something_else_is_a_fault(change: dict[str, Any]) -> None:
    """Situations outside the reach, too few of them, and clauses that are not there are refused."""
    first, *rest = records()
    with pytest.raises(ValueError, match="accounts for"):
        complete(IR, MACS, (replace(first, **change), *rest))


statuses = st.sampled_from(Status)


@given(st.lists(st.lists(statuses, min_size=6, max_size=6), min_size=1, max_size=3))
def test_a_gap_is_where_nothing_holds(tables: list[list[Status]]) -> None:
    """A clause has a gap where no target holds it, unless all say that it cannot happen there."""
    matrix = Matrix(
        IR,
        {
            f"t{number}": tuple(
                Coverage("blocked", EFFECT_CLAUSE, f"t{number}", (situation,), status, WHY)
                for situation, status in zip(Situation, table, strict=True)
            )
            for number, table in enumerate(tables)
        },
    )
    holding = {Status.ENFORCED, Status.STRICTER}
    open_at = {
        situation
        for position, situation in enumerate(Situation)
        if not any(table[position] in holding for table in tables)
        and not all(table[position] is Status.NOT_APPLICABLE for table in tables)
    }
    assert {gap.situation for gap in matrix.gaps if gap.ruling.id == "blocked"} == open_at


def test_nothing_at_all_is_all_gaps_except_what_is_allowed() -> None:
    """Without a target every clause is open everywhere, but that a use is allowed needs nobody."""
    gaps = Matrix(IR, {}).gaps
    wanted = {key for key in CLAUSES if key != ("allowed", EFFECT_CLAUSE)}
    assert {(g.ruling.id, g.clause, g.situation) for g in gaps} == {
        (*key, situation) for key, situation in product(wanted, Situation)
    }
    assert {gap.reason for gap in gaps} == {NO_TARGET}


def test_the_reason_is_that_of_a_target_that_acts_there() -> None:
    """A target that tried and fell short says more than one that is not there."""
    near = tuple(replace(r, target="near") for r in records(Status.LOOSER))
    far = tuple(replace(r, status=Status.UNSUPPORTED, reason=OUT_OF_REACH) for r in records())
    matrix = Matrix(IR, {"far": far, "near": near})
    mine = [gap for gap in matrix.gaps if gap.situation in MACOS]
    assert {(gap.target, gap.reason) for gap in mine} == {("near", WHY)}


def test_totals_count_every_cell() -> None:
    """Rows and totals are the same cells, by target and status."""
    matrix = Matrix(IR, {"macs": complete(IR, MACS, tuple(records()))})
    counts = matrix.totals()["macs"]
    assert counts["enforced"] == len(CLAUSES) * len(MACOS)
    assert sum(counts.values()) == len(CLAUSES) * len(Situation) == len(list(matrix.rows()))


# --- clauses about the whole policy ---------------------------------------------------------------

CLOSED = PolicyClause(CLOSE_BYPASSES, "true", HERE)
GUESTS = PolicyClause(ONLY_VIA, "gateway (guests)", HERE)
WHOLE = replace(IR, policy_clauses=(CLOSED, GUESTS))


def part(
    target: str,
    *leaves: str,
    clause: PolicyClause = CLOSED,
    status: Status = Status.LOOSER,
    advice: str = "do",
) -> PolicyCoverage:
    """What a target does for a clause, with what it leaves open."""
    reason = Reason("in-part", f"what {target} leaves", advice)
    return PolicyCoverage(clause, target, status, reason, leaves=leaves)


def test_a_clause_that_no_target_speaks_of_is_a_gap() -> None:
    """With the reason that is the same for all; none of them is passed over."""
    gaps = Matrix(WHOLE, {}).policy_gaps
    assert [(gap.clause, gap.reason, gap.targets) for gap in gaps] == [
        (clause, POLICY_REASONS[clause.key], ()) for clause in (CLOSED, GUESTS)
    ]


@pytest.mark.parametrize("status", [Status.ENFORCED, Status.STRICTER])
def test_a_clause_that_a_target_carries_out_is_no_gap(status: Status) -> None:
    """It is that clause alone, and whatever other targets leave open."""
    told = (part("a", "QUIC", clause=GUESTS), part("b", clause=GUESTS, status=status))
    assert [gap.clause for gap in Matrix(WHOLE, {}, told).policy_gaps] == [CLOSED]


def test_one_target_that_carries_out_a_part_says_what_stays_open() -> None:
    """In its own words."""
    told = (part("dns", "QUIC", "VPNs"),)
    gap = Matrix(WHOLE, {}, told).policy_gaps[0]
    assert (gap.reason.text, gap.targets) == ("what dns leaves", ("dns",))


def test_of_several_targets_what_all_leave_open_is_told() -> None:
    """What one of them closes is closed; the advice is of whoever leaves least."""
    told = (part("dns", "QUIC", "VPNs", "ECH"), part("nft", "names", "VPNs", advice="tunnel"))
    gap = Matrix(WHOLE, {}, told).policy_gaps[0]
    assert gap.reason.text == "`dns` and `nft` leave open: VPNs"
    assert (gap.reason.advice, gap.targets) == ("tunnel", ("dns", "nft"))


def test_targets_that_leave_nothing_open_between_them_leave_no_gap() -> None:
    """Each closes what the other leaves."""
    told = (part("a", "QUIC"), part("b", "names"))
    assert [gap.clause for gap in Matrix(WHOLE, {}, told).policy_gaps] == [GUESTS]


def test_a_target_that_says_why_it_does_nothing_is_heard() -> None:
    """Its reason says more than that there is none."""
    told = (part("a", status=Status.UNSUPPORTED),)
    gap = Matrix(WHOLE, {}, told).policy_gaps[0]
    assert (gap.reason.text, gap.targets) == ("what a leaves", ())


def test_a_clause_that_is_not_there_is_a_fault() -> None:
    """So is one that a target accounts for twice."""
    only_known(WHOLE, MACS, (part("macs"), part("macs", clause=GUESTS)))
    for records_ in (
        (part("macs"), part("macs")),
        (part("macs", clause=replace(GUESTS, value="x")),),
    ):
        with pytest.raises(ValueError, match="not there"):
            only_known(WHOLE, MACS, records_)
