"""nftables: what is written for the router, and what is accounted for."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aipol.bypasses import DOH_ADDRESSES, Opening
from aipol.ir import CLOSE_BYPASSES, ONLY_VIA, Confined, Gateway
from aipol.target import EFFECT_CLAUSE, Kind, PolicyCoverage, Status
from aipol.vocabulary import Effect
from aipol_targets.common.network.escape import UnsafeTextError
from aipol_targets.nftables.escape import word
from aipol_targets.nftables.settings import NftablesSettings
from tests.unit.targets.network.written import SPAN

FILE = "aipol.nft"
GUEST, GUEST_6, PROXY, OWN, OWN_6 = (
    "10.90.0.9",
    "2001:db8:90::9",
    "10.99.0.8",
    "10.0.0.53",
    "2001:db8:53::1",
)
ANYBODY, ANYBODY_6, SOMEWHERE, SOMEWHERE_6 = (
    "203.0.113.9",
    "2001:db8:ffff::9",
    "198.51.100.7",
    "2001:db8:eeee::1",
)


def policy(small: Any, **changes: Any) -> Any:
    """A gateway, a resolver of each version of IP, and guests with one way out."""
    networks = ("10.90.0.0/24", "2001:db8:90::/64")
    base = replace(
        small.everything(),
        networks={**small.NETWORKS, "guests": networks},
        gateways=(Gateway("gateway", "gateway.test", ("10.99.0.8/32", "2001:db8:99::8/128")),),
        resolvers=("10.0.0.53/32", "2001:db8:53::1/128"),
        confined=(Confined("guest-wifi", networks, "gateway", SPAN),),
    )
    return replace(base, **changes)


def rules(emitted: Any) -> list[str]:
    """The rules of the chain, in order."""
    lines = [line.strip() for line in emitted.text[FILE].splitlines()]
    start = next(n for n, line in enumerate(lines) if line.startswith("type filter"))
    return lines[start + 1 : -2]


def denied(emitted: Any, source: str, way: str) -> bool:
    """Whether the reader says that a new connection is denied."""
    client = "ipv6" if ":" in source else "ipv4"
    return bool(emitted.answer(client, source, way, Kind.WAY).effect is Effect.BLOCK)


def told(emitted: Any, key: str) -> PolicyCoverage:
    """The one record about a clause of the whole policy."""
    (found,) = (each for each in emitted.compiled.policy if each.clause.key == key)
    assert isinstance(found, PolicyCoverage)
    return found


# --- the file -------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{"ipv6": "deny"}, {}], ids=str)
def test_who_may_open_a_connection_is_answered(settings: dict[str, Any], small: Any) -> None:
    """A resolver is, over IPv6 where others have none, and by a device with one way out.

    Others are not answered by such a device: nothing leaves it but to its gateway.
    """
    emitted = small.routed(policy(small), **settings)
    resolver, to = "2001:db8:53::1", "tcp/443 to 2001:db8:80::1"
    guest = "tcp/22 to 2001:db8:90::7"
    assert not denied(emitted, resolver, to)
    assert not denied(emitted, resolver, guest)
    assert denied(emitted, "2001:db8:90::7", to)
    assert denied(emitted, "2001:db8:ffff::9", guest)
    line = "\t\tct direction reply ip6 daddr @resolvers-6 accept\n"
    unanswered = emitted.changed(FILE, line, "")
    other = replace(emitted, files=unanswered)
    assert denied(other, resolver, guest)
    assert denied(other, resolver, to) is (settings != {})
    assert emitted.noticed(unanswered)
    everybody = emitted.changed(FILE, line, "\t\tct direction reply accept\n" + line)
    assert not denied(replace(emitted, files=everybody), "192.0.2.9", "tcp/22 to 10.90.0.7")
    assert emitted.noticed(everybody)


def test_the_rules_stand_in_the_order_that_they_need(small: Any) -> None:
    """Exceptions first; then what everybody is denied, then who has one way out."""
    assert rules(small.routed(policy(small), inside=["lan1", "lan0"])) == [
        'oifname "lan0" accept',
        'oifname "lan1" accept',
        "ip saddr @gateways-4 accept",
        "ip6 saddr @gateways-6 accept",
        "ip saddr @resolvers-4 accept",
        "ct direction reply ip daddr @resolvers-4 accept",
        "ip6 saddr @resolvers-6 accept",
        "ct direction reply ip6 daddr @resolvers-6 accept",
        "ip daddr @resolvers-4 tcp dport { 53, 443, 853 } accept",
        "ip daddr @resolvers-4 udp dport { 53, 443, 853 } accept",
        "ip6 daddr @resolvers-6 tcp dport { 53, 443, 853 } accept",
        "ip6 daddr @resolvers-6 udp dport { 53, 443, 853 } accept",
        "udp dport 443 reject",
        "tcp dport 853 reject",
        "udp dport 853 reject",
        "tcp dport 53 reject",
        "udp dport 53 reject",
        "ip daddr @doh-4 tcp dport 443 reject",
        "ip6 daddr @doh-6 tcp dport 443 reject",
        "ip saddr @only-guest-wifi-4 ip daddr != @via-gateway-4 reject",
        "ip6 saddr @only-guest-wifi-6 ip6 daddr != @via-gateway-6 reject",
    ]


def test_a_policy_that_closes_nothing_makes_an_empty_table(small: Any) -> None:
    """Loading it takes away what was loaded before, and denies nothing."""
    emitted = small.routed(policy(small, close_bypasses=False, confined=()), inside=["lan0"])
    assert rules(emitted) == []
    assert "set " not in emitted.text[FILE]
    assert emitted.findings() == ()
    assert not denied(emitted, ANYBODY, f"udp/443 to {SOMEWHERE}")


def test_no_set_is_empty_and_none_is_unused(small: Any) -> None:
    """Without IPv6 in the policy there are no sets of it but that of known resolvers."""
    emitted = small.routed(
        policy(
            small,
            gateways=(Gateway("gateway", "gateway.test", ("10.99.0.8/32",)),),
            resolvers=("10.0.0.53/32",),
            confined=(Confined("guest-wifi", ("10.90.0.0/24",), "gateway", SPAN),),
        )
    )
    names = [line.split()[1] for line in emitted.text[FILE].splitlines() if "\tset " in line]
    assert names == [
        "gateways-4",
        "resolvers-4",
        "doh-4",
        "doh-6",
        "via-gateway-4",
        "only-guest-wifi-4",
    ]


def test_a_gateway_of_one_version_of_ip_denies_the_other_as_a_whole(small: Any) -> None:
    """Who sits in the segment with an IPv6 address then goes nowhere with it."""
    gateway = Gateway("gateway", "gateway.test", ("10.99.0.8/32",))
    emitted = small.routed(policy(small, gateways=(gateway,)))
    assert rules(emitted)[-1] == "ip6 saddr @only-guest-wifi-6 reject"
    assert denied(emitted, GUEST_6, f"tcp/443 to {SOMEWHERE_6}")
    assert emitted.findings() == ()


def test_networks_that_overlap_are_written_once(small: Any) -> None:
    """What overlaps, nft merges; here nothing is left to merge."""
    confined = Confined("lab", ("10.90.0.0/24", "10.90.0.128/25", "10.90.1.0/24"), "gateway", SPAN)
    text = small.routed(policy(small, confined=(confined,))).text[FILE]
    assert "10.90.0.0/23,\n" in text
    assert "10.90.0.128/25" not in text


@pytest.mark.parametrize("action", ["reject", "drop"])
def test_what_is_denied_is_denied_as_the_setting_says(small: Any, action: str) -> None:
    """One word for all of it."""
    words = {line.split()[-1] for line in rules(small.routed(policy(small), action=action))}
    assert words == {"accept", action}


def test_hostile_names_do_not_get_into_the_file(small: Any) -> None:
    """The organisation's name stands in a comment, whatever it has in it."""
    emitted = small.routed(replace(policy(small), identifier='x"\n\tpolicy drop; }\ninclude "/x"'))
    comments = [line for line in emitted.text[FILE].splitlines() if line.startswith("#")]
    assert len(comments) == 1
    assert "include" not in "".join(emitted.text[FILE].splitlines()[1:])


