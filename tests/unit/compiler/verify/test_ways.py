"""Ways out are asked about by what the policy says, and claims about them are put to the test."""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

import pytest

from aipol.audience import EVERYBODY, Universe
from aipol.bypasses import BYPASS_SWITCHES, Opening
from aipol.diagnostics import Diagnostic
from aipol.ir import (
    CLOSE_BYPASSES,
    ONLY_VIA,
    Confined,
    Gateway,
    Ir,
    Organization,
    PolicyClause,
)
from aipol.source import Span
from aipol.target import (
    Answer,
    Deviation,
    Kind,
    PolicyCoverage,
    Question,
    Reason,
    StagedTarget,
    Status,
    Target,
)
from aipol.verify import verify
from aipol.verify.outward import Outward, Ranges, Way, edges
from aipol.vocabulary import ON_NETWORK, Effect

FIRST = str(ipaddress.IPv4Address(0))
HERE = Span("policy.yaml", 7, 1)
WHY = Reason("why", "because", "do")
CLOSED = PolicyClause(CLOSE_BYPASSES, "true", HERE)
GUESTS = Confined("guests", ("10.90.0.0/24",), "gateway", replace(HERE, line=9))
BASE = Ir(
    organization=Organization("Acme", "com.acme"),
    universe=Universe(()),
    groups={},
    apps={},
    data_classes=(),
    rulings=(),
    protected_hosts=(),
    gateways={"gateway": Gateway("gateway", "g.test", ("10.99.0.8/32",))},
    inspect_tls="none",
    close_bypasses=True,
    unlisted_ai=Effect.BLOCK,
    unlisted_span=HERE,
    tighten=False,
    as_of=date(2026, 1, 1),
    policy_clauses=(CLOSED, GUESTS.clause),
    resolvers=("10.0.0.53/32",),
    confined=(GUESTS,),
)
ROUTER = cast(
    "Target",
    StagedTarget(
        "router",
        "Router",
        "networks",
        ON_NETWORK,
        (),
        (),
        cast("Any", None),
        *[cast("Any", None)] * 3,
    ),
)


@dataclass
class Router:
    """A reader that answers as the policy says, but for ways that are told otherwise."""

    otherwise: Mapping[str, Effect] = field(default_factory=dict)
    kinds: tuple[Kind, ...] = (Kind.WAY,)
    said: tuple[str, ...] = ()
    asked: list[Question] = field(default_factory=list[Question])

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The versions of IP."""
        return ("ipv4", "ipv6") if kind in self.kinds else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """All alike, or each alone where the artefacts speak of some."""
        return (identity, kind) if self.said else kind

    def decide(self, question: Question) -> Answer:
        """As the policy says, or as it was told."""
        if question.kind is not Kind.WAY:
            return Answer(None)
        self.asked.append(question)
        (source,) = question.identity
        protocol, _, to = question.value.partition(" to ")
        name, _, port = protocol.partition("/")
        way = Way.of(name, int(port or 0), ipaddress.ip_address(to))
        known = self.otherwise.get(f"{source} {question.value}", self.otherwise.get(protocol))
        denied = Outward(BASE).forbidding(ipaddress.ip_address(source), way)
        return Answer(known or (Effect.BLOCK if denied else Effect.ALLOW), "rules", "line 3")

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """What it was told to have."""
        return ((Kind.WAY, value) for value in self.said)


def claim(
    clause: PolicyClause, status: Status, *deviations: Deviation, leaves: tuple[str, ...] = ()
) -> PolicyCoverage:
    """An account of a clause."""
    return PolicyCoverage(clause, "router", status, WHY, (), leaves, deviations)


PARTLY = claim(CLOSED, Status.LOOSER, leaves=("VPNs",))
WHOLLY = claim(GUESTS.clause, Status.ENFORCED)


def found(router: Router, *records: PolicyCoverage, ir: Ir = BASE) -> tuple[Diagnostic, ...]:
    """What the verifier says."""
    return verify(ir, ROUTER, router, (), records)


def test_a_router_that_does_what_the_policy_says_has_no_findings() -> None:
    """And it was asked about every port that matters, from everybody who is told apart."""
    router = Router()
    assert found(router, PARTLY, WHOLLY) == ()
    ways = {question.value.partition(" to ")[0] for question in router.asked}
    assert ways == {"gre"} | {f"{p}/{n}" for p in ("tcp", "udp") for n in (53, 80, 123, 443, 853)}
    sources = {next(iter(question.identity)) for question in router.asked}
    assert {"10.90.0.0", "10.99.0.8"} & sources
    assert len(sources) >= 3


@pytest.mark.parametrize(
    "way", ["udp/443", "tcp/853", "udp/853", "udp/53", "tcp/53", "gre", "tcp/80"]
)
def test_a_way_that_is_open_and_should_not_be_is_a_finding(way: str) -> None:
    """At the clause that denies it, naming the place in the artefact."""
    findings = found(Router({way: Effect.ALLOW}), PARTLY, WHOLLY)
    assert findings
    assert {finding.code for finding in findings} == {"AIP501"}
    lines = {finding.span.line for finding in findings}
    assert lines <= {7, 9}
    assert (9 in lines) or way not in {"gre", "tcp/80"}
    assert "rules (line 3)" in findings[0].message


@pytest.mark.parametrize("way", ["tcp/443", "tcp/80", "gre", "udp/123"])
def test_a_way_that_is_denied_and_should_not_be_is_a_finding(way: str) -> None:
    """Nobody asked for that."""
    findings = found(Router({way: Effect.BLOCK}), PARTLY, WHOLLY)
    assert findings
    assert all("policy says allow" in finding.message for finding in findings)


def test_what_nobody_claims_is_not_asked_for() -> None:
    """Without an account a clause is told as a gap; what is stricter is still a finding."""
    assert found(Router({"udp/443": Effect.ALLOW, "gre": Effect.ALLOW})) == ()
    assert found(Router({"tcp/80": Effect.BLOCK}))


def test_a_deviation_admits_its_way_and_its_path_only() -> None:
    """In the direction that it says."""
    loose = Deviation(Status.LOOSER, WHY, EVERYBODY, "port 53")
    record = claim(CLOSED, Status.LOOSER, loose, leaves=("resolvers",))
    router = Router({"udp/53": Effect.ALLOW, "tcp/53": Effect.ALLOW})
    guests = found(router, record, WHOLLY)
    assert {finding.span.line for finding in guests} == {9}, "guests are to reach nothing there"
    assert found(router, record) == ()
    assert found(Router({"udp/853": Effect.ALLOW}), record)
    strict = Deviation(Status.STRICTER, WHY, EVERYBODY, "*", "ipv6")
    denying = {f"{protocol}/80": Effect.BLOCK for protocol in ("tcp", "udp")}
    others = found(Router(denying), claim(CLOSED, Status.LOOSER, strict, leaves=("VPNs",)))
    assert {"ipv4 way" in finding.message for finding in others} == {True}


@pytest.mark.parametrize(
    ("record", "kinds", "why"),
    [
        (WHOLLY, (Kind.HOST,), "no reader could be asked"),
        (PARTLY, (Kind.PROGRAM,), "no reader could be asked"),
        (claim(PolicyClause("unlisted_ai", "block", HERE), Status.ENFORCED), (Kind.WAY,), "asked"),
        (claim(CLOSED, Status.ENFORCED, leaves=("VPNs",)), (Kind.WAY,), "stays open"),
        (claim(CLOSED, Status.STRICTER, leaves=("VPNs",)), (Kind.WAY,), "stays open"),
    ],
)
def test_a_claim_that_cannot_stand_is_untrue(
    record: PolicyCoverage, kinds: tuple[Kind, ...], why: str
) -> None:
    """It contradicts itself, or nobody could tell."""
    (finding,) = found(Router(kinds=kinds), record)
    assert finding.code == "AIP506"
    assert why in finding.message


def test_names_are_asked_about_elsewhere() -> None:
    """A resolver's claim about names is put to the test by its hosts; who claims none has none."""
    router = Router(kinds=(Kind.HOST,))
    assert found(router, claim(CLOSED, Status.LOOSER, leaves=(Opening.SWITCHES,))) == ()
    assert found(router, claim(CLOSED, Status.UNSUPPORTED)) == ()
    said = {
        finding.message.partition("`")[2].partition("`")[0] for finding in found(router, PARTLY)
    }
    assert said == {*BYPASS_SWITCHES}


