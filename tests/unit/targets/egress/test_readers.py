"""The readers decide as the vendors do, traps included, and refuse what they cannot account for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.domains import HostEntry, HostTrie, Intent
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.egress.hostlists import zone_records
from aipol_targets.egress.read_lists import DomainList, UrlList
from aipol_targets.egress.read_rpz import Zone
from aipol_targets.egress.read_squid import DomainAcl
from aipol_targets.egress.reading import Address, Network, Networks

HEAD = [
    "; a comment",
    "$TTL 60",
    "$ORIGIN z.invalid.",
    "@ IN SOA localhost. hostmaster.localhost. 2026112300 3600 600 604800 60",
    "@ IN NS localhost.",
]


def zone(*records: str) -> Zone:
    """A policy zone with these records."""
    return Zone([*HEAD, *records], "rpz.zone", "z.invalid")


@pytest.mark.parametrize(
    ("entry", "hits", "misses"),
    [
        ("d.test/", ["d.test"], ["a.d.test", "notd.test", "d.test.evil.test"]),
        ("*.d.test/", ["a.d.test", "b.a.d.test"], ["d.test", "notd.test", "a.d.test.evil.test"]),
        ("^.d.test/", ["a.d.test"], ["d.test", "b.a.d.test"]),
        ("a.*.test/", ["a.b.test", "a.b.c.test"], ["a.test", "b.test"]),
    ],
)
def test_a_url_list_is_matched_by_tokens(entry: str, hits: list[str], misses: list[str]) -> None:
    """A star is one or more tokens, a caret exactly one, and the slash ends the name."""
    found = UrlList([entry], "list")
    assert all(found.line_for(host) == 1 for host in hits)
    assert not any(found.line_for(host) for host in misses)


@pytest.mark.parametrize("entry", ["d.test", "*d.test/", "li^.test/", "", "d.test/ x", "é.test/"])
def test_a_url_entry_that_devices_read_differently_is_refused(entry: str) -> None:
    """No slash, a wildcard that is not alone in its token, blanks: none of it is guessed."""
    with pytest.raises(UnreadableArtifact):
        UrlList([entry], "list")


def test_plain_names_mean_what_the_table_says() -> None:
    """The same name is one host or a subtree."""
    exact = DomainList(["d.test"], "list", "exact")
    subtree = DomainList(["d.test"], "list", "subtree")
    assert (exact.line_for("d.test"), exact.line_for("a.d.test")) == (1, 0)
    assert (subtree.line_for("d.test"), subtree.line_for("a.d.test")) == (1, 1)
    assert not subtree.line_for("notd.test")


def test_squid_lists_have_the_meaning_squid_gives_them() -> None:
    """A leading dot is the subtree; a star, or a final dot, matches nothing at all."""
    found = DomainAcl([".d.test", "e.test", "*.f.test", "g.test."], "list")
    assert [found.line_for(host) for host in ("d.test", "a.d.test", "e.test")] == [1, 1, 2]
    silent = ("a.e.test", "f.test", "a.f.test", "g.test", "notd.test")
    assert not any(found.line_for(host) for host in silent)


@pytest.mark.parametrize(
    "lines",
    [["d.test", ".d.test"], [".d.test", "d.test"], ["a.d.test", ".d.test"], ["d.test", "d.test"]],
)
def test_lists_that_squid_refuses_are_refused(lines: list[str]) -> None:
    """A host beside its subtree, a child before its parent."""
    with pytest.raises(UnreadableArtifact):
        DomainAcl(lines, "list")


def test_a_child_after_its_parent_only_draws_a_warning() -> None:
    """Squid takes the list and ignores the child."""
    assert DomainAcl([".d.test", "a.d.test"], "list").line_for("a.d.test")


def test_the_wildcard_of_the_closest_name_counts() -> None:
    """A name that exists only as a parent shields what is below it from a higher wildcard."""
    records = ("d.test CNAME .", "*.d.test CNAME .", "a.d.test CNAME rpz-passthru.")
    with pytest.raises(UnreadableArtifact, match="resolvers would not agree on a"):
        zone(*records)
    whole = zone(*records, "*.a.d.test CNAME .")
    assert whole.decide("a.d.test").effect is Effect.ALLOW
    assert whole.decide("b.a.d.test").effect is Effect.BLOCK
    assert whole.decide("test").effect is None


@pytest.mark.parametrize(
    "record",
    ["d.test A 192.0.2.1", "d.test CNAME evil.test.", "D.test CNAME .", "d.test  CNAME .", ""],
)
def test_other_records_in_a_zone_are_refused(record: str) -> None:
    """A zone blocks and lets through, nothing else."""
    with pytest.raises(UnreadableArtifact):
        zone(record)


LABELS = st.sampled_from(["a", "b"])
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
TABLES = st.dictionaries(st.tuples(HOSTS, st.sampled_from(list(Intent))), st.booleans())
PROBES = ["a", "b", "a.a", "b.a", "z.a", "a.b.a", "z.a.b", "b.a.b.a", "z.b.a.b", "z.z.a.b.a"]


def nearest_wildcard(records: Sequence[tuple[str, bool]], host: str) -> bool:
    """How PowerDNS and Knot look a name up: exactly, then wildcard by wildcard upwards."""
    table = dict(records)
    if host in table:
        return table[host]
    while "." in host:
        host = host.partition(".")[2]
        if f"*.{host}" in table:
            return table[f"*.{host}"]
    return False


@given(TABLES)
def test_all_resolvers_read_a_zone_alike(table: dict[tuple[str, Intent], bool]) -> None:
    """With both ways of looking names up the records give the decisions of the entries."""
    entries = [HostEntry(host, intent, blocked) for (host, intent), blocked in table.items()]
    trie = HostTrie(entries)
    records = zone_records(trie.minimal())
    read = zone(*(f"{o} CNAME {'.' if blocked else 'rpz-passthru.'}" for o, blocked in records))
    for host in PROBES:
        assert nearest_wildcard(records, host) == trie.blocked(host)
        assert (read.decide(host).effect is Effect.BLOCK) == trie.blocked(host)


@pytest.mark.parametrize("text", ["10.0.0.1/24", "10.0.0.0", "10.0.0.0/33", "x/8", "::1/64", ""])
def test_a_network_is_read_strictly(text: str) -> None:
    """Bits beyond the prefix or anything else that is not a network is refused."""
    with pytest.raises(UnreadableArtifact):
        Network.parse(text, "list")


def test_nested_networks_hold_their_addresses() -> None:
    """A short network inside a long one does not hide the rest of it."""
    networks = Networks(Network.parse(each, "x") for each in ("10.0.0.0/8", "10.1.0.0/24", "::/64"))
    assert networks.hold(Address.parse("10.200.0.1"))
    assert networks.hold(Address.parse("::5"))
    assert not networks.hold(Address.parse("11.0.0.0"))