@pytest.mark.parametrize(
    "text", ["a b", "a;", "{", "}", "", "@x", '"', "a\nb", "-", ":", "$x", "é"]
)
def test_a_word_that_is_no_word_is_refused(text: str) -> None:
    """Nothing that nft would take for anything but data."""
    with pytest.raises(UnsafeTextError):
        word(text)


@pytest.mark.parametrize(
    "text", ["::/0", "2001:db8::/32", "10.0.0.0/8", "only-a.b_c-4", "-10", "9"]
)
def test_a_word_is_written_as_it_is(text: str) -> None:
    """Networks, names and numbers."""
    assert word(text) == text


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"action": "accept"},
        {"inside": ["lan0", "lan0"]},
        {"inside": ["sixteen-letters-"]},
        {"inside": ["lan*"]},
        {"inside": ['lan" accept']},
        {"inside": [""]},
        {"ipv6": True},
        {"ipv6": "no"},
        {"priority": 1001},
        {"priority": "0"},
        {"table": "filter"},
    ],
)
def test_a_bad_setting_is_refused(given: dict[str, Any]) -> None:
    """A name with a star would stand for every interface that begins so."""
    with pytest.raises(ValidationError):
        NftablesSettings(**given)


def test_the_longest_name_of_an_interface_is_taken() -> None:
    """Fifteen characters, which is the kernel's limit."""
    assert NftablesSettings(inside=["a23456789012345"]).inside == ("a23456789012345",)  # type: ignore[arg-type]  # as YAML gives it


