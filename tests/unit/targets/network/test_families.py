"""Groups with IPv6 networks, on targets whose vendors are not known to take such networks."""

from __future__ import annotations

from typing import Any

import pytest

from aipol.ir import Gateway, Obligations
from aipol.target import Status
from aipol.vocabulary import Effect

SIX, ONLY_SIX = "2001:db8:20::5", {"finance": ("2001:db8:20::/64",)}
CLIENTS = {
    "cloudflare": ("dns", "http", "network"),
    "meraki": ("content-filter",),
    "netskope": ("swg",),
    "umbrella": ("dns-policy",),
    "zscaler": ("zia",),
}


@pytest.fixture(params=sorted(CLIENTS))
def vendor(request: pytest.FixtureRequest) -> str:
    """One of the targets."""
    return str(request.param)


def made(small: Any, vendor: str, *rules: Any, **policy: Any) -> Any:
    """Two apps under some rules."""
    apps = (small.app("one", "one.test"), small.app("two", "two.test"))
    return small.MAKERS[vendor](small.Policy(apps=apps, rules=rules, **policy))


def said(emitted: Any, app: str, clause: str = "effect") -> list[Any]:
    """What differs, but for how deep names may be on one of the targets."""
    found = emitted.record(f"{app}/web/any/0", clause).deviations
    return [each for each in found if each.reason.code != "five-levels"]


def differing(small: Any) -> tuple[Any, ...]:
    """Finance may use what nobody else may, and not what everybody else may."""
    return (
        small.Rule(("one",), ("finance",), Effect.ALLOW),
        small.Rule(("two",), ("finance",), Effect.BLOCK),
        small.Rule(("two",), ("everyone",), Effect.ALLOW),
    )


def test_ipv6_addresses_of_a_group_get_what_everybody_gets(vendor: str, small: Any) -> None:
    """None is written, and the account says so of IPv6 alone, stricter or looser."""
    emitted = made(small, vendor, *differing(small), networks=small.NETWORKS)
    assert emitted.findings() == ()
    assert not any("2001:db8" in text for text in emitted.text.values())
    for app, status in (("one", Status.STRICTER), ("two", Status.LOOSER)):
        told = {(each.status, each.reason.code, each.client) for each in said(emitted, app)}
        assert told == {(status, "ipv6-indistinct", f"{client}/ipv6") for client in CLIENTS[vendor]}
    for client in CLIENTS[vendor]:
        assert emitted.blocked(client, SIX, "one.test")
        assert not emitted.blocked(client, SIX, "two.test")
        assert not emitted.blocked(client, small.FINANCE, "one.test")
        assert emitted.blocked(client, small.FINANCE, "two.test")


def test_a_group_with_ipv6_only_is_not_said_to_be_blocked(vendor: str, small: Any) -> None:
    """Nothing is written for it, and nothing of it that would be for everybody."""
    rules = (
        small.Rule(("one",), ("finance",), Effect.BLOCK),
        small.Rule(("*",), ("everyone",), Effect.ALLOW),
    )
    emitted = made(small, vendor, *rules, networks=ONLY_SIX)
    record = emitted.record("one/web/any/0")
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "ipv6-indistinct")
    assert not emitted.blocked(CLIENTS[vendor][0], SIX, "one.test")
    assert not emitted.blocked(CLIENTS[vendor][0], small.ANYBODY, "one.test")
    assert emitted.findings() == ()


def test_a_group_with_ipv6_only_that_is_blocked_as_everybody_is_blocked(
    vendor: str, small: Any
) -> None:
    """What everybody gets is what it should get."""
    rules = (small.Rule(("one",), ("finance",), Effect.BLOCK),)
    emitted = made(small, vendor, *rules, networks=ONLY_SIX)
    assert emitted.blocked(CLIENTS[vendor][0], SIX, "one.test")
    assert emitted.findings() == ()


OTHERWISE = {
    "cloudflare": ("rules.json", "in {10.20.0.0/24}", "in {10.77.0.0/24}"),
    "meraki": ("bindings.json", "10.20.0.0/24", "10.77.0.0/24"),
    "netskope": ("locations/aipol-finance.csv", "10.20.0.0/24", "10.77.0.0/24"),
    "umbrella": ("policies.json", "10.20.0.0/24", "10.77.0.0/24"),
    "zscaler": ("requests.json", "10.20.0.0/24", "10.77.0.0/24"),
}


def test_what_is_said_of_ipv6_excuses_nothing_on_ipv4(vendor: str, small: Any) -> None:
    """A group's IPv4 network that is not written any more is noticed, for itself."""
    emitted = made(small, vendor, *differing(small), networks=small.NETWORKS)
    found = emitted.findings(emitted.changed(*OTHERWISE[vendor]))
    assert any("10.20.0." in each.message for each in found)


def test_an_ipv6_network_in_the_files_is_refused_or_noticed(vendor: str, small: Any) -> None:
    """Whether the vendor would take it is not known."""
    emitted = made(small, vendor, *differing(small), networks=small.NETWORKS)
    path, old, new = OTHERWISE[vendor]
    assert emitted.noticed(emitted.changed(path, old, new.replace("10.77.0.0/24", "fc00::/64")))


@pytest.mark.parametrize(
    ("network", "address", "blocked"),
    [("10.99.0.8/32", "10.99.0.8", False), ("2001:db8:99::/64", "2001:db8:99::8", True)],
)
def test_a_gateway_is_left_alone_on_ipv4(
    vendor: str, network: str, address: str, blocked: bool, small: Any
) -> None:
    """Of IPv6 the account of `via` says that it is not, and says it of IPv6 alone."""
    gateway = Gateway("gw", "gw.test", (network,))
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gw"))
    emitted = made(small, vendor, rule, gateways=(gateway,))
    assert emitted.blocked(CLIENTS[vendor][0], address, "one.test") is blocked
    told = said(emitted, "one", "via")
    wanted = {("gateway-ipv6", f"{client}/ipv6") for client in CLIENTS[vendor]}
    assert {(each.reason.code, each.client) for each in told} == (wanted if blocked else set())
    assert emitted.findings() == ()
