"""Rules for AdGuard Home and lists for Pi-hole: what servers make of them, and what is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import EVERYBODY
from aipol.catalogue.model import Match
from aipol.domains import HostEntry, HostTrie, Intent
from aipol.ir import Gateway, Obligations
from aipol.target import Deviation, Status, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.levels import flat_levels
from aipol_targets.common.network.narrowing import narrowed
from aipol_targets.common.network.reading import Address
from aipol_targets.dns.clients import client_rules
from aipol_targets.dns.facts import ALLOWLIST_WINS
from aipol_targets.dns.model import SegmentNames
from aipol_targets.dns.names import deep_blocks, names_of, unspared
from aipol_targets.dns.read_adguard import AdGuard
from aipol_targets.dns.read_pihole import PiHole, PiHoleList
from aipol_targets.dns.render import _adguard_line, _pihole_line

SOMEBODY = Address.parse("192.0.2.1")
FINANCE, ENGINEERING = ("10.20.0.0/24", "2001:db8:20::/64"), ("10.30.0.0/24",)
GATEWAY = ("10.99.0.8/32",)

LABELS = st.sampled_from(["a", "b", "_c"])
HOSTS = st.lists(LABELS, max_size=3).map(lambda labels: ".".join([*labels, "test"]))
TABLES = st.dictionaries(st.tuples(HOSTS, st.sampled_from(list(Intent))), st.booleans())
PROBES = [
    f"{host}test"
    for host in (
        *("", "a.", "b.", "z.", "_c.", "a.a.", "b.a.", "z.a.", "a._c.", "z._c.", "_c.a.", "z.b."),
        *("a.b.a.", "z.a.b.", "z._c.a.", "b.a.b.a.", "z.b.a.b.", "z.z.a.b.a.", "_c._c.a.", "nota."),
    )
]

Table = dict[tuple[str, Intent], bool]


def tabled(table: Table) -> dict[tuple[str, Intent], HostEntry]:
    """Entries as lowering makes them."""
    return {
        (host, intent): HostEntry(host, intent, blocked)
        for (host, intent), blocked in table.items()
    }


def is_told(host: str, opened: tuple[str, ...]) -> bool:
    """Whether a name is where more is said to be open."""
    return any(
        host == place or host.endswith(place[1:]) for place in opened if place[0] == "*"
    ) or (host in opened)


# --- AdGuard Home ---------------------------------------------------------------------------------


def adguard(*rules: str) -> AdGuard:
    """A list with these rules."""
    return AdGuard(["# a comment", *rules], "rules.txt")


def denied(rules: AdGuard, *hosts: str, source: Address = SOMEBODY) -> list[bool]:
    """Which names a client at an address does not get."""
    return [rules.decide(source, host).effect is Effect.BLOCK for host in hosts]


FAMILY = ("d.test", "a.d.test", "b.a.d.test", "notd.test", "d.test.evil.example", "test")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("||d.test^", [True, True, True, False, False, False]),
        ("|d.test^", [True, False, False, False, False, False]),
        ("||*.d.test^", [False, True, True, False, False, False]),
        ("||d.test^$denyallow=a.d.test", [True, False, False, False, False, False]),
        ("||*.d.test^$denyallow=b.a.d.test", [False, True, False, False, False, False]),
        ("||d.test^$denyallow=x.d.test|b.a.d.test", [True, True, False, False, False, False]),
    ],
)
def test_adguard_patterns_are_as_its_engine_takes_them(rule: str, expected: list[bool]) -> None:
    """`||` is a subtree, `|` one name, `||*.` what is below; what is spared is spared with all."""
    assert denied(adguard(rule), *FAMILY) == expected


def test_adguard_clients_are_addresses_and_networks() -> None:
    """Whoever is excluded is, others need to be named where anybody is."""
    addresses = ("10.20.0.5", "10.20.1.5", "2001:db8:20::5", "192.0.2.1")
    expected = {
        "client=10.20.0.0/24": [True, False, False, False],
        "client=~10.20.0.0/24": [False, True, True, True],
        "client=10.20.0.0/16|~10.20.1.0/24|2001:db8:20::/64": [True, False, True, False],
    }
    for clients, wanted in expected.items():
        rules = adguard(f"||d.test^${clients}")
        found = [denied(rules, "d.test", source=Address.parse(each)) for each in addresses]
        assert [each for (each,) in found] == wanted


@pytest.mark.parametrize(
    "line",
    [
        "d.test",
        "||d.test",
        "@@||d.test^",
        "||d.test^$important",
        "||d.test^$client=",
        "||d.test^$client=laptop",
        "||d.test^$client='10.0.0.0/8'",
        "||d.test^$client=10.0.0.1/8",
        "||d.test^$client=10.0.0.0/8|10.0.0.0/8",
        "||d.test^$denyallow=_a.d.test",
        "||d.test^$denyallow=a.d.test|",
        "||d.test^$denyallow=a.b",
        "||d.test^$denyallow=a.d.test,denyallow=b.d.test",
        "||d.test^$dnsrewrite=192.0.2.1",
        "||D.test^",
        "||d.test^ ",
        "/d/",
        "",
    ],
)
def test_other_rules_of_adguard_are_refused(line: str) -> None:
    """Exceptions, priorities, names of clients, and what makes a server ignore a rule."""
    with pytest.raises(UnreadableArtifact):
        adguard(line)


def test_a_repeated_rule_is_refused() -> None:
    """Each line is needed."""
    with pytest.raises(UnreadableArtifact):
        adguard("||d.test^", "||d.test^")


@given(TABLES, TABLES, TABLES)
def test_adguard_rules_deny_each_segment_what_its_entries_do(
    rest: Table, finance: Table, engineering: Table
) -> None:
    """One list for all; it blocks nothing more, and what it lets through is told."""
    tables = {"10.20.0.5": {**rest, **finance}, "10.30.0.5": engineering, "192.0.2.1": rest}
    made = {address: narrowed(tabled(table), unspared) for address, table in tables.items()}
    networks = {"10.20.0.5": FINANCE, "10.30.0.5": ENGINEERING, "192.0.2.1": ()}
    segments = [
        SegmentNames(address, networks[address], (), (), names_of(trie.minimal()))
        for address, (trie, _) in made.items()
    ]
    rules = client_rules(segments, GATEWAY)
    lines = [_adguard_line(rule) for rule in rules]
    assert all(len(line) <= rule.octets for line, rule in zip(lines, rules, strict=True))
    read = AdGuard(lines, "rules.txt")
    for address, (_, opened) in made.items():
        wanted = HostTrie(tabled(tables[address]).values())
        found = denied(read, *PROBES, source=Address.parse(address))
        for host, blocked in zip(PROBES, found, strict=True):
            if blocked is not wanted.blocked(host):
                assert not blocked
                assert is_told(host, opened)
    assert not any(denied(read, *PROBES, source=Address.parse("10.99.0.8")))


def test_adguard_says_for_whom_each_rule_is(small: Any) -> None:
    """Every pattern once: for some networks, for all but some, and never for a gateway."""
    apps = (small.app("split", "split.test"), small.app("all", "all.test"))
    rules = (small.Rule(("split",), ("finance",), Effect.ALLOW),)
    policy = small.Policy(apps=apps, rules=rules, networks=small.NETWORKS)
    assert small.answered(policy, "adguard").text["adguard/rules.txt"].splitlines()[1:] == [
        "||all.test^",
        "||split.test^$client=~10.20.0.0/24|~2001:db8:20::/64",
    ]
    only = (
        small.Rule(("split",), ("engineering", "finance"), Effect.BLOCK),
        small.Rule(("split",), ("everyone",), Effect.ALLOW),
    )
    gateways = (Gateway("gw", "gw.test", GATEWAY),)
    policy = small.Policy(apps=apps, rules=only, networks=small.NETWORKS, gateways=gateways)
    assert small.answered(policy, "adguard").text["adguard/rules.txt"].splitlines()[1:] == [
        "||all.test^$client=~10.99.0.8/32",
        "||split.test^$client=10.20.0.0/24|10.30.0.0/24|2001:db8:20::/64",
    ]


def test_adguard_says_exceptions_of_any_depth_without_an_exception(small: Any) -> None:
    """What other lists of the server block stays blocked, so there is no `@@`."""
    hosts = ("big.test", "x.api.big.test", small.domain("y.a.b.big.test", Match.EXACT))
    apps = (small.app("deep", *hosts), small.app("in", "api.big.test", "b.big.test"))
    policy = small.Policy(apps=apps, rules=(small.Rule(("in",), ("everyone",), Effect.ALLOW),))
    emitted = small.answered(policy, "adguard")
    assert emitted.text["adguard/rules.txt"].splitlines()[1:] == [
        "||big.test^$denyallow=api.big.test|b.big.test",
        "||x.api.big.test^",
        "|y.a.b.big.test^",
    ]
    assert emitted.record("deep/web/any/0").status is Status.ENFORCED
    assert emitted.findings() == ()


def test_a_name_that_adguard_cannot_spare_opens_what_is_beside_it(small: Any) -> None:
    """With `_` in `denyallow` the server would ignore the rule; the account names the place."""
    apps = (small.app("deep", "big.test"), small.app("in", "_x.a.big.test"))
    policy = small.Policy(apps=apps, rules=(small.Rule(("in",), ("everyone",), Effect.ALLOW),))
    emitted = small.answered(policy, "adguard", "bind")
    assert emitted.text["adguard/rules.txt"].splitlines()[1:] == [
        "||big.test^$denyallow=a.big.test",
        "|a.big.test^",
    ]
    told = emitted.record("deep/web/any/0").deviations
    assert [(d.client, d.value, d.reason.code) for d in told] == [
        ("adguard", "*.a.big.test", "name-not-spared")
    ]
    assert emitted.findings() == ()


def test_a_rule_that_adguard_would_not_read_is_an_error(small: Any) -> None:
    """A line has 65535 octets at most, and none can be split that says for whom it is not."""
    networks = {"finance": tuple(f"10.{n // 250}.{n % 250}.1/32" for n in range(4500))}
    rule = small.Rule(("one",), ("finance",), Effect.ALLOW)
    policy = small.Policy(
        apps=(small.app("one", "one.test"),), rules=(rule,), networks=networks, groups=("finance",)
    )
    (finding,) = small.compiled(small.resolve(policy), small.DNS, outputs=["adguard"]).findings
    assert finding.name == "limit-exceeded"
    assert "limit 65535" in finding.message
    assert not small.compiled(small.resolve(policy), small.DNS, outputs=["hosts"]).findings


# --- Pi-hole --------------------------------------------------------------------------------------


def pihole(blocked: list[str], allowed: list[str]) -> PiHole:
    """A server that subscribes to these two lists."""
    return PiHole(PiHoleList(blocked, "block.txt", "||"), PiHoleList(allowed, "allow.txt", "@@||"))


def test_pihole_lists_are_as_gravity_takes_them() -> None:
    """A bare name is itself; a subtree has its own notation; an allowlist always wins."""
    read = pihole(["# x", "||d.test^", "e.test", "||b.a.d.test^"], ["@@||a.d.test^", "d.test"])
    found = {host: read.decide(host).effect for host in (*FAMILY, "e.test", "a.e.test", "x.d.test")}
    assert [host for host, effect in found.items() if effect is Effect.BLOCK] == [
        "e.test",
        "x.d.test",
    ]
    assert found["b.a.d.test"] is Effect.ALLOW
    assert found["test"] is None


@pytest.mark.parametrize(
    ("mark", "line"),
    [
        ("||", "@@||d.test^"),
        ("@@||", "||d.test^"),
        ("||", "|d.test^"),
        ("||", "||d.test"),
        ("||", "||*.d.test^"),
        ("||", "||d.test^$important"),
        ("||", "localhost"),
        ("||", "192.0.2.1"),
        ("||", "d.-"),
        ("||", f"{'a' * 64}.test"),
        ("||", "0.0.0.0 d.test"),
        ("||", "D.test"),
        ("||", ""),
    ],
)
def test_lines_that_gravity_skips_or_takes_otherwise_are_refused(mark: str, line: str) -> None:
    """The other list's notation, patterns of AdGuard, names of one label, addresses."""
    with pytest.raises(UnreadableArtifact):
        PiHoleList([line], "list.txt", mark)