# --- what is let through and what is not ----------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "way", "wanted"),
    [
        (ANYBODY, f"udp/443 to {SOMEWHERE}", True),
        (ANYBODY_6, f"udp/443 to {SOMEWHERE_6}", True),
        (ANYBODY, f"tcp/443 to {SOMEWHERE}", False),
        (ANYBODY, f"tcp/853 to {SOMEWHERE}", True),
        (ANYBODY, f"udp/853 to {SOMEWHERE}", True),
        (ANYBODY, f"udp/53 to {SOMEWHERE}", True),
        (ANYBODY, f"tcp/53 to {SOMEWHERE}", True),
        (ANYBODY, f"udp/53 to {OWN}", False),
        (ANYBODY_6, f"tcp/853 to {OWN_6}", False),
        (ANYBODY, "tcp/443 to 1.1.1.1", True),
        (ANYBODY, "tcp/443 to 1.1.1.4", False),
        (ANYBODY, "tcp/80 to 1.1.1.1", False),
        (ANYBODY_6, "tcp/443 to 2620:fe::fe", True),
        (ANYBODY, f"gre to {SOMEWHERE}", False),
        (PROXY, f"udp/443 to {SOMEWHERE}", False),
        (OWN, f"udp/53 to {SOMEWHERE}", False),
        (GUEST, f"tcp/443 to {SOMEWHERE}", True),
        (GUEST, f"gre to {SOMEWHERE}", True),
        (GUEST, f"tcp/443 to {PROXY}", False),
        (GUEST, f"udp/443 to {PROXY}", True),
        (GUEST, f"udp/53 to {OWN}", False),
        (GUEST, f"tcp/22 to {OWN}", True),
        (GUEST_6, f"tcp/443 to {SOMEWHERE_6}", True),
    ],
)
def test_a_way_is_open_or_not(small: Any, source: str, way: str, wanted: bool) -> None:
    """As the policy says: people, guests, the gateway and the resolver."""
    assert denied(small.routed(policy(small)), source, way) is wanted


def test_every_known_resolver_is_denied_and_its_neighbours_are_not(small: Any) -> None:
    """One address each: ranges would take sites of others with them."""
    emitted = small.routed(policy(small, confined=()))
    known = {ipaddress.ip_address(text) for text in DOH_ADDRESSES}
    for address in known:
        source = ANYBODY_6 if address.version == 6 else ANYBODY
        assert denied(emitted, source, f"tcp/443 to {address}"), address
        if address + 1 not in known:
            assert not denied(emitted, source, f"tcp/443 to {address + 1}"), address


def test_the_known_addresses_have_sources_and_are_single_public_ones() -> None:
    """Each is written in the short form, once, with where it was read."""
    for text, source in DOH_ADDRESSES.items():
        address = ipaddress.ip_address(text)
        assert str(address) == text
        assert address.is_global, text
        assert "read 2026-" in source
    assert {ipaddress.ip_address(text).version for text in DOH_ADDRESSES} == {4, 6}


# --- the account ----------------------------------------------------------------------------------


def test_no_ruling_is_said_to_be_carried_out(small: Any) -> None:
    """Not even one for people with one way out: addresses are no hosts."""
    emitted = small.routed(policy(small))
    assert {record.status for record in emitted.compiled.coverage} == {Status.UNSUPPORTED}
    clauses = {record.clause for record in emitted.compiled.coverage}
    assert {EFFECT_CLAUSE, "via"} <= clauses


def test_closing_ways_around_is_told_with_what_stays_open(small: Any) -> None:
    """Never as wholly carried out."""
    record = told(small.routed(policy(small)), CLOSE_BYPASSES)
    assert record.status is Status.LOOSER
    assert set(record.leaves) == {
        Opening.DOH_OTHER,
        Opening.ECH,
        Opening.SWITCHES,
        Opening.VPN,
    }
    assert record.deviations == ()
    assert record.artifacts == ("nftables/aipol.nft",)


