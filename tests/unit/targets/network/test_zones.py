"""Names in zones and lists of resolvers: what the reader makes of them, and what is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.domains import HostEntry, HostTrie, Intent
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.narrowing import narrowed
from aipol_targets.dns.names import names_of, open_roots, zone_records
from aipol_targets.dns.read_rules import Dnsmasq, Hosts, LocalZones
from aipol_targets.dns.read_zone import Zone
from aipol_targets.dns.render import _dnsmasq_lines, _local_lines

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


def test_a_name_between_shields_what_is_below_it_from_the_wildcard_above() -> None:
    """BIND and Unbound take the closest name there is, Knot and PowerDNS the next wildcard."""
    records = ("d.test CNAME .", "*.d.test CNAME .", "a.d.test CNAME rpz-passthru.")
    short = zone(*records)
    assert short.by_closest_name("b.a.d.test").effect is None
    assert short.by_nearest_wildcard("b.a.d.test").effect is Effect.BLOCK
    whole = zone(*records, "*.a.d.test CNAME .")
    for decide in (whole.by_closest_name, whole.by_nearest_wildcard):
        assert decide("a.d.test").effect is Effect.ALLOW
        assert decide("b.a.d.test").effect is Effect.BLOCK
        assert decide("test").effect is None


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


def tabled(table: dict[tuple[str, Intent], bool]) -> dict[tuple[str, Intent], HostEntry]:
    """Entries as lowering makes them."""
    return {
        (host, intent): HostEntry(host, intent, blocked)
        for (host, intent), blocked in table.items()
    }


@given(TABLES)
def test_all_resolvers_read_a_zone_alike(table: dict[tuple[str, Intent], bool]) -> None:
    """With both ways of looking names up the records give the decisions of the entries."""
    trie = HostTrie(tabled(table).values())
    records = zone_records(trie.minimal())
    read = zone(*(f"{o} CNAME {'.' if blocked else 'rpz-passthru.'}" for o, blocked in records))
    for host in PROBES:
        for decide in (read.by_nearest_wildcard, read.by_closest_name):
            assert (decide(host).effect is Effect.BLOCK) == trie.blocked(host)


@given(TABLES)
def test_a_zone_names_all_that_exists_at_or_below_a_block(
    table: dict[tuple[str, Intent], bool],
) -> None:
    """Its records are those of every name that there is, the implied ones too, parents first."""
    said = HostTrie(tabled(table).values()).minimal()
    wanted: list[tuple[str, bool]] = []
    for name in names_of(said):
        if name.blocked or name.around_blocked:
            wanted.append((name.host, name.blocked))
        if name.below_blocked or name.around_blocked:
            wanted.append((f"*.{name.host}", name.below_blocked))
    assert list(zone_records(said)) == wanted


@given(TABLES)
def test_dnsmasq_can_say_every_decision(table: dict[tuple[str, Intent], bool]) -> None:
    """A host, all below it, or both: its lines decide as the entries do."""
    trie = HostTrie(tabled(table).values())
    lines = [line for name in names_of(trie.minimal()) for line in _dnsmasq_lines(name)]
    read = Dnsmasq(lines, "aipol.conf")
    for host in PROBES:
        assert (read.decide(host).effect is Effect.BLOCK) == trie.blocked(host), lines


@given(TABLES)
def test_local_zones_block_nothing_more_and_tell_what_they_let_through(
    table: dict[tuple[str, Intent], bool],
) -> None:
    """They decide as the entries do, but for what is below the hosts that are said to be opened."""
    entries = tabled(table)
    trie, opened = narrowed(entries, open_roots)
    lines = [line for name in names_of(trie.minimal()) for line in _local_lines(name)]
    read, wanted = LocalZones(lines, "local.conf"), HostTrie(entries.values())
    for host in PROBES:
        blocked = read.decide(host).effect is Effect.BLOCK
        assert blocked == trie.blocked(host), lines
        if blocked != wanted.blocked(host):
            assert not blocked
            assert any(host.endswith(place[1:]) for place in opened)


def test_local_zones_are_as_unbound_takes_them() -> None:
    """The longest zone decides for all below; data without an address denies the name alone."""
    lines = [
        'local-zone: "d.test." always_nxdomain',
        'local-zone: "a.d.test." transparent',
        'local-zone: "e.test." transparent',
        'local-data: "e.test. TXT aipol"',
    ]
    read = LocalZones(lines, "local.conf")
    blocked = [
        host
        for host in ("d.test", "x.d.test", "a.d.test", "x.a.d.test", "e.test", "x.e.test", "test")
        if read.decide(host).effect is Effect.BLOCK
    ]
    assert blocked == ["d.test", "x.d.test", "e.test"]


@pytest.mark.parametrize(
    "line",
    [
        'local-zone: "d.test." redirect',
        'local-zone: "d.test" transparent',
        'local-data: "d.test. A 192.0.2.1"',
        'local-data: "d.test. TXT aipol"',
        "forward-zone:",
        "",
    ],
)
def test_other_lines_of_local_zones_are_refused(line: str) -> None:
    """Other kinds of zones, other data, data without a zone, anything else."""
    with pytest.raises(UnreadableArtifact):
        LocalZones([line], "local.conf")


def test_dnsmasq_lines_are_as_dnsmasq_takes_them() -> None:
    """A bare name is the name and all below; `*.` is what is below; the longest name decides."""
    lines = ["address=/d.test/", "server=/*.d.test/#", "address=/*.e.test/", "server=/a.e.test/#"]
    read = Dnsmasq(lines, "aipol.conf")
    blocked = [
        host
        for host in (
            "d.test",
            "x.d.test",
            "e.test",
            "x.e.test",
            "a.e.test",
            "x.a.e.test",
            "nd.test",
        )
        if read.decide(host).effect is Effect.BLOCK
    ]
    assert blocked == ["d.test", "x.e.test"]


@pytest.mark.parametrize(
    "line",
    [
        "address=/d.test/192.0.2.1",
        "address=/d.test/#",
        "server=/d.test/",
        "server=/d.test/192.0.2.53",
        "local=/d.test/",
        "address=/d*.test/",
        "addn-hosts=/etc/passwd",
        "",
    ],
)
def test_other_lines_of_dnsmasq_are_refused(line: str) -> None:
    """Addresses, other servers, patterns and every other option."""
    with pytest.raises(UnreadableArtifact):
        Dnsmasq([line], "aipol.conf")


@pytest.mark.parametrize(
    "lines",
    [
        ["0.0.0.0 d.test"],
        ["0.0.0.0 d.test", ":: d.test", ":: d.test"],
        ["127.0.0.1 d.test", ":: d.test"],
        ["0.0.0.0 d.test e.test", ":: d.test"],
    ],
)
def test_a_host_must_lead_nowhere_in_both_families(lines: list[str]) -> None:
    """One family alone leaves the other open; nothing is given twice or leads somewhere."""
    with pytest.raises(UnreadableArtifact):
        Hosts(lines, "hosts")


def test_a_hosts_file_stops_names_and_nothing_below_them() -> None:
    """The name itself only."""
    read = Hosts(["0.0.0.0 d.test", ":: d.test"], "hosts")
    assert read.decide("d.test").effect is Effect.BLOCK
    assert read.decide("x.d.test").effect is None
