"""Which changes of resolvers' files are noticed, and what they are not fooled by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aipol.ir import Gateway, Obligations
from aipol.language.hosts import HostError, canonical_host
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.escape import UnsafeTextError
from aipol_targets.dns.escape import owner_name

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


@pytest.mark.parametrize(("path", "old", "new"), CHANGES)
def test_a_change_that_resolvers_would_act_on_is_noticed(
    path: str, old: str, new: str, small: Any
) -> None:
    """Bindings, options and programs: unreadable, or an answer that the policy does not give."""
    emitted = small.answered(small.everything())
    text = emitted.text[path]
    assert old in text
    changed = {**emitted.files, path: text.replace(old, new, 1).encode()}
    assert emitted.noticed(changed)


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