def test_without_resolvers_any_may_be_asked_and_that_is_told(small: Any) -> None:
    """Port 53 is open but for who has one way out, with the line that would close it."""
    emitted = small.routed(policy(small, resolvers=()))
    record = told(emitted, CLOSE_BYPASSES)
    assert record.reason
    assert record.reason.code == "resolvers-unknown"
    assert "network.resolvers" in record.reason.advice
    assert Opening.RESOLVERS in record.leaves
    assert not denied(emitted, ANYBODY, f"udp/53 to {SOMEWHERE}")
    assert denied(emitted, ANYBODY, f"udp/853 to {SOMEWHERE}")
    assert denied(emitted, GUEST, f"udp/53 to {SOMEWHERE}")
    assert emitted.findings() == ()


@pytest.mark.parametrize(
    ("networks", "ipv6", "status", "code"),
    [
        (("10.90.0.0/24", "2001:db8:90::/64"), "filter", Status.ENFORCED, ""),
        (("10.90.0.0/24",), "filter", Status.LOOSER, "addresses-unlisted"),
        (("2001:db8:90::/64",), "filter", Status.LOOSER, "addresses-unlisted"),
        (("10.90.0.0/24",), "deny", Status.STRICTER, "ipv6-denied"),
        (("2001:db8:90::/64",), "deny", Status.LOOSER, "addresses-unlisted"),
    ],
)
def test_one_way_out_holds_where_both_versions_of_ip_are_listed(
    small: Any, networks: tuple[str, ...], ipv6: str, status: Status, code: str
) -> None:
    """A segment of one version says nothing of its people's addresses of the other."""
    confined = Confined("guest-wifi", networks, "gateway", SPAN)
    emitted = small.routed(policy(small, confined=(confined,)), ipv6=ipv6)
    record = told(emitted, ONLY_VIA)
    assert (record.status, record.reason.code if record.reason else "") == (status, code)
    assert bool(record.leaves) is (status is Status.LOOSER)
    assert emitted.findings() == ()


def test_ipv6_can_be_denied_as_a_whole(small: Any) -> None:
    """But for gateways, and to resolvers; the account says that this is stricter."""
    emitted = small.routed(policy(small), ipv6="deny")
    assert denied(emitted, ANYBODY_6, f"tcp/443 to {SOMEWHERE_6}")
    assert not denied(emitted, ANYBODY_6, f"udp/53 to {OWN_6}")
    assert not denied(emitted, "2001:db8:99::8", f"tcp/443 to {SOMEWHERE_6}")
    assert emitted.findings() == ()


# --- drawn at random ------------------------------------------------------------------------------

BLOCKS = tuple(
    f"{prefix}.{number}.0/{length}"
    for prefix in ("10.1", "10.2")
    for number in (0, 64, 128)
    for length in (18, 24, 26)
) + tuple(f"2001:db8:{n}::/{length}" for n in (1, 2) for length in (48, 64))


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, Any]:
    """Networks of groups, gateways, resolvers and segments that may overlap in any way."""
    some = st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=3, unique=True).map(tuple)
    gateways = draw(st.lists(some, min_size=1, max_size=2))
    segments = draw(st.lists(some, max_size=3))
    return {
        "networks": {"finance": draw(some), "guests": draw(some)},
        "gateways": tuple((f"g{n}", found) for n, found in enumerate(gateways)),
        "confined": tuple((f"s{n}", found, "g0") for n, found in enumerate(segments)),
        "resolvers": draw(st.one_of(st.just(()), some)),
        "close_bypasses": draw(st.booleans()),
    }


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn(), st.sampled_from([{}, {"ipv6": "deny"}, {"action": "drop", "inside": ["lan0"]}]))
def test_whatever_the_policy_says_the_rules_do_it(
    small: Any, found: dict[str, Any], setting: dict[str, Any]
) -> None:
    """Every way of every source is answered as the policy says, and the account is true."""
    changes = {
        **found,
        "gateways": tuple(Gateway(name, f"{name}.test", own) for name, own in found["gateways"]),
        "confined": tuple(
            Confined(name, own, gateway, SPAN) for name, own, gateway in found["confined"]
        ),
    }
    emitted = small.routed(replace(small.everything(), rules=(), **changes), **setting)
    assert [finding.message for finding in emitted.findings()] == []