def test_a_path_of_which_it_is_said_need_not_deny_the_names() -> None:
    """What is said of one path says nothing of another."""
    spared = Deviation(Status.LOOSER, WHY, EVERYBODY, Opening.SWITCHES, "ipv4")
    said = found(Router(kinds=(Kind.HOST,)), claim(CLOSED, Status.LOOSER, spared))
    assert {finding.message.partition(":")[0] for finding in said} == {"router/ipv6"}


def test_networks_and_ports_that_artefacts_speak_of_are_asked_about() -> None:
    """So that a rule about strangers is found."""
    router = Router(
        {
            "203.0.113.8 tcp/80 to 192.0.2.1": Effect.BLOCK,
            "10.99.0.8 tcp/8443 to 192.0.2.1": Effect.BLOCK,
        },
        said=("203.0.113.8/29", "8443"),
    )
    messages = [finding.message for finding in found(router, PARTLY, WHOLLY)]
    assert len(messages) == 2
    assert any("203.0.113.8" in message for message in messages)
    assert any("8443" in message for message in messages)


def test_a_segment_inside_another_is_bound_by_both() -> None:
    """Whoever is in two is let through to nothing that either denies."""
    inner = Confined("lab", ("10.90.0.64/26",), "lab", HERE)
    gateways = {**BASE.gateways, "lab": Gateway("lab", "l.test", ("10.99.0.9/32",))}
    outward = Outward(replace(BASE, confined=(GUESTS, inner), gateways=gateways))
    source, to = ipaddress.ip_address("10.90.0.65"), ipaddress.ip_address("10.99.0.9")
    clauses = outward.forbidding(source, Way.of("tcp", 443, to))
    assert [clause.key for clause in clauses] == [ONLY_VIA]


@pytest.mark.parametrize(
    ("networks", "inside", "outside"),
    [
        (
            ("10.1.64.0/18", "10.1.64.0/24"),
            ("10.1.64.0", "10.1.127.255"),
            ("10.1.63.255", "10.1.128.0"),
        ),
        (
            ("::/0",),
            ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            (FIRST, "255.255.255.255"),
        ),
        (("0.0.0.1/32", "::2/128"), ("0.0.0.1", "::2"), ("0.0.0.2", "::1")),
        ((), (), (FIRST, "::")),
    ],
)
def test_ranges_hold_their_networks_and_no_more(
    networks: tuple[str, ...], inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    """Nested ones, both versions of IP, and none."""
    ranges = Ranges(networks)
    assert all(ranges.hold(ipaddress.ip_address(text)) for text in inside)
    assert not any(ranges.hold(ipaddress.ip_address(text)) for text in outside)


def test_edges_stay_among_addresses() -> None:
    """Nothing is beside the first or the last of all."""
    assert [str(each) for each in edges(["0.0.0.0/0"])] == [FIRST, "255.255.255.255"]
    assert [str(each) for each in edges(["10.0.0.0/31"])] == [
        "9.255.255.255",
        "10.0.0.0",
        "10.0.0.1",
        "10.0.0.2",
    ]
