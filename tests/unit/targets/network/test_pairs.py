"""Two lists of names of which one always wins: what they can say, and what they say instead."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.domains import HostEntry, HostTrie, Intent
from aipol_targets.common.network.pairs import Pair, looser_pair, stricter_pair

LABELS = st.sampled_from(["a", "b"])
HOSTS = st.lists(LABELS, max_size=3).map(lambda labels: ".".join([*labels, "test"]))
INTENTS = st.sampled_from(list(Intent))
TABLES = st.dictionaries(st.tuples(HOSTS, INTENTS), st.booleans(), max_size=6)
KEPT = st.frozensets(st.tuples(HOSTS, st.sampled_from([Intent.EXACT, Intent.CHILDREN])), max_size=2)
PROBES = [
    ".".join([*labels, "test"])
    for labels in (
        *((), ("a",), ("b",), ("z",), ("a", "a"), ("b", "a"), ("z", "a"), ("a", "b"), ("z", "b")),
        *((x, y, z) for x in "abz" for y in "abz" for z in "ab"),
        *(("z", x, y, z) for x in "ab" for y in "ab" for z in "ab"),
    )
] + ["nottest", "test.evil.example", "nota.test"]

Table = dict[tuple[str, Intent], bool]
EXACT, SUBTREE, CHILDREN = Intent.EXACT, Intent.SUBTREE, Intent.CHILDREN
NOTHING_KEPT: frozenset[tuple[str, Intent]] = frozenset()


def tabled(table: Table) -> dict[tuple[str, Intent], HostEntry]:
    """Entries as lowering makes them."""
    return {
        (host, intent): HostEntry(host, intent, blocked)
        for (host, intent), blocked in table.items()
    }


def names(pair: Pair) -> tuple[list[str], list[str]]:
    """What is blocked and what is allowed."""
    return [entry.host for entry in pair.blocked], [entry.host for entry in pair.allowed]


def blocks(pair: Pair, host: str) -> bool:
    """What a vendor does with the two lists, by its own words and without a trie."""

    def listed(entries: tuple[HostEntry, ...]) -> bool:
        return any(host == each.host or host.endswith(f".{each.host}") for each in entries)

    return listed(pair.blocked) and not listed(pair.allowed)


def is_told(host: str, places: tuple[str, ...]) -> bool:
    """Whether a name is at a place where the lists say something else."""
    return host in places or any(host.endswith(each[1:]) for each in places if each[0] == "*")


@given(TABLES)
def test_the_looser_lists_block_nothing_more_and_tell_what_they_let_through(table: Table) -> None:
    """They decide as the entries do, but where a place says that they do not."""
    entries = tabled(table)
    pair, wanted = looser_pair(entries), HostTrie(entries.values())
    for host in PROBES:
        if blocks(pair, host) is not wanted.blocked(host):
            assert wanted.blocked(host)
            assert is_told(host, pair.places)


def is_kept(host: str, kept: frozenset[tuple[str, Intent]]) -> bool:
    """Whether nothing beyond the policy may block a name."""
    return (host, EXACT) in kept or any(
        intent is CHILDREN and host.endswith(f".{name}") for name, intent in kept
    )


@given(TABLES, KEPT)
def test_the_stricter_lists_never_widen_onto_what_is_kept(
    table: Table, kept: frozenset[tuple[str, Intent]]
) -> None:
    """They block all that they are to, but where what is kept, or nobody's, would be blocked."""
    entries = tabled(table)
    pair, wanted = stricter_pair(entries, kept), HostTrie(entries.values())
    for host in PROBES:
        if blocks(pair, host) is not wanted.blocked(host):
            assert is_told(host, pair.places)
            assert wanted.blocked(host) or not is_kept(host, kept)


@given(TABLES)
def test_with_nothing_kept_and_no_host_of_nobody_the_stricter_lists_block_everything(
    table: Table,
) -> None:
    """What is below a host, and not the host, is the only block that is let through."""
    table = {
        (host, SUBTREE if intent is CHILDREN else intent): v for (host, intent), v in table.items()
    }
    entries = tabled(table)
    pair, wanted = stricter_pair(entries, NOTHING_KEPT), HostTrie(entries.values())
    assert [host for host in PROBES if wanted.blocked(host) and not blocks(pair, host)] == []


