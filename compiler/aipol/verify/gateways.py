"""Probe whether gateways still reach what they go out for: nothing that they send is denied."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Hashable, Iterable, Iterator

from aipol.diagnostics import Diagnostic, codes
from aipol.hosts import hosts_behind, probe_of
from aipol.ir import Gateway, Ruling
from aipol.target import Coverage, Kind, Question, Status
from aipol.verify.admitted import SILENT, Check
from aipol.verify.panel import family_of
from aipol.vocabulary import Effect


def gateway_findings(check: Check, indistinct: Collection[str]) -> Iterator[Diagnostic]:
    """Hosts that some of a gateway's addresses are denied, and no account says so.

    `indistinct` are the paths on which a target cannot tell gateways from everybody.
    """
    if not check.panel.by_address:
        return
    apps = check.ir.apps.values() if check.ir.gateways else ()
    hosts = frozenset(probe_of(claim) for app in apps for claim in app.claims)
    for gateway in check.ir.gateways.values():
        for client in check.panel.decider.clients(Kind.HOST):
            for address in _seen_apart(check, gateway, client, indistinct):
                yield from _cut_off(check, gateway, address, client, hosts)
    for ruling in check.ir.rulings:
        known = check.ir.gateways.get(ruling.obligations.via or "")
        if known is None:
            continue
        for record in check.records.get((ruling.id, "via"), ()):
            if record.status not in SILENT:
                yield from _denied(check, ruling, known, record)


def _seen_apart(
    check: Check, gateway: Gateway, client: str, indistinct: Collection[str]
) -> Iterator[str]:
    """An address of the gateway for each way in which a path should see it as the gateway's."""
    seen = set[Hashable]()
    for address in _samples(gateway):
        identity = frozenset({address})
        view = check.panel.decider.view(identity, Kind.HOST)
        told = {client, f"{client}{family_of(identity)}"}
        if view not in seen and told.isdisjoint(indistinct):
            seen.add(view)
            yield address


def _cut_off(
    check: Check, gateway: Gateway, address: str, client: str, hosts: Iterable[str]
) -> Iterator[Diagnostic]:
    """One of the hosts that an address of the gateway is denied, if there are any."""
    identity, situation = frozenset({address}), check.target.reach[0]
    for host in sorted(check.panel.denied(hosts, identity, client, situation))[:1]:
        question = Question(Kind.HOST, host, identity, client, situation)
        answer = check.panel.decider.decide(question)
        yield codes.VERDICT_DIFFERS.at(
            check.ir.unlisted_span,
            artifact=f"{answer.artifact or client} ({answer.locator})",
            question=f"{client} host `{host}` for gateway `{gateway.id}` at {address}",
            found=Effect.BLOCK,
            expected=f"allow (`network.gateways.{gateway.id}`)",
            hint="nothing that a gateway sends is denied: it is the way out for others",
        )


def _denied(
    check: Check, ruling: Ruling, gateway: Gateway, record: Coverage
) -> Iterator[Diagnostic]:
    (situation,) = check.panel.told_apart(record.situations)
    for address in _samples(gateway):
        for claim in hosts_behind(check.ir.apps[ruling.app], ruling.surface):
            for client in check.panel.decider.clients(Kind.HOST):
                identity = frozenset({address})
                if _told(record, f"{client}{family_of(identity)}") or claim.shared:
                    continue
                question = Question(Kind.HOST, probe_of(claim), identity, client, situation)
                answer = check.panel.decider.decide(question)
                if answer.effect is Effect.BLOCK:
                    yield codes.VERDICT_DIFFERS.at(
                        ruling.decided_by.span,
                        artifact=f"{answer.artifact or client} ({answer.locator})",
                        question=f"{client} host `{claim.host}` for gateway `{gateway.id}`",
                        found=Effect.BLOCK,
                        expected=f"allow ({ruling.decided_by.origin} `{ruling.decided_by.id}`)",
                        hint="the gateway cannot reach the app for the people who must use it",
                    )


def _samples(gateway: Gateway) -> Iterator[str]:
    """The edges and the middle of each of its networks."""
    for network in gateway.networks:
        block = ipaddress.ip_network(network)
        middle = block[block.num_addresses // 2]
        yield from dict.fromkeys(str(address) for address in (block[0], middle, block[-1]))


def _told(record: Coverage, client: str) -> bool:
    """Whether the record says that the gateway's addresses are not left alone on a path."""
    return any(
        each.status is Status.STRICTER and each.value == "*" and each.concerns(client)
        for each in record.deviations
    )
