"""What resolvers are told: the files, what each can say, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.ir import Gateway, Obligations
from aipol.language.hosts import HostError, canonical_host
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.escape import UnsafeTextError
from aipol_targets.dns.escape import owner_name

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
        small.DnsSettings(**settings)


CHANGES = [
    ("bind/aipol.conf", "10.20.0.0/24", "10.20.0.0/25"),
    ("bind/aipol.conf", "break-dnssec yes", "break-dnssec no"),
    ("bind/aipol.conf", "qname-wait-recurse no", "qname-wait-recurse yes"),
    ("bind/aipol.conf", "\t};\n", "\t}\n"),
    ("bind/aipol.conf", "type primary", "type secondary"),
    ("bind/aipol.conf", "/etc/bind/aipol/", "/tmp/aipol/"),
    ("unbound/aipol.conf", '10.20.0.0/24 "aipol-finance"', '10.20.0.0/24 "aipol-default"'),
    ("unbound/aipol.conf", "access-control: ::/0 refuse", "access-control: ::/0 allow"),
    ("unbound/aipol.conf", "\tdefine-tag", "\tdefine-tags"),
    ("unbound/aipol.conf", "respip ", ""),
    ("unbound-local/aipol.conf", "view-first: yes", "view-first: no"),
    ("unbound-local/aipol.conf", '10.20.0.0/24 "aipol-finance"', '10.20.0.0/24 "aipol-default"'),
    ("knot/aipol.lua", "policy.DENY", "policy.PASS"),
    ("knot/aipol.lua", "~= policy.PASS", "== policy.PASS"),
    ("knot/aipol.lua", "network('10.20.0.0/24', 'finance", "network('10.20.0.0/24', 'default"),
    ("powerdns/aipol.lua", "return number", "return 0"),
    ("powerdns/aipol.lua", "network('10.20.0.0/24', 'finance", "network('10.20.0.0/24', 'default"),
    ("powerdns/aipol.lua", "zone('finance.aipol.invalid')\n", ""),
    ("powerdns/zones.lua", "finance/rpz.zone", "default/rpz.zone"),
    ("powerdns/zones.lua", "rpzFile(", "rpzFile ("),
    ("segments/finance/rpz.zone", "$TTL 60", "$TTL 6000"),
    ("segments/finance/unbound-local.conf", "always_nxdomain", "always_transparent"),
    ("bind/aipol.conf", 'view "aipol-finance"', 'view "aipol-finance" chaos'),
    ("bind/aipol.conf", "10.20.0.0/24;", "10.20.0.0/24 /*; ::/0 */;"),
    ("bind/aipol.conf", "10.20.0.0/24;", "10.20.0.0/24 key;"),
    ("bind/aipol.conf", "\ttype primary;", "\ttype primary; # file"),
    ("bind/aipol.conf", "\tresponse-policy {", '\tinclude "/x";\n\tresponse-policy {'),
    ("unbound/aipol.conf", "\taccess-control: 127.0.0.0/8 allow\n", ""),
    ("unbound/aipol.conf", '127.0.0.0/8 "aipol-default"', '127.0.0.0/8 "aipol-_gateways"'),
    ("unbound/aipol.conf", "fc00::/7 allow", "fc00::/7 refuse_non_local"),
    ("unbound-local/aipol.conf", '::1/128 "aipol-default"', '::1/128 "aipol-none"'),
    ("knot/aipol.lua", "policy.add(function", "--[[ policy.add(function"),
    ("knot/aipol.lua", "local ffi", "--[[\n--]]\nlocal ffi"),
    ("knot/aipol.lua", "-- aipol:", "--[[ aipol:"),
    ("powerdns/zones.lua", "rpzFile('", "--rpzFile('"),
    ("powerdns/zones.lua", "-- aipol", "--[[ aipol"),
    ("segments/finance/rpz.zone", " 2026112300 ", " 9999999999 "),
    ("segments/finance/rpz.zone", "big.test CNAME", f"{'x' * 64}.test CNAME"),
    ("segments/finance/rpz.zone", "big.test CNAME", "32.5.0.0.127.rpz-client-ip CNAME"),
    ("segments/finance/rpz.zone", "*.big.test CNAME", "*.big.rpz-nsdname CNAME"),
    ("segments/finance/unbound-local.conf", '"big.test."', f'"{"x" * 64}.test."'),
    ("dnsmasq/aipol.conf", "/big.test/", f"/{'x' * 64}.test/"),
]


def noticed(emitted: Any, files: dict[str, bytes]) -> bool:
    """Whether the files are unreadable, or their answers are not the policy's."""
    try:
        return bool(emitted.findings(files))
    except UnreadableArtifact:
        return True


@pytest.mark.parametrize(("path", "old", "new"), CHANGES)
def test_a_change_that_resolvers_would_act_on_is_noticed(
    path: str, old: str, new: str, small: Any
) -> None:
    """Bindings, options and programs: unreadable, or an answer that the policy does not give."""
    emitted = small.answered(small.everything())
    text = emitted.text[path]
    assert old in text
    changed = {**emitted.files, path: text.replace(old, new, 1).encode()}
    assert noticed(emitted, changed)