@given(TABLES)
def test_pihole_lists_block_nothing_more_and_tell_what_they_let_through(table: Table) -> None:
    """They decide as the entries do, but where more is said to be open."""
    entries = tabled(table)
    trie, opened = narrowed(entries, deep_blocks)
    lists: dict[int, list[str]] = {0: [], 1: []}
    for level in flat_levels(trie.minimal()):
        mark = "@@" if level.depth else ""
        lists[level.depth] += [_pihole_line(entry, mark) for entry in level.entries]
    read, wanted = pihole(lists[0], lists[1]), HostTrie(entries.values())
    for host in PROBES:
        blocked = read.decide(host).effect is Effect.BLOCK
        if blocked is not wanted.blocked(host):
            assert not blocked
            assert is_told(host, opened)


def test_a_block_inside_an_exception_is_let_through_by_pihole(small: Any) -> None:
    """The allowlist wins; the account says so for what is inside, and for nothing else."""
    hosts = ("big.test", "x.api.big.test")
    apps = (small.app("deep", *hosts), small.app("in", "api.big.test"))
    policy = small.Policy(apps=apps, rules=(small.Rule(("in",), ("everyone",), Effect.ALLOW),))
    emitted = small.answered(policy, "pihole", "bind")
    assert emitted.text["pihole/block.txt"].splitlines()[1:] == ["||big.test^"]
    assert emitted.text["pihole/allow.txt"].splitlines()[1:] == ["@@||api.big.test^"]
    record = emitted.record("deep/web/any/0")
    assert record.status is Status.LOOSER
    assert {(d.client, d.reason.code) for d in record.deviations} == {("pihole", "allowlist-wins")}
    assert {d.value for d in record.deviations} == {"x.api.big.test", "*.x.api.big.test"}
    assert emitted.record("in/web/any/0").status is Status.ENFORCED
    assert not emitted.blocked("pihole", small.ANYBODY, "x.api.big.test")
    assert emitted.findings() == ()


