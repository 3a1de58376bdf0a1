"""A kernel that has loaded the emitted rules forwards, or denies, what the reader says it does."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.ir import Confined, Gateway
from aipol.pipeline import build, open_policy
from aipol.target import Kind, Question
from aipol.vocabulary import Effect, Situation
from aipol_targets.nftables.target import NFTABLES
from tests.unit.targets.network.written import SPAN

# One worker makes the network once.
pytestmark = [pytest.mark.engine("nft", "ip"), pytest.mark.xdist_group("nftables")]

FINANCE, LAB, GUEST, ANYBODY = "10.20.0.5", "10.20.0.77", "10.90.0.9", "203.0.113.9"
FINANCE_6, GUEST_6, ANYBODY_6 = "2001:db8:20::5", "2001:db8:90::9", "2001:db8:ffff::9"
GATEWAY, RESOLVER, RESOLVER_6 = "10.99.0.1", "10.0.0.52", "2001:db8:53::2"
SOURCES = (FINANCE, LAB, GUEST, ANYBODY, FINANCE_6, GUEST_6, ANYBODY_6, GATEWAY, RESOLVER)
PROXY, PROXY_6, OWN, OWN_6 = "10.99.0.2", "2001:db8:99::2", "10.0.0.53", "2001:db8:53::3"
KNOWN, KNOWN_6, OTHER, OTHER_6 = "9.9.9.9", "2620:fe::9", "192.0.2.80", "2001:db8:80::1"
DESTINATIONS = (PROXY, PROXY_6, OWN, OWN_6, KNOWN, KNOWN_6, OTHER, OTHER_6)

POLICIES = int(os.environ.get("AIPOL_POLICIES", "4"))
FIRST = int(os.environ.get("AIPOL_FIRST_POLICY", "0"))
PLACES = (
    "10.20.0.0/24",
    "10.20.0.64/26",
    "10.20.0.5/32",
    "10.0.0.0/8",
    "10.90.0.0/24",
    "203.0.113.0/24",
    "2001:db8:20::/64",
    "2001:db8:90::/64",
    "2001:db8::/33",
)
"""Some within others; sources are in all of them."""
ENDS = ("10.99.0.0/30", "10.99.0.1/32", "10.20.0.76/31", "2001:db8:99::/126", "2001:db8:20::4/127")
ASKED = ("10.0.0.52/31", "10.0.0.53/32", "203.0.113.9/32", "2001:db8:53::2/127")


def policy(small: Any) -> Any:
    """A network with a gateway, two resolvers, and two segments with one way out."""
    gateway = Gateway("gateway", "gateway.test", ("10.99.0.0/30", "2001:db8:99::/126"))
    guests = ("10.90.0.0/24", "2001:db8:90::/64")
    return replace(
        small.everything(),
        networks={"finance": ("10.20.0.0/24", "2001:db8:20::/64"), "guests": guests},
        gateways=(gateway,),
        resolvers=("10.0.0.52/31", "2001:db8:53::2/127"),
        confined=(
            Confined("guest-wifi", guests, "gateway", SPAN),
            Confined("lab", ("10.20.0.64/26",), "gateway", SPAN),
        ),
    )


def drawn(small: Any, seed: int) -> tuple[Any, dict[str, Any]]:
    """The policy of a number and the settings of the target. What has few kinds takes turns."""
    draw = random.Random(seed)  # noqa: S311 - for tests, not for secrets
    gateways = tuple(
        Gateway(name, f"{name}.test", tuple(draw.sample(ENDS, draw.randint(1, 3))))
        for name in ("one", "two")
    )
    confined = tuple(
        Confined(
            f"segment-{number}",
            tuple(draw.sample(PLACES, draw.randint(1, 3))),
            draw.choice(gateways).id,
            SPAN,
        )
        for number in range(seed % 4)
    )
    found = replace(
        small.everything(),
        networks={"finance": tuple(draw.sample(PLACES, 2)), "guests": (PLACES[seed % 9],)},
        rules=(),
        gateways=gateways,
        resolvers=tuple(draw.sample(ASKED, draw.randint(0, 3))),
        confined=confined,
        close_bypasses=draw.random() < 0.7,
    )
    return found, {
        "action": draw.choice(("reject", "drop")),
        "priority": draw.choice((-150, 0, 300)),
        "ipv6": draw.choice(("filter", "filter", "deny")),
    }


@pytest.fixture(scope="module")
def router(routing: Any) -> Iterator[Any]:
    """A network with a router that has loaded nothing yet."""
    try:
        with routing.network(SOURCES, DESTINATIONS) as found:
            yield found
    except routing.Unprivileged as why:
        reason = f"REAL ENGINE NOT ASKED: network namespaces take root ({why})"
        if os.environ.get("AIPOL_REQUIRE_ENGINES") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


def ways(ports: tuple[int, ...]) -> Iterator[tuple[str, str, int, str]]:
    """Every source to every destination of its version of IP, on every port."""
    for source in SOURCES:
        for to in DESTINATIONS:
            if (":" in source) is (":" in to):
                for port in ports:
                    yield from ((source, protocol, port, to) for protocol in ("tcp", "udp"))


SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"action": "drop", "priority": -10},
    {"ipv6": "deny"},
    {"inside": ["server"]},
)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("changes", [{}, {"close_bypasses": False}, {"resolvers": ()}], ids=str)
def test_connections_get_through_as_the_reader_says(
    settings: dict[str, Any],
    changes: dict[str, Any],
    router: Any,
    routing: Any,
    small: ModuleType,
    tmp_path: Path,
) -> None:
    """From every segment, gateway and resolver, over TCP and UDP, to everywhere that matters."""
    emitted = small.routed(replace(policy(small), **changes), **settings)
    stays_inside = settings.get("inside") == ["server"]  # the server is behind it: all goes there
    denied = compared(emitted, router, routing, tmp_path, stays_inside=stays_inside)
    # The kernel sends so many refusals in a second and no more, so some of them stay silent.
    if not stays_inside:
        dropped = settings.get("action") == "drop"
        assert (routing.REFUSED in denied) is not dropped
        assert denied


def test_drawn_networks_are_let_through_as_the_reader_says(
    router: Any, routing: Any, small: ModuleType, tmp_path: Path
) -> None:
    """Gateways inside segments, segments inside one another, of both versions of IP, or of one."""
    denied = set[str]()
    for seed in range(FIRST, FIRST + POLICIES):
        drawn_policy, settings = drawn(small, seed)
        emitted = small.routed(drawn_policy, **settings)
        assert [each.message for each in emitted.findings()] == [], seed
        denied |= compared(emitted, router, routing, tmp_path, about=seed)
    assert denied


def compared(
    emitted: Any,
    router: Any,
    routing: Any,
    directory: Path,
    *,
    stays_inside: bool = False,
    about: object = "",
) -> set[str]:
    """What became of denied connections, when all is as the reader says."""
    file = directory / "aipol.nft"
    file.write_bytes(emitted.files["aipol.nft"])
    assert router.load(file, "-c") == ""
    assert router.load(file) == ""
    decider = emitted.decider
    every = list(ways(routing.PORTS))
    found: list[str] = router.tried(every)

    def is_wrong(way: tuple[str, str, int, str], became: str) -> bool:
        source, protocol, port, to = way
        client = "ipv6" if ":" in source else "ipv4"
        asked = Question(
            Kind.WAY,
            f"{protocol}/{port} to {to}",
            frozenset({source}),
            client,
            Situation.UNMANAGED_CORPORATE,
        )
        answer = decider.decide(asked)
        through = stays_inside or answer.effect is not Effect.BLOCK
        return (became == routing.ANSWERED) is not through

    wrong = [way for way, became in zip(every, found, strict=True) if is_wrong(way, became)]
    # A busy machine may answer late, so whoever was not answered asks again with more patience.
    again = router.tried(wrong, patience=5)
    still = [(w, became) for w, became in zip(wrong, again, strict=True) if is_wrong(w, became)]
    assert (about, still) == (about, [])
    return set(found) - {routing.ANSWERED}


SITES = f"""\
version: 1
sites:
  berlin:
    groups: {{finance: {{networks: [10.20.0.0/24]}}}}
    segments: {{guest-wifi: {{networks: [10.90.0.0/24]}}}}
    gateways: {{gateway: {{networks: [{PROXY}/32]}}}}
  paris:
    groups: {{finance: {{networks: [10.90.0.0/24]}}}}
    segments: {{guest-wifi: {{networks: [10.20.0.0/24]}}}}
    gateways: {{gateway: {{networks: [{PROXY}/32]}}}}
