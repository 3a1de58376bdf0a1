"""Segments: every source address belongs to exactly the groups that list it."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import EVERYBODY, NOBODY, Region, Universe
from aipol.catalogue.model import App
from aipol.ir import (
    NO_OBLIGATIONS,
    Audience,
    Because,
    Gateway,
    GovernedApp,
    Group,
    Ir,
    Organization,
    Origin,
    Ruling,
)
from aipol.segments import (
    DEFAULT,
    Segment,
    fewest_networks,
    gateway_networks,
    ruling_at,
    seated,
    segments,
    uses_at,
)
from aipol.source import Span
from aipol.vocabulary import Account, Effect, Surface

SPAN = Span("policy.yaml", 1, 1)
Networks = Mapping[str, tuple[str, ...]]


def policy(
    networks: Networks, *, others: tuple[str, ...] = (), gateways: tuple[str, ...] = ()
) -> Ir:
    """Groups with these networks, and groups without any."""
    names = (*networks, *others)
    universe = Universe(names)
    groups = {
        name: Group(name, universe.member_of(name), SPAN, networks=tuple(networks.get(name, ())))
        for name in names
    }
    found = {"gw": Gateway("gw", "gw.example", gateways)} if gateways else {}
    return Ir(
        organization=Organization("Acme", "com.acme"),
        universe=universe,
        groups=groups,
        apps={"app": GovernedApp(App("app", "App", "vendor", "chat", "chat", "test"))},
        data_classes=(),
        rulings=(),
        protected_hosts=(),
        gateways=found,
        inspect_tls="none",
        close_bypasses=False,
        unlisted_ai=Effect.BLOCK,
        unlisted_span=SPAN,
        tighten=False,
        as_of=date(2026, 11, 23),
    )


def ruled(ir: Ir, *rulings: tuple[Region, Effect, Account]) -> Ir:
    """The same with rulings on the web surface of the app."""
    found = tuple(
        Ruling(
            f"r{number}",
            "app",
            Surface.WEB,
            account,
            Audience(region, ()),
            effect,
            NO_OBLIGATIONS,
            (Because(Origin.RULE, "r", SPAN),),
        )
        for number, (region, effect, account) in enumerate(rulings)
    )
    return replace(ir, rulings=found)


def home(parts: tuple[Segment, ...], address: str) -> Segment:
    """The segment an address is in."""
    found = ipaddress.ip_address(address)
    for part in parts:
        if any(found in ipaddress.ip_network(network) for network in part.networks):
            return part
    return parts[-1]


BITS = st.integers(min_value=26, max_value=32)
CIDRS = st.tuples(st.integers(min_value=0, max_value=63), BITS).map(
    lambda pair: str(ipaddress.ip_network((0x0A000000 + pair[0], pair[1]), strict=False))
)
LISTINGS = st.fixed_dictionaries(
    {name: st.lists(CIDRS, max_size=3).map(tuple) for name in ("a", "b", "c")}
)


@given(LISTINGS, st.lists(CIDRS, max_size=2).map(tuple))
def test_an_address_is_in_the_segment_of_the_groups_that_list_it(
    listing: Networks, gateways: tuple[str, ...]
) -> None:
    """Overlaps give segments with several groups, no two segments share an address."""
    parts = segments(policy(listing, gateways=gateways))
    for number in range(0x0A000000, 0x0A000040):
        address = ipaddress.ip_address(number)
        listed = {
            name
            for name, networks in listing.items()
            if any(address in ipaddress.ip_network(network) for network in networks)
        }
        held = [
            part
            for part in parts
            if any(address in ipaddress.ip_network(network) for network in part.networks)
        ]
        if any(address in ipaddress.ip_network(network) for network in gateways):
            assert held == []
        else:
            assert [set(part.groups) for part in held] == ([listed] if listed else [])


@given(st.lists(CIDRS, max_size=6))
def test_the_fewest_networks_hold_the_same_addresses(networks: list[str]) -> None:
    """As the standard library collapses them, duplicates and neighbours included."""
    expected = ipaddress.collapse_addresses(map(ipaddress.IPv4Network, networks))
    assert fewest_networks(networks) == tuple(map(str, expected))


def test_both_families_and_their_ends_work() -> None:
    """The first and last addresses of each family can be listed."""
    listing = {
        "a": ("0.0.0.0/1", "::/0"),
        "b": ("128.0.0.0/1", "2001:db8::/32", "255.255.255.255/32"),
    }
    parts = segments(policy(listing))
    assert [part.id for part in parts] == ["a", "a-and-b", "b", DEFAULT]
    assert home(parts, "0.0.0.1").id == "a"
    assert home(parts, "255.255.255.255").id == "b"
    assert home(parts, "2001:db8::1").id == "a-and-b"
    assert home(parts, "ffff::").id == "a"


def test_the_region_leaves_out_people_of_other_networks() -> None:
    """Whoever sits in a segment is in its groups and in no other group with a network."""
    ir = policy({"a": ("10.0.0.0/24",), "b": ("10.0.1.0/24",)}, others=("pilot",))
    first, _, rest = segments(ir)
    universe = ir.universe
    assert first.person == frozenset({"a"})
    assert universe.contains(first.region, frozenset({"a", "pilot"}))
    assert not universe.contains(first.region, frozenset({"a", "b"}))
    assert rest.person is None
    assert universe.contains(rest.region, frozenset({"pilot"}))
    assert not universe.contains(rest.region, frozenset({"a"}))


def test_a_derived_group_that_follows_is_not_left_out() -> None:
    """A person is in `none_of` and `any_of` groups without their network being listed here."""
    ir = policy({"a": ("10.0.0.0/24",), "others": ("10.0.1.0/24",)})
    universe = ir.universe
    neither = universe.others(universe.member_of("a"))
    groups = {**ir.groups, "others": replace(ir.groups["others"], region=neither)}
    first, second, rest = segments(replace(ir, groups=groups))
    assert (first.id, first.person) == ("a", frozenset({"a"}))
    assert (second.id, second.person) == ("others", frozenset())
    assert rest.region == NOBODY
    assert seated(rest) == EVERYBODY


def test_segment_ids_are_one_label_and_never_meet() -> None:
    """Names with dots, underscores, our separator, `default` or great length get a digest."""
    names = ("default", "a.b", "a-b", "a_b", "x-and-y", "x", "y", "n" * 63, "n" * 62)
    listing = {name: (f"10.0.{number}.0/24",) for number, name in enumerate(names)}
    listing |= {"x": ("10.1.0.0/24",), "y": ("10.1.0.0/24",)}
    ids = [part.id for part in segments(policy(listing))]
    assert len(set(ids)) == len(ids)
    assert {"a-b", "x-and-y", DEFAULT} <= set(ids)
    assert all(len(each) <= 40 and each.replace("-", "").isalnum() for each in ids)


def test_samples_are_in_their_segment() -> None:
    """A verifier that asks with them asks about that segment, in both families for the rest."""
    ir = policy(
        {"a": ("10.0.0.0/24", "10.9.0.0/16"), "b": ("10.0.0.128/25",)}, gateways=("10.9.0.7/32",)
    )
    parts = segments(ir)
    for part in parts:
        assert part.samples
        assert {home(parts, address).id for address in part.samples} == {part.id}
    assert {ipaddress.ip_address(address).version for address in parts[-1].samples} == {4, 6}


def test_without_networks_there_is_one_segment() -> None:
    """Everybody sits in the default segment, which has addresses to ask with."""
    (only,) = segments(policy({}, others=("a",)))
    assert (only.id, only.region, only.networks) == (DEFAULT, EVERYBODY, ())
    assert only.samples == ("192.0.2.1", "127.0.0.1", "2001:db8::1", "::1")


def test_a_gateway_is_nobody() -> None:
    """Its addresses are taken out of the group that lists them."""
    ir = policy({"a": ("10.0.0.0/30",)}, gateways=("10.0.0.1/32",))
    first, _ = segments(ir)
    assert first.networks == ("10.0.0.0/32", "10.0.0.2/31")
    assert gateway_networks(ir) == ("10.0.0.1/32",)


def test_a_segment_carries_out_its_persons_ruling() -> None:
    """People of groups without a network do not change a networked segment."""
    ir = policy({"a": ("10.0.0.0/24",)}, others=("pilot",))
    pilot = ir.universe.member_of("pilot")
    rest = ir.universe.others(pilot)
    ir = ruled(ir, (pilot, Effect.ALLOW, Account.ANY), (rest, Effect.BLOCK, Account.ANY))
    first, default = segments(ir)
    asked = ("app", Surface.WEB, Account.PERSONAL)
    blocked = ruling_at(ir, first, *asked)
    assert blocked
    assert blocked.effect is Effect.BLOCK
    least = ruling_at(ir, default, *asked)
    assert least
    assert least.effect is Effect.ALLOW
    strictest = ruling_at(replace(ir, tighten=True), default, *asked)
    assert strictest
    assert strictest.effect is Effect.BLOCK


def test_a_use_keeps_accounts_apart() -> None:
    """Both rulings are there, and the one to carry out is the less strict."""
    ir = ruled(
        policy({}),
        (EVERYBODY, Effect.WARN, Account.CORPORATE),
        (EVERYBODY, Effect.BLOCK, Account.PERSONAL),
    )
    (only,) = segments(ir)
    use = uses_at(ir, only, {Surface.WEB})["app", Surface.WEB]
    assert (use.corporate.effect, use.personal.effect) == (Effect.WARN, Effect.BLOCK)
    assert use.carried is use.corporate
    assert uses_at(ir, only, {Surface.API}) == {}


def test_many_networks_are_swept_not_compared() -> None:
    """Sixty thousand networks of two groups take seconds, where pairs would take hours."""
    count = 60_000

    def listed(step: int) -> tuple[str, ...]:
        numbers = range(0, count * step, step)
        return tuple(f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}/32" for n in numbers)

    started = time.process_time()
    parts = segments(policy({"a": listed(2)[: count // 2], "b": listed(3)[: count // 2]}))
    assert [part.id for part in parts] == ["a", "a-and-b", "b", DEFAULT]
    assert time.process_time() - started < 30