def test_what_is_below_an_open_host_takes_the_host_along_in_pihole(small: Any) -> None:
    """An exception for what is below a blocked host opens that host too, and names it alone."""
    inside = small.app("in", small.domain("a.big.test", Match.CHILDREN))
    apps = (small.app("deep", "big.test"), inside)
    policy = small.Policy(apps=apps, rules=(small.Rule(("in",), ("everyone",), Effect.ALLOW),))
    emitted = small.answered(policy, "pihole")
    told = emitted.record("deep/web/any/0").deviations
    assert [(d.value, d.reason.code) for d in told] == [("a.big.test", "allowlist-wins")]
    assert emitted.blocked("pihole", small.ANYBODY, "b.big.test")
    assert not emitted.blocked("pihole", small.ANYBODY, "a.big.test")
    assert emitted.findings() == ()


def test_pihole_spares_a_host_by_its_own_name(small: Any) -> None:
    """What is below a host is the subtree in one list and the host in the other."""
    apps = (small.app("one", small.domain("kids.test", Match.CHILDREN)),)
    emitted = small.answered(small.Policy(apps=apps), "pihole")
    assert emitted.text["pihole/block.txt"].splitlines()[1:] == ["||kids.test^"]
    assert emitted.text["pihole/allow.txt"].splitlines()[1:] == ["kids.test"]
    assert emitted.record("one/web/any/0").status is Status.ENFORCED


