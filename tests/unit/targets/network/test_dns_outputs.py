"""What resolvers are told: the files, and what each can say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from aipol.bypasses import BYPASS_SWITCHES
from aipol.catalogue.model import Match
from aipol.ir import Gateway, Obligations
from aipol.target import Kind, Status
from aipol.vocabulary import Effect

HOSTILE = ['a"b', "a\nrpz:", "$(reboot)", "a'b", "a\u202eb", "a # b", "a\\", "a;b{}", "%>a", "]]"]
COMMENTS = ("#", ";", "//", "--")


def test_each_resolver_has_its_own_files_and_clients(small: Any) -> None:
    """Zones are shared by those that load zones; every output alone is complete."""
    own = {
        "bind": {"bind/aipol.conf"},
        "unbound": {"unbound/aipol.conf"},
        "knot": {"knot/aipol.lua"},
        "powerdns": {"powerdns/aipol.lua", "powerdns/zones.lua"},
        "unbound-local": {"unbound-local/aipol.conf"},
        "dnsmasq": {"dnsmasq/aipol.conf"},
        "hosts": {"hosts/hosts"},
        "adguard": {"adguard/rules.txt"},
        "pihole": {"pihole/allow.txt", "pihole/block.txt"},
    }
    shared = dict.fromkeys(small.ZONED, "rpz.zone") | {"unbound-local": "unbound-local.conf"}
    for output, files in own.items():
        emitted = small.answered(small.everything(), output)
        segments = ("default", "engineering", "finance") if output in shared else ()
        assert set(emitted.files) == files | {f"segments/{s}/{shared[output]}" for s in segments}
        assert emitted.decider.clients(Kind.HOST) == (output,)
        assert emitted.decider.clients(Kind.HEADER) == ()
        assert emitted.findings() == ()


def test_every_kind_of_pattern_in_every_format(small: Any) -> None:
    """A subtree, one host, and what is below a host."""
    hosts = (
        "sub.test",
        small.domain("exact.test", Match.EXACT),
        small.domain("kids.test", Match.CHILDREN),
    )
    text = small.answered(small.Policy(apps=(small.app("one", *hosts),))).text

    def lines(path: str) -> list[str]:
        return [line for line in text[path].splitlines() if not line.startswith(COMMENTS)]

    assert lines("segments/default/rpz.zone")[4:] == [
        "exact.test CNAME .",
        "*.kids.test CNAME .",
        "sub.test CNAME .",
        "*.sub.test CNAME .",
    ]
    assert lines("segments/default/unbound-local.conf") == [
        'local-zone: "exact.test." transparent',
        'local-data: "exact.test. TXT aipol"',
        'local-zone: "sub.test." always_nxdomain',
    ]
    assert lines("dnsmasq/aipol.conf") == [
        "address=/exact.test/",
        "server=/*.exact.test/#",
        "address=/*.kids.test/",
        "address=/sub.test/",
    ]
    assert lines("hosts/hosts") == [
        "0.0.0.0 exact.test",
        ":: exact.test",
        "0.0.0.0 sub.test",
        ":: sub.test",
    ]


def test_what_a_format_cannot_say_is_let_through_and_told(small: Any) -> None:
    """Children alone in local zones; what is below a name in a file of hosts."""
    hosts = ("sub.test", small.domain("kids.test", Match.CHILDREN))
    policy = small.Policy(apps=(small.app("one", *hosts),))
    emitted = small.answered(policy)
    record = emitted.record("one/web/any/0")
    told = {(d.client, d.value, d.reason.code) for d in record.deviations}
    assert record.status is Status.LOOSER
    assert told == {
        ("unbound-local", "kids.test", "root-not-apart"),
        ("hosts", "kids.test", "listed-names-only"),
        ("hosts", "*.sub.test", "listed-names-only"),
    }
    assert small.answered(policy, *small.ZONED, "dnsmasq").record("one/web/any/0").status is (
        Status.ENFORCED
    )
    alone = small.answered(small.Policy(apps=(small.app("one", hosts[1]),)), "unbound-local")
    assert alone.record("one/web/any/0").status is Status.UNSUPPORTED


def test_an_open_host_below_a_block_opens_what_is_below_it(small: Any) -> None:
    """Only in local zones, and the account names the place, not the whole app."""
    apps = (small.app("one", "big.test"), small.app("two", small.domain("x.big.test", Match.EXACT)))
    rule = small.Rule(("two",), ("everyone",), Effect.ALLOW)
    emitted = small.answered(small.Policy(apps=apps, rules=(rule,)), "unbound-local", "bind")
    record = emitted.record("one/web/any/0")
    assert [(d.client, d.value) for d in record.deviations] == [("unbound-local", "*.x.big.test")]
    assert not emitted.blocked("unbound-local", small.ANYBODY, "deep.x.big.test")
    assert emitted.blocked("unbound-local", small.ANYBODY, "y.big.test")
    assert emitted.blocked("bind", small.ANYBODY, "deep.x.big.test")
    assert emitted.findings() == ()


def test_who_cannot_be_told_apart_is_pooled(small: Any) -> None:
    """Dnsmasq and hosts give everybody what the least restricted may use."""
    emitted = small.answered(small.everything())
    for client in small.BY_SOURCE:
        assert emitted.blocked(client, small.ENGINEERING, "split.test")
        assert not emitted.blocked(client, small.FINANCE, "split.test")
    for client in small.POOLED:
        assert not emitted.blocked(client, small.ENGINEERING, "split.test")
    record = emitted.record("split/web/any/1")
    pooled = {d.client for d in record.deviations if d.reason.code == "audience-indistinct"}
    assert pooled == set(small.POOLED)
    assert {d.reason.text.partition(",")[0] for d in record.deviations if d.client in pooled} == {
        "the output tells no source addresses apart"
    }


def test_only_resolvers_that_see_addresses_spare_the_gateway(small: Any) -> None:
    """A pooled resolver blocks the way of the gateway as well, and the account of `via` says so."""
    placed = (Gateway("gw", "gw.test", ("10.99.0.8/32",)),)
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gw"))
    policy = small.Policy(apps=(small.app("one", "one.test"),), rules=(rule,), gateways=placed)
    emitted = small.answered(policy, "bind", "dnsmasq")
    assert not emitted.blocked("bind", "10.99.0.8", "one.test")
    assert emitted.blocked("dnsmasq", "10.99.0.8", "one.test")
    record = emitted.record("one/web/any/0", "via")
    assert record.status is Status.STRICTER
    assert [(d.client, d.reason.code) for d in record.deviations] == [
        ("dnsmasq", "gateway-indistinct")
    ]
    assert small.answered(policy, "bind").record("one/web/any/0", "via").status is Status.ENFORCED


@pytest.mark.parametrize(
    ("found", "clause", "why"),
    [
        (Obligations(inspect_tls=True), "inspect_tls", "tls-not-inspected"),
        (Obligations(log="metadata"), "log", "not-logged"),
        (Obligations(sso=True), "sso", "sign-in-unseen"),
    ],
)
def test_a_resolver_carries_out_no_obligation_but_the_way(
    found: Obligations, clause: str, why: str, small: Any
) -> None:
    """It sees a name, and neither the connection nor the person."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=found)
    policy = small.Policy(
        apps=(small.app("one", "one.test"),), rules=(rule,), inspect_tls="ai-only"
    )
    record = small.answered(policy, "unbound").record("one/web/any/0", clause)
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, why)


