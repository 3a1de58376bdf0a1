"""nftables: the reader refuses what it cannot account for, and no change of a decision survives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aipol.bypasses import DOH_ADDRESSES
from aipol.ir import Confined, Gateway
from aipol.target import Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect, Situation
from tests.mutation import kit
from tests.unit.targets.network.written import SPAN

FILE = "aipol.nft"


@pytest.fixture(scope="module")
def emitted(small: Any) -> Any:
    """A router's rules with everything in them."""
    networks = ("10.90.0.0/24", "2001:db8:90::/64")
    gateway = Gateway("gateway", "gateway.test", ("10.99.0.8/31", "2001:db8:99::8/128"))
    return small.routed(
        replace(
            small.everything(),
            rules=(),
            networks={**small.NETWORKS, "guests": networks},
            gateways=(gateway,),
            resolvers=("10.0.0.53/32", "2001:db8:53::1/128"),
            confined=(
                Confined("guest-wifi", networks, "gateway", SPAN),
                Confined("lab", ("10.20.0.128/25",), "gateway", SPAN),
            ),
        )
    )


def test_what_is_written_is_read_without_a_finding(emitted: Any) -> None:
    """So that a finding about a mutant is the mutant's."""
    assert emitted.findings() == ()


def test_no_mutant_of_a_line_survives(emitted: Any) -> None:
    """Lines dropped, verdicts and families flipped, ports changed, sets widened."""
    known = {f"{text}/{128 if ':' in text else 32}," for text in DOH_ADDRESSES}
    every = list(kit.mutants(FILE, emitted.files[FILE]))
    # One known address is written like another.
    mutants = [m for m in every if m.was not in known] + [m for m in every if m.was in known][::9]
    assert len(mutants) > 150
    alive = [m for m in mutants if not emitted.noticed({FILE: m.content})]
    assert [(mutant.where, mutant.what, mutant.was) for mutant in alive] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10.90.0.0/24", "10.90.0.0/25"),
        ("10.90.0.0/24", "10.90.0.0/23"),
        ("10.90.0.0/24", "10.91.0.0/24"),
        ("2001:db8:90::/64", "2001:db8:90::/65"),
        ("10.0.0.53/32", "10.0.0.52/31"),
        ("10.99.0.8/31,", "10.99.0.8/31,\n\t\t\t10.20.0.0/24,"),
        ("10.99.0.8/31,", "10.99.0.8/31,\n\t\t\t192.0.2.77/32,"),
        ("1.1.1.1/32", "1.1.1.0/30"),
        ("{ 53, 443, 853 } accept", "{ 53, 443, 853, 8443 } accept"),
        ("{ 53, 443, 853 } accept", "{ 53, 853 } accept"),
        ("udp dport 443 reject", "udp dport { 443, 80 } reject"),
        ("ip daddr != @via-gateway-4", "ip daddr != @doh-4"),
        ("ip daddr != @via-gateway-4", "ip daddr @via-gateway-4"),
        ("ip saddr @gateways-4 accept", "meta nfproto ipv4 accept"),
        ("ip saddr @gateways-4 accept", "accept"),
        ("policy accept", "policy drop"),
        ("\t\tudp dport 443 reject\n", "\t\tudp dport 443 reject\n\t\ttcp dport 25 drop\n"),
        ("ip saddr @only-lab-4 ip daddr", "ip saddr @only-guest-wifi-4 ip daddr"),
        ("@gateways-4 accept", "@gateways-4 reject"),
    ],
)
def test_a_change_of_an_address_a_port_or_a_place_is_noticed(
    emitted: Any, old: str, new: str
) -> None:
    """One bit more or less, another set, another port, a rule more."""
    assert emitted.noticed(emitted.changed(FILE, old, new))


