"""Resolved policies against a walk through the clauses for one person at a time."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aipol.diagnostics import Diagnostic
from aipol.vocabulary import Account
from tests.unit.compiler.resolve import walk

Raw = dict[str, Any]
Layers = tuple[Raw, Raw]


policies: st.SearchStrategy[Layers] = walk.policies()


def found(findings: tuple[Diagnostic, ...], code: str) -> list[str]:
    """The backquoted names of the findings of one kind."""
    return sorted(f.message.split("`")[1] for f in findings if f.code == code)


@settings(max_examples=300)
@given(policies)
def test_everybody_gets_what_the_walk_gives(layers: Layers) -> None:
    """Effect, obligations, tenants, message, decider and floors are the walk's, for every use."""
    ir, _ = walk.resolved(*layers)
    expected = walk.everything(layers[1], walk.clauses_of(*layers))
    for (person, app, surface, account), (decider, floors, result) in expected.items():
        ruling = ir.decide(person, app, surface, Account(account))
        assert ruling is not None
        assert ruling.decided_by.id == decider
        assert [
            because.id for because in ruling.because if because.origin == "locked rule"
        ] == floors
        assert walk.in_words(ruling) == result


@given(policies)
def test_rulings_partition_everybody(layers: Layers) -> None:
    """Each person has exactly one ruling for each use and account, and ids are unique."""
    ir, _ = walk.resolved(*layers)
    assert len(ir.by_id) == len(ir.rulings)
    assert set(ir.by_use) == {(app.id, surface) for app, surface in walk.USES}
    for rulings in ir.by_use.values():
        for account in walk.ACCOUNTS:
            mine = [ruling for ruling in rulings if ruling.account in {account, Account.ANY}]
            for person in walk.PERSONS:
                hits = [r for r in mine if ir.universe.contains(r.audience.region, person)]
                assert len(hits) == 1


@given(policies)
def test_audiences_say_whom_they_hold(layers: Layers) -> None:
    """An audience's includes, withins and excludes, as names, describe exactly its people."""
    ir, _ = walk.resolved(*layers)
    groups = layers[1]["groups"]
    for audience in {ruling.audience for ruling in ir.rulings}:
        for person in walk.PERSONS:
            inside = {name for name in groups if walk.is_member(groups, name, person)}
            described = (
                bool(inside & {*audience.include})
                and all(inside & {*names} for names in audience.within)
                and not inside & {*audience.exclude}
            )
            assert ir.universe.contains(audience.region, person) == described


@given(policies)
def test_shadowed_clauses_decide_for_nobody(layers: Layers) -> None:
    """A clause is reported as shadowed exactly when it speaks about a use and decides none."""
    _, findings = walk.resolved(*layers)
    every = walk.clauses_of(*layers)
    deciders = {decider for decider, _, _ in walk.everything(layers[1], every).values()}
    expected = [
        clause["id"]
        for clause in every
        if clause["id"] not in deciders
        and not clause.get("locked")
        and any(
            walk.speaks(clause, *use, account) for use in walk.USES for account in walk.ACCOUNTS
        )
    ]
    assert found(findings, "AIP301") == sorted(expected)


@given(policies)
def test_redundant_clauses_change_nothing(layers: Layers) -> None:
    """A clause that decides is reported as redundant exactly when its removal changes nothing.

    Exempt are locked rules, which bind later layers, and `*: block`, which says what holds anyway.
    """
    _, findings = walk.resolved(*layers)
    every = walk.clauses_of(*layers)
    before = walk.everything(layers[1], every)
    deciders = {decider for decider, _, _ in before.values()}
    expected: list[str] = []
    for clause in every:
        exempt = clause.get("locked") or ("*" in clause["apps"] and clause["effect"] == "block")
        if clause["id"] not in deciders or exempt:
            continue
        after = walk.everything(layers[1], [other for other in every if other is not clause])
        if all(after[key][2] == result for key, (_, _, result) in before.items()):
            expected.append(clause["id"])
    assert found(findings, "AIP302") == sorted(expected)


@given(policies)
def test_digging_under_a_floor_is_reported(layers: Layers) -> None:
    """Each pair of a clause and the locked rule that raises it is reported, and no other."""
    _, findings = walk.resolved(*layers)
    pairs = {
        (decider, floor)
        for decider, floors, _ in walk.everything(layers[1], walk.clauses_of(*layers)).values()
        for floor in floors
        if decider != "default"
    }
    told = {
        (f.message.split("`")[1], f.message.split("`")[3]) for f in findings if f.code == "AIP303"
    }
    assert told == pairs


def strictness(result: Raw, other: Raw) -> bool:
    """Whether a result is at least as strict as another on the ladder and every obligation."""
    if result["effect"] == "block":
        return True
    mine, theirs = result["require"], other["require"]
    ranks = [walk.LADDER.index(r["data"]["max"]) if "data" in r else 9 for r in (mine, theirs)]
    logs = [("", "metadata", "full").index(r.get("log", "")) for r in (mine, theirs)]
    return (
        walk.EFFECTS.index(result["effect"]) >= walk.EFFECTS.index(other["effect"])
        and theirs.keys() <= mine.keys()
        and ranks[0] <= ranks[1]
        and logs[0] >= logs[1]
        and {*theirs.get("redact", [])} <= {*mine.get("redact", [])}
    )


@given(policies)
def test_floors_never_loosen(layers: Layers) -> None:
    """With locked rules nobody gets anything less strict than without, nor than the rule says."""
    ir, _ = walk.resolved(*layers)
    child, base = layers
    every = walk.clauses_of(*layers)
    locked = [clause for clause in every if clause.get("locked")]
    free = [{**clause, "locked": False} for clause in every]
    for (person, app, surface, account), (_, _, plain) in walk.everything(base, free).items():
        ruling = ir.decide(person, app, surface, Account(account))
        assert ruling is not None
        mine = walk.in_words(ruling)
        use = next(use for use in walk.USES if (use[0].id, use[1]) == (app, surface))
        assert strictness(mine, plain)
        for floor in locked:
            inside = any(walk.is_member(base["groups"], name, person) for name in floor["groups"])
            if inside and walk.speaks(floor, *use, account):
                assert strictness(mine, walk.taken(floor, account))
    assert child["rules"]
