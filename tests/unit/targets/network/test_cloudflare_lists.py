"""Cloudflare Gateway: which hosts share a list, and how much of everything there may be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipol.catalogue.model import Match
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.vocabulary import Effect
from aipol_targets.cloudflare.facts import (
    ENTERPRISE_ENTRIES,
    EXPRESSION,
    LIST_CALLS,
    LISTS,
    POLICIES,
    STANDARD_ENTRIES,
)
from aipol_targets.cloudflare.shards import sharded
from tests.unit.targets.network.test_cloudflare import lists, one, rules
from tests.unit.targets.network.written import SPAN

HOSTS = st.sets(st.integers(0, 5000).map(lambda number: f"h{number}.test"), max_size=200)


@settings(max_examples=60)
@given(HOSTS, HOSTS, st.integers(1, 40))
def test_a_host_changes_its_own_list_and_no_other(
    hosts: set[str], more: set[str], capacity: int
) -> None:
    """Every list fits; another host goes into one list, or splits that one."""
    before = {each.name: each.hosts for each in sharded("l", hosts, capacity)}
    assert sorted(host for each in before.values() for host in each) == sorted(hosts)
    assert all(0 < len(each) <= capacity for each in before.values())
    for host in sorted(more - hosts)[:3]:
        after = {each.name: each.hosts for each in sharded("l", {*hosts, host}, capacity)}
        gone = {name for name, each in before.items() if after.get(name) != each}
        made = {name for name, each in after.items() if before.get(name) != each}
        assert len(gone) <= 1
        touched = {host for name in gone for host in before[name]}
        assert {host for name in made for host in after[name]} == {*touched, host}


@pytest.mark.parametrize(
    ("plan", "limit"), [("standard", STANDARD_ENTRIES), ("enterprise", ENTERPRISE_ENTRIES)]
)
def test_a_list_holds_what_the_plan_says(plan: str, limit: Any, small: Any) -> None:
    """As many as fit are one list; one more makes two, which together are the same."""
    full = [f"h{number}.test" for number in range(limit.value)]
    emitted = small.gated(one(small, *full), plan=plan, policies=["dns"])
    assert [len(each) for each in lists(emitted).values()] == [limit.value]
    more = small.gated(one(small, *full, "more.test"), plan=plan, policies=["dns"])
    assert set(lists(more)) == {"aipol_default_0-subtree_0", "aipol_default_0-subtree_1"}
    assert sorted(h for each in lists(more).values() for h in each) == sorted([*full, "more.test"])
    assert more.blocked("dns", small.ANYBODY, "a.more.test")


def over(small: Any, policy: Any, **given: Any) -> str:
    """The only thing wrong with a policy: a limit."""
    made = small.compiled(
        small.resolve(policy), small.CLOUDFLARE, **{"on_ramp": "wan", "policies": ["dns"], **given}
    )
    (finding,) = made.findings
    assert finding.code == LIMIT_EXCEEDED.code
    assert finding.span == SPAN
    return str(finding.message)


def test_more_lists_than_there_are_is_an_error(small: Any) -> None:
    """With the number: of those that are left to aipol, and of the account."""
    policy = one(small, "one.test", small.domain("e.test", Match.EXACT))
    assert "lists: 2, limit 1" in over(small, policy, lists=1)
    apps = tuple(small.app(f"a{bit}", f"a{bit}.test") for bit in range(7))
    each = tuple(small.Rule((f"a{bit}",), (f"g{bit}",), Effect.ALLOW) for bit in range(7))
    many = small.Policy(apps, each, networks=combined(7))
    assert f"lists: 127, limit {LISTS.value}" in over(small, many)
    assert small.gated(policy, lists=2).findings() == ()


def combined(count: int) -> dict[str, tuple[str, ...]]:
    """So many groups, each combination of which has a network."""
    return {
        f"g{bit}": tuple(f"10.{n // 256}.{n % 256}.0/24" for n in range(2**count) if n >> bit & 1)
        for bit in range(count)
    }


def segments(small: Any, count: int) -> Any:
    """A policy with a segment for each of so many groups, each with other hosts blocked."""
    networks = {f"g{n}": (f"10.{n // 250}.{n % 250}.0/24",) for n in range(count)}
    return one(small, "one.test", networks=networks)


def test_more_policies_of_a_type_than_there_are_is_an_error(small: Any) -> None:
    """One for each segment: people of every combination of nine groups, and everybody else."""
    policy = one(small, "one.test", networks=combined(9))
    assert f"dns policies: 512, limit {POLICIES.value}" in over(small, policy)
    assert len(rules(small.gated(segments(small, 20)), "dns")) == 21


def test_an_expression_that_is_too_long_is_an_error(small: Any) -> None:
    """Counted with the ids of lists in it."""
    networks = tuple(f"10.{n // 65536}.{n // 256 % 256}.{n % 256}/32" for n in range(0, 20_000, 2))
    policy = one(small, "one.test", networks={"finance": networks})
    told = small.compiled(
        small.resolve(policy), small.CLOUDFLARE, on_ramp="wan", policies=["dns"]
    ).findings
    assert [each.code for each in told] == [LIMIT_EXCEEDED.code] * 2
    assert f"limit {EXPRESSION.value}" in told[0].message


def test_all_lists_can_be_sent_in_a_minute(small: Any) -> None:
    """One request for each, and one to see them all, is within the rate."""
    assert LISTS.value + 1 <= LIST_CALLS.value
    limits = {limit.name for limit in small.CLOUDFLARE.limits}
    assert {each.name for each in (LISTS, LIST_CALLS, POLICIES, EXPRESSION)} <= limits


def test_segments_with_the_same_hosts_share_a_list(small: Any) -> None:
    """Under the default segment's name, which is always there."""
    emitted = small.gated(segments(small, 3), policies=["dns"])
    assert set(lists(emitted)) == {"aipol_default_0-subtree"}
    assert len(rules(emitted, "dns")) == 4
    assert emitted.findings() == ()
