"""Clauses about the whole policy: what is told of them, by which targets there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.cli.app import main

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: example.acme}
groups: {everyone: {all: true}, guests: {networks: [10.90.0.0/24, "2001:db8:90::/64"]}}
rules:
  - {id: chatgpt, apps: [chatgpt], groups: [everyone], effect: block}
  - {id: rest, apps: ["*"], groups: [everyone], effect: allow}
unlisted_ai: allow
network:
  close_bypasses: true
  resolvers: [10.0.0.53/32]
  gateways: {gateway: {host: proxy.acme.example, networks: [10.99.0.8/32, "2001:db8::8/128"]}}
  segments:
    - {id: guest-wifi, networks: [10.90.0.0/24, "2001:db8:90::/64"], groups: [guests],
       only_via: gateway}
"""
DNS, ROUTER = "dns: {outputs: [unbound]}", "nftables: {}"

Ask = Callable[..., Any]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Ask:
    """What `coverage` says of the policy with these targets, as text and for a program."""
    monkeypatch.chdir(tmp_path)

    def answers(*targets: str, policy: str = POLICY) -> tuple[str, dict[str, Any]]:
        Path("p.yaml").write_text(f"{policy}targets: {{{', '.join(targets)}}}\n", encoding="utf-8")
        said = []
        for form in ("text", "json"):
            assert main(["coverage", "--format", form, "p.yaml"]) == 0
            said.append(capsys.readouterr().out)
        return " ".join(said[0].split()), json.loads(said[1])

    return answers


def test_with_a_resolver_the_names_are_closed_and_nothing_else(ask: Ask) -> None:
    """As it was told before there was a router; who has one way out has many."""
    text, found = ask(DNS)
    assert (
        "`network.close_bypasses: true`: DNS lists stop names that announce ways around; QUIC, DoT "
        "and other resolvers stay open" in text
    )
    by_clause = {gap["clause"]: gap for gap in found["policy_gaps"]}
    assert by_clause["network.close_bypasses"]["reason"] == "bypasses-in-part"
    assert by_clause["network.close_bypasses"]["targets"] == ["dns"]
    assert by_clause["network.segments.only_via"]["reason"] == "not-confined"
    assert by_clause["network.segments.only_via"]["value"] == "gateway (guest-wifi)"
    assert by_clause["network.segments.only_via"]["line"] == 14
    (row,) = found["policy_rows"]
    assert (row["target"], row["status"]) == ("dns", "approximated-looser")
    assert "dns/segments/guests/rpz.zone" in row["artifacts"]


def test_with_a_router_too_what_both_leave_open_is_told(ask: Ask) -> None:
    """The one way out is no gap then: its row names the file."""
    text, found = ask(DNS, ROUTER)
    assert (
        "`dns` and `nftables` leave open: DNS over HTTPS at addresses that are not listed" in text
    )
    assert [gap["clause"] for gap in found["policy_gaps"]] == ["network.close_bypasses"]
    assert found["policy_gaps"][0]["targets"] == ["dns", "nftables"]
    rows = {(row["target"], row["clause"]): row for row in found["policy_rows"]}
    confined = rows["nftables", "network.segments.only_via"]
    assert (confined["status"], confined["artifacts"]) == ("enforced", ["nftables/aipol.nft"])
    assert "names that announce ways around" in rows["nftables", "network.close_bypasses"]["leaves"]


def test_with_a_router_alone_the_names_stay_open(ask: Ask) -> None:
    """They are a resolver's to deny."""
    text, _ = ask(ROUTER)
    assert "names that announce ways around, encrypted client hello and VPNs stay open" in text


@pytest.mark.parametrize("target", ["lists: {outputs: [edl]}", "dns: {outputs: [hosts]}"])
def test_without_either_nothing_is_said_to_be_closed(ask: Ask, target: str) -> None:
    """A file of hosts gives a name an address, and a switch with an address is on."""
    text, found = ask(target)
    assert "no configured target closes ways around the network's rules" in text
    assert found["policy_rows"] == []


def test_a_router_without_resolvers_says_what_to_write(ask: Ask) -> None:
    """Port 53 stays open then."""
    text, _ = ask(ROUTER, policy=POLICY.replace("  resolvers: [10.0.0.53/32]\n", ""))
    assert "write `network.resolvers: [10.0.0.53/32]`" in text
