"""What gateways send is let through, whoever has to go through them, or nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.targets.network.policies import TARGETS


def nobody_has_to(small: Any) -> Any:
    """A policy with a gateway that no rule names."""
    policy = small.everything()
    rules = tuple(rule for rule in policy.rules if not rule.obligations.via)
    assert len(rules) < len(policy.rules)
    return replace(policy, rules=rules)


def test_every_target_of_hosts_is_asked(small: Any) -> None:
    """Whoever adds one says in policies.py how to make its files."""
    assert {*TARGETS} == {*small.MAKERS}


@pytest.mark.parametrize("target", TARGETS)
def test_a_gateway_that_is_cut_off_is_noticed(target: str, small: Any) -> None:
    """Without any rule about it, and by the files of a policy that has no gateway."""
    policy, make = nobody_has_to(small), small.MAKERS[target]
    emitted = make(policy)
    assert emitted.findings() == ()
    others = make(replace(policy, gateways=())).files
    said = [finding.message for finding in emitted.findings(others)]
    assert any("for gateway `gateway` at 10.99.0.8" in each for each in said), said


# e2guardian has no IPv6, and says so of a gateway's as an error.
@pytest.mark.parametrize("target", [each for each in TARGETS if each != "e2guardian"])
def test_who_cannot_tell_a_gateway_says_so(target: str, small: Any) -> None:
    """Its IPv6 addresses, where a vendor's documents know none; verification asks nothing more."""
    gateway = small.Gateway("gateway", "gateway.test", ("10.99.0.8/32", "2001:db8:99::8/128"))
    emitted = small.MAKERS[target](replace(nobody_has_to(small), gateways=(gateway,)))
    assert emitted.findings() == ()
    untold = {
        "cloudflare": {f"{layer}/ipv6" for layer in ("dns", "http", "network")},
        "dns": {"dnsmasq", "hosts", "pihole"},
        "meraki": {"content-filter/ipv6"},
        "netskope": {"swg/ipv6"},
        "umbrella": {"dns-policy/ipv6"},
        "zscaler": {"zia/ipv6"},
    }
    assert {*emitted.compiled.indistinct} == untold.get(target, set())


def test_a_path_that_tells_no_addresses_apart_cuts_gateways_off(small: Any) -> None:
    """The one that does is asked all the same, and both are where neither is said to."""
    emitted = small.answered(nobody_has_to(small), "dnsmasq", "unbound")
    assert emitted.compiled.indistinct == ("dnsmasq",)
    made = emitted.compiled
    account = (made.coverage, made.policy)
    said = small.verify(emitted.ir, emitted.target, emitted.decider, *account, told=made.told)
    assert [finding.message.partition("dnsmasq host")[1] for finding in said] == ["dnsmasq host"]