"""
AT_SITES = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups: {everyone: {all: true}, finance: {}, guests: {}}
network:
  inventory: sites.yaml
  gateways: {gateway: {host: gateway.test}}
  segments: [{id: guest-wifi, groups: [guests], only_via: gateway}]
rules: [{id: all, apps: ["*"], groups: [everyone], effect: block}]
targets: {nftables: {}}
"""


def test_each_site_lets_through_what_its_own_file_says(
    router: Any, routing: Any, tmp_path: Path
) -> None:
    """Finance in Berlin has the addresses of the guests in Paris: who is held to the gateway."""
    (tmp_path / "sites.yaml").write_text(SITES, encoding="utf-8")
    (tmp_path / "policy.yaml").write_text(AT_SITES, encoding="utf-8")
    opened = open_policy(
        str(tmp_path / "policy.yaml"), date(2026, 12, 1), load_catalogue(), [NFTABLES]
    )
    assert opened.ir is not None, opened.findings
    runs = {run.site: run for run in build(opened.ir, opened.settings, [NFTABLES]).runs}
    asked = [(source, "tcp", 80, OTHER) for source in (FINANCE, GUEST)]
    for site, held in (("berlin", GUEST), ("paris", FINANCE)):
        (artifact,) = runs[site].compiled.artifacts
        decider = runs[site].target.read({artifact.path: artifact.content})
        emitted = SimpleNamespace(files={"aipol.nft": artifact.content}, decider=decider)
        assert compared(emitted, router, routing, tmp_path, about=site)
        stopped = [
            way[0]
            for way, became in zip(asked, router.tried(asked, patience=5), strict=True)
            if became != routing.ANSWERED
        ]
        assert (site, stopped) == (site, [held])