@given(TABLES, KEPT)
def test_no_name_is_listed_twice_nor_below_another_of_its_list(
    table: Table, kept: frozenset[tuple[str, Intent]]
) -> None:
    """Every line is needed: an allowed name is below a blocked one."""
    entries = tabled(table)
    for pair in (looser_pair(entries), stricter_pair(entries, kept)):
        for listed in names(pair):
            assert len(set(listed)) == len(listed)
            assert not [(a, b) for a in listed for b in listed if a.endswith(f".{b}")]
        blocked, allowed = names(pair)
        assert all(any(a.endswith(f".{b}") for b in blocked) for a in allowed)


@given(TABLES)
def test_what_can_be_said_is_said(table: Table) -> None:
    """Where subtrees with one level of exceptions say it all, both ways say the same."""
    entries = tabled({key: value for key, value in table.items() if key[1] is SUBTREE})
    looser, stricter = looser_pair(entries), stricter_pair(entries, NOTHING_KEPT)
    if not looser.places:
        assert names(looser) == names(stricter)
        assert stricter.places == ()


def differing(pair: Pair, entries: dict[tuple[str, Intent], HostEntry]) -> tuple[str, ...]:
    """The places at which the lists say something else, without what is only within one."""
    wanted = HostTrie(entries.values())
    probes = {place: place.replace("*", "any") for place in pair.places}
    return tuple(p for p, host in probes.items() if blocks(pair, host) != wanted.blocked(host))


CASES: list[tuple[str, Table, Any, Any]] = [
    (
        "a subtree",
        {("d.test", SUBTREE): True},
        (["d.test"], [], ()),
        (["d.test"], [], ()),
    ),
    (
        "a child that is let through",
        {("d.test", SUBTREE): True, ("a.d.test", SUBTREE): False},
        (["d.test"], ["a.d.test"], ()),
        (["d.test"], ["a.d.test"], ()),
    ),
    (
        "one host",
        {("d.test", EXACT): True},
        ([], [], ("d.test",)),
        (["d.test"], [], ("*.d.test",)),
    ),
    (
        "one host, with a usable one below it",
        {("d.test", EXACT): True, ("a.d.test", SUBTREE): False},
        ([], [], ("d.test",)),
        (["d.test"], ["a.d.test"], ("*.d.test",)),
    ),
    (
        "what is below a host of nobody",
        {("d.test", CHILDREN): True},
        ([], [], ("*.d.test",)),
        ([], [], ("*.d.test",)),
    ),
    (
        "what is below a usable host",
        {("d.test", CHILDREN): True, ("d.test", EXACT): False},
        ([], [], ("*.d.test",)),
        (["d.test"], [], ("d.test",)),
    ),
    (
        "one host that is let through",
        {("d.test", SUBTREE): True, ("a.d.test", EXACT): False},
        (["d.test"], ["a.d.test"], ("*.a.d.test",)),
        (["d.test"], [], ("a.d.test",)),
    ),
    (
        "a block in an exception",
        {("d.test", SUBTREE): True, ("a.d.test", SUBTREE): False, ("b.a.d.test", SUBTREE): True},
        (["d.test"], ["a.d.test"], ("b.a.d.test", "*.b.a.d.test")),
        (["d.test"], [], ("a.d.test", "*.a.d.test")),
    ),
    (
        "a block below an open host",
        {("d.test", SUBTREE): False, ("a.d.test", SUBTREE): True},
        (["a.d.test"], [], ()),
        (["a.d.test"], [], ()),
    ),
]


@pytest.mark.parametrize(("table", "looser", "stricter"), [case[1:] for case in CASES])
def test_each_kind_of_decision_has_its_nearest_lists(
    table: Table, looser: Any, stricter: Any
) -> None:
    """Blocked names, allowed names, and where they differ, for both settings of `on_gap`."""
    entries = tabled(table)
    for pair, expected in (
        (looser_pair(entries), looser),
        (stricter_pair(entries, NOTHING_KEPT), stricter),
    ):
        assert (*names(pair), differing(pair, entries)) == expected


@pytest.mark.parametrize("intent", [EXACT, CHILDREN])
def test_a_kept_host_keeps_a_block_from_being_widened(intent: Intent) -> None:
    """A platform's host below one that is blocked is let through, and so is all below it."""
    entries = tabled({("d.test", EXACT): True})
    pair = stricter_pair(entries, frozenset({("a.d.test", intent)}))
    assert names(pair) == (["d.test"], ["a.d.test"])
    assert names(stricter_pair(entries, frozenset({("d.test", CHILDREN)}))) == ([], [])