def test_the_serial_is_the_day(small: Any) -> None:
    """A later day has a greater serial and the files do not differ otherwise."""
    first = small.answered(small.everything(as_of=date(2026, 12, 31))).text
    second = small.answered(small.everything(as_of=date(2027, 1, 1))).text
    changed = {path for path in first if first[path] != second[path]}
    assert changed == {
        f"segments/{each}/rpz.zone" for each in ("default", "engineering", "finance")
    }
    zone = second["segments/finance/rpz.zone"]
    assert " 2027010100 " in zone
    assert first["segments/finance/rpz.zone"] == zone.replace("2027010100", "2026123100")


def test_bypass_switches_fail_to_resolve_when_asked_for(small: Any) -> None:
    """Firefox's and iCloud's; without the wish they are left alone, and so is the gateway."""
    for wanted in (True, False):
        emitted = small.answered(small.everything(close_bypasses=wanted))
        for host in ("use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com"):
            for client in small.RESOLVERS:
                # A switch with an address is on: a file of hosts cannot turn it off.
                found = emitted.blocked(client, small.FINANCE, host)
                assert found == (wanted and client != "hosts")
            for client in small.BY_SOURCE:
                assert not emitted.blocked(client, small.GATEWAY, host)


def test_a_file_of_hosts_excuses_no_other_output(small: Any) -> None:
    """The account says that the names stay open in it; all others are asked for each of them."""
    emitted = small.answered(small.everything(), "adguard", "hosts")
    assert emitted.findings() == ()
    (record,) = emitted.compiled.policy
    assert [each.client for each in record.deviations] == ["hosts"]
    lines = emitted.text["adguard/rules.txt"].splitlines(keepends=True)
    left = [line for line in lines if not any(f"|{host}^" in line for host in BYPASS_SWITCHES)]
    assert len(left) == len(lines) - len(BYPASS_SWITCHES)
    found = emitted.findings({**emitted.files, "adguard/rules.txt": "".join(left).encode()})
    assert [finding.message.count("adguard host") for finding in found] == [1, 1, 1]