def test_loading_twice_is_loading_once(router: Any, small: ModuleType, tmp_path: Path) -> None:
    """The table is replaced, and a table of others is left alone."""
    emitted = small.routed(policy(small))
    file, other = tmp_path / "aipol.nft", tmp_path / "other.nft"
    file.write_bytes(emitted.files["aipol.nft"])
    other.write_text("table inet other {\n\tchain here {\n\t}\n}\n")
    assert router.load(other) == ""
    assert router.load(file) == ""
    once = router.listed()
    assert router.load(file) == ""
    assert router.listed() == once
    assert "table inet other" in once


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10.0.0.52/31,\n", ""),
        ("type ipv4_addr", "type ipv6_addr"),
        ("delete table inet aipol\n", "delete table inet nobody\n"),
        ("\t\tudp dport 443 reject", "\t\tudp dport 443 reject }"),
        ("ip saddr @gateways-4", "ip saddr @gateways-9"),
        ("ip saddr @gateways-4", "ip6 saddr @gateways-4"),
        ("hook forward", "hook sideways"),
    ],
)
def test_what_nft_refuses_the_reader_refuses(
    old: str, new: str, router: Any, small: ModuleType, tmp_path: Path
) -> None:
    """A set that became empty, a set of the other family, a table that is not there, bad words."""
    emitted = small.routed(policy(small))
    files = emitted.changed("aipol.nft", old, new)
    file = tmp_path / "aipol.nft"
    file.write_bytes(files["aipol.nft"])
    assert "refused" in router.load(file, "-c")
    with pytest.raises(small.UnreadableArtifact):
        emitted.target.read(files)


def test_the_reader_answers_about_ways_only(small: ModuleType) -> None:
    """Nothing is said about hosts, extensions or programs."""
    decider = small.routed(policy(small)).decider
    assert [kind for kind in Kind if decider.clients(kind)] == [Kind.WAY]
