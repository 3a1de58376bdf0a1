"""Subjects: every combination that a platform can see, or the telling ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aipol.verify.subjects import subjects

RULES = 'rules: [{id: last, apps: ["*"], groups: [everyone], effect: block}]\n'


def test_everybody_is_behind_exactly_one_subject(ir_of: Callable[..., Any]) -> None:
    """Few groups: subjects are all combinations, disjoint and complete."""
    ir = ir_of(RULES, groups="  both: {all_of: [a, b], jamf: Both}\n")
    found = subjects(ir, "jamf")
    assert {subject.identity for subject in found} == {
        frozenset(),
        frozenset({"A"}),
        frozenset({"B"}),
        frozenset({"A", "B", "Both"}),
    }
    assert ir.universe.any_of(s.people for s in found) == ir.universe.others(0)
    for one in found:
        for other in found:
            assert one is other or not ir.universe.overlap(one.people, other.people)


def test_nested_groups_are_met_among_many(ir_of: Callable[..., Any]) -> None:
    """Many groups: each and each pair, with every wider group that they are part of."""
    groups = "".join(f"  g{n}: {{jamf: G{n}}}\n" for n in range(10))
    groups += "  all: {any_of: [g1, g2], jamf: All}\n  more: {any_of: [all, g3], jamf: More}\n"
    found = {subject.identity for subject in subjects(ir_of(RULES, groups=groups), "jamf")}
    assert {"G1", "All", "More"} in found
    assert {"G1", "G2", "All", "More"} in found
    assert {"G1", "G9", "All", "More"} in found
    assert set() in found
    assert len(found) < 200


def test_a_network_subject_is_an_address(ir_of: Callable[..., Any]) -> None:
    """Each edge of each network is a subject, and so is an address that is in none."""
    ir = ir_of(RULES, groups="  net: {networks: [10.20.0.0/24, 10.30.0.0/24]}\n")
    found = {next(iter(s.identity)): s.people for s in subjects(ir, "networks")}
    net = ir.groups["net"].region
    inside = {"10.20.0.0", "10.20.0.255", "10.30.0.0", "10.30.0.255"}
    assert {address for address, people in found.items() if people == net} == inside
    assert found["10.19.255.255"] == ir.universe.others(net)


def test_anybody_may_sit_where_nobody_is_known_to(ir_of: Callable[..., Any]) -> None:
    """With a network for everybody of every group, strangers' addresses are still asked about."""
    groups = "  in: {networks: [10.20.0.0/24]}\n  out: {none_of: [in], networks: [10.30.0.0/24]}\n"
    ir = ir_of(RULES, groups=groups)
    rest = [s for s in subjects(ir, "networks") if s.label == "default"]
    assert rest
    assert all(subject.people for subject in rest)