def test_ipv6_people_are_in_their_segment(small: Any) -> None:
    """The same answers for both families."""
    emitted = small.answered(small.everything())
    for client in small.BY_SOURCE:
        assert not emitted.blocked(client, "2001:db8:20::7", "split.test")
        assert emitted.blocked(client, "2001:db8:30::7", "split.test")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_never_becomes_code(text: str, small: Any) -> None:
    """An organisation's name in comments changes nothing but the comment; hosts are refused."""
    emitted = small.answered(small.everything(identifier=text))
    assert emitted.findings() == ()
    plain = small.answered(small.everything(identifier="x")).text
    for path, content in emitted.text.items():
        assert [line for line in content.splitlines() if not line.startswith(COMMENTS)] == [
            line for line in plain[path].splitlines() if not line.startswith(COMMENTS)
        ]
    ir = small.resolve(small.Policy(apps=(small.app("one", text),)))
    found = small.compiled(ir, small.DNS, outputs=["unbound"]).findings
    assert [finding.name for finding in found] == ["bad-domain"]


@pytest.mark.parametrize("host", ["kept.test", "a.kept.test"])
def test_a_protected_host_is_never_blocked(host: str, small: Any) -> None:
    """By its own name or below it: an error, whatever the output."""
    apps = (small.app("one", small.domain(host, Match.EXACT)),)
    policy = small.Policy(apps=apps, protected=(("kept.test", "subtree", "identity"),))
    found = small.compiled(small.resolve(policy), small.DNS, outputs=["hosts"]).findings
    assert {finding.name for finding in found} == {"lock-out"}


def test_a_name_too_long_for_a_zone_is_an_error(small: Any) -> None:
    """Owner and zone share 255 octets; other outputs take the host."""
    host = ".".join(["a" * 60] * 4)
    ir = small.resolve(small.Policy(apps=(small.app("one", host),)))
    (finding,) = small.compiled(ir, small.DNS, outputs=["knot"]).findings
    assert finding.name == "limit-exceeded"
    assert "limit 255" in finding.message
    assert not small.compiled(ir, small.DNS, outputs=["dnsmasq"]).findings


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"outputs": []},
        {"outputs": ["rpz"]},
        {"outputs": ["bind", "bind"]},
        {"outputs": ["bind"], "bind_directory": '/etc/"x'},
        {"outputs": ["bind"], "knot_directory": "relative"},
        {"outputs": ["bind"], "resolver_clients": ["10.0.0.1/8"]},
        {"outputs": ["bind"], "unknown": 1},
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, Any], small: Any) -> None:
    """Which resolvers there are cannot be guessed; unknown words, paths, spare bits."""
    with pytest.raises(ValueError, match="validation error"):
        small.SETTINGS["dns"](**settings)