def test_a_file_that_nothing_refers_to_is_refused(small: Any) -> None:
    """A stale zone beside the others cannot go unnoticed."""
    emitted = small.answered(small.everything(), "bind")
    with pytest.raises(UnreadableArtifact, match="nothing refers to it"):
        small.DNS.read({**emitted.files, "segments/old/rpz.zone": b"x\n"})


def test_a_resolver_client_inside_a_segment_does_not_leave_it(small: Any) -> None:
    """Unbound takes the most specific network, so one inside a segment's is not repeated."""
    apps = (small.app("one", "one.test"),)
    policy = small.Policy(apps=apps, networks={"finance": ("10.0.0.0/7",)})
    for output in ("unbound", "unbound-local"):
        text = small.answered(policy, output).text[f"{output}/aipol.conf"]
        assert "10.0.0.0/8" not in text
        assert '172.16.0.0/12 "aipol-default"' in text


def test_an_own_file_of_zones_is_in_every_view(small: Any) -> None:
    """With views, every zone is in one."""
    policy = replace(small.everything())
    text = small.answered(policy, "bind", bind_view_include="/etc/bind/own.conf").text
    assert text["bind/aipol.conf"].count('include "/etc/bind/own.conf";') == 4


def test_verify_asks_in_the_middle_of_a_gateways_network(small: Any) -> None:
    """A binding that takes some of its addresses away is noticed, and so is one that takes all."""
    placed = (Gateway("gw", "gw.test", ("10.99.0.0/16",)),)
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gw"))
    policy = small.Policy(apps=(small.app("one", "one.test"),), rules=(rule,), gateways=placed)
    emitted = small.answered(policy, "bind")
    conf = emitted.text["bind/aipol.conf"]
    for kept in ("10.99.0.0/17", "10.99.128.0/17", "10.98.0.0/16"):
        changed = conf.replace("10.99.0.0/16", kept)
        found = emitted.findings({**emitted.files, "bind/aipol.conf": changed.encode()})
        assert any("for gateway `gw`" in finding.message for finding in found)


@pytest.mark.parametrize(
    "host", ["32.1.0.0.127.rpz-ip", "a.b.rpz-nsdname", "8.0.0.0.127.rpz-client-ip"]
)
def test_a_trigger_of_policy_zones_is_no_host(host: str, small: Any) -> None:
    """In a zone it would stop every name that leads to an address, or a client everything."""
    with pytest.raises(HostError, match="trigger"):
        canonical_host(host)
    ir = small.resolve(small.Policy(apps=(small.app("one", host),)))
    found = small.compiled(ir, small.DNS, outputs=["bind"]).findings
    assert [finding.name for finding in found] == ["bad-domain"]
    with pytest.raises(UnsafeTextError):
        owner_name(host)


@pytest.mark.parametrize("output", ["unbound", "unbound-local"])
@pytest.mark.parametrize(
    ("networks", "clients", "line"),
    [
        (("10.20.0.0/24",), ["10.0.0.0/8"], '127.0.0.0/8 "aipol-default"'),
        (("::/64",), ["10.0.0.0/8"], '::1/128 "aipol-finance"'),
        (("127.0.0.0/8",), ["10.0.0.0/8"], '127.0.0.0/8 "aipol-finance"'),
        (("10.20.0.0/24",), ["0.0.0.0/0", "::/0"], '0.0.0.0/0 "aipol-default"'),
        (("0.0.0.0/1", "128.0.0.0/1", "::/0"), ["10.0.0.0/8"], '0.0.0.0/0 "aipol-finance"'),
    ],
)
def test_no_network_is_left_to_lines_that_unbound_has_by_itself(
    output: str, networks: tuple[str, ...], clients: list[str], line: str, small: Any
) -> None:
    """Loopback and everybody get the rules of whose they are, once."""
    apps = (small.app("one", "one.test"), small.app("two", "two.test"))
    rule = small.Rule(("two",), ("finance",), Effect.ALLOW)
    policy = small.Policy(apps=apps, rules=(rule,), networks={"finance": networks})
    emitted = small.answered(policy, output, resolver_clients=clients)
    text = emitted.text[f"{output}/aipol.conf"]
    assert text.count(f" {line}\n") == 1
    assert emitted.findings() == ()
    assert emitted.blocked(output, "127.0.0.1", "one.test")


def test_a_group_may_be_called_gateways(small: Any) -> None:
    """The gateways' own rules have a name that no segment has."""
    placed = (Gateway("gw", "gw.test", ("10.99.0.8/32",)),)
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gw"))
    networks = {"gateways": ("10.40.0.0/24",)}
    apps = (small.app("one", "one.test"),)
    policy = small.Policy(apps=apps, rules=(rule,), gateways=placed, networks=networks)
    emitted = small.answered(policy)
    assert emitted.findings() == ()
    for client in small.BY_SOURCE:
        assert not emitted.blocked(client, "10.99.0.8", "one.test")
        assert emitted.blocked(client, "10.40.0.1", "one.test")