def test_pihole_cannot_spare_a_gateway_and_adguard_does(small: Any) -> None:
    """The account of `via` says of which."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gw"))
    policy = small.Policy(
        apps=(small.app("one", "one.test"),),
        rules=(rule,),
        gateways=(Gateway("gw", "gw.test", GATEWAY),),
    )
    emitted = small.answered(policy, "adguard", "pihole")
    assert not emitted.blocked("adguard", "10.99.0.8", "one.test")
    assert emitted.blocked("pihole", "10.99.0.8", "one.test")
    record = emitted.record("one/web/any/0", "via")
    assert [(d.client, d.reason.code) for d in record.deviations] == [
        ("pihole", "gateway-indistinct")
    ]
    assert small.answered(policy, "adguard").record("one/web/any/0", "via").status is (
        Status.ENFORCED
    )


# --- places ---------------------------------------------------------------------------------------


def test_a_deviation_about_one_host_is_about_it_by_any_name() -> None:
    """An app that is known by a name above it is meant too; names beside it and below are not."""
    found = Deviation(Status.LOOSER, ALLOWLIST_WINS, EVERYBODY, "a.d.test", "pihole")
    assert found.speaks_of("d.test", "a.d.test", "pihole")
    assert found.speaks_of("a.d.test", "deep.a.d.test", "pihole")
    assert not found.speaks_of("d.test", "b.a.d.test", "pihole")
    assert not found.speaks_of("d.test", "d.test", "pihole")
    assert not found.speaks_of("d.test", "a.d.test", "bind")
    assert not found.speaks_of("x.test", "a.d.test", "pihole")