def test_a_change_of_the_order_is_noticed(emitted: Any) -> None:
    """Exceptions behind what they are exceptions to, and a gateway's own behind all."""
    lines = emitted.text[FILE].splitlines(keepends=True)
    places = [n for n, line in enumerate(lines) if line.endswith(("accept\n", "reject\n"))]
    for place in places:
        moved = [*lines[:place], *lines[place + 1 : places[-1] + 1], lines[place]]
        text = "".join([*moved, *lines[places[-1] + 1 :]])
        if lines[place].endswith("accept\n"):
            assert emitted.noticed({FILE: text.encode()}), lines[place]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("delete table inet aipol\n", ""),
        ("delete table inet aipol\n", "flush ruleset\n"),
        ("table inet aipol {\n}\n", ""),
        ("table inet aipol {\n}\n", "table ip aipol {\n}\n"),
        ("hook forward", "hook input"),
        ("hook forward", "hook output"),
        ("type filter", "type nat"),
        ("priority 0;", "priority filter + 1;"),
        ("; policy accept", ""),
        ("\t\tflags interval\n", ""),
        ("\t\tauto-merge\n", ""),
        ("10.90.0.0/24,", "10.90.0.0/24"),
        ("10.90.0.0/24,", "10.90.0.1/24,"),
        ("10.90.0.0/24,", "10.90.0.0-10.90.0.255,"),
        ("10.90.0.0/24,", "guests.acme.test,"),
        ("10.90.0.0/24,", "2001:db8::/64,"),
        ("\t\t\t10.90.0.0/24,\n", ""),
        ("set only-lab-4", "set only-guest-wifi-4"),
        ("@only-lab-4", "@only-nobody-4"),
        ("ip saddr @only-lab-4 ", ""),
        ("ip saddr @gateways-4", "ip6 saddr @gateways-4"),
        ("ip saddr @gateways-4", "ip saddr @gateways-6"),
        ("ip saddr @only-lab-4 ip daddr", "ip saddr @only-lab-4 ip6 daddr"),
        ("udp dport 443", "udp sport 443"),
        ("udp dport 443", "udp dport 65536"),
        ("udp dport 443", "udp dport https"),
        ("udp dport 443", "udp dport { 443, 443 }"),
        ("udp dport 443", "udp dport != 443"),
        ("udp dport 443", "iifname lan0 udp dport 443"),
        ("udp dport 443", "ct state new udp dport 443"),
        ("udp dport 443 reject", "udp dport 443 jump elsewhere"),
        ("udp dport 443 reject", "udp dport 443 counter reject"),
        ("udp dport 443 reject", "udp dport 443"),
        ("chain forward {", "chain more {\n\t}\n\tchain forward {"),
        ("\tchain forward", '\tinclude "/etc/more.nft"\n\tchain forward'),
        ("\t}\n}\n", "\t}\n"),
        ("\t}\n}\n", "\t}\n}\ntable inet more {\n}\n"),
    ],
)
def test_what_is_not_known_is_refused(emitted: Any, old: str, new: str) -> None:
    """Other tables and hooks, loose and empty sets, words that the reader was not taught."""
    text = emitted.text[FILE]
    assert old in text
    head, _, tail = text.rpartition(old) if old.startswith("\t}") else text.partition(old)
    with pytest.raises(UnreadableArtifact):
        emitted.target.read({FILE: f"{head}{new}{tail}".encode()})


@pytest.mark.parametrize("files", [{}, {"other.nft": b"\n"}, {FILE: b""}, {FILE: b"\xff\n"}])
def test_no_file_and_no_text_are_refused(emitted: Any, files: dict[str, bytes]) -> None:
    """There is one file, and it is text."""
    with pytest.raises(UnreadableArtifact):
        emitted.target.read(files)


def test_a_file_that_nothing_refers_to_is_refused(emitted: Any) -> None:
    """Nobody would load it."""
    with pytest.raises(UnreadableArtifact, match=r"more\.nft"):
        emitted.target.read({**emitted.files, "more.nft": b"\n"})


@pytest.mark.parametrize(
    ("kind", "client", "value"),
    [
        (Kind.HOST, "ipv4", "chatgpt.com"),
        (Kind.WAY, "ipv6", "udp/443 to 192.0.2.1"),
        (Kind.WAY, "ipv4", "udp/443 to 2001:db8::1"),
        (Kind.WAY, "ipv4", "udp/443"),
        (Kind.WAY, "proxy", "udp/443 to 192.0.2.1"),
    ],
)
def test_a_question_about_something_else_has_no_answer(
    emitted: Any, kind: Kind, client: str, value: str
) -> None:
    """Hosts, and destinations that an address of the source's kind cannot be sent to."""
    question = Question(
        kind, value, frozenset({"10.20.0.5"}), client, Situation.UNMANAGED_CORPORATE
    )
    assert emitted.decider.decide(question).effect is None


def test_an_answer_names_the_line_that_makes_it_so(emitted: Any) -> None:
    """The number of the rule's line in the file."""
    answer = emitted.answer("ipv4", "10.20.0.5", "udp/443 to 192.0.2.1", Kind.WAY)
    number = int(answer.locator.removeprefix("line "))
    assert answer.effect is Effect.BLOCK
    assert emitted.text[FILE].splitlines()[number - 1].strip() == "udp dport 443 reject"


def test_answers_are_to_no_ports(small: Any) -> None:
    """They come back to a port that a system chose: a rule about some of them would be unseen."""
    emitted = small.routed(small.everything())
    line = "\t\tudp dport 443 reject\n"
    odd = "\t\tct direction reply tcp dport { 40000, 50000 } reject\n"
    with pytest.raises(small.UnreadableArtifact, match="answers to some ports"):
        emitted.target.read(emitted.changed("aipol.nft", line, odd + line))
