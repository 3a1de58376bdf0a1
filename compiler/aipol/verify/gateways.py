"""Probe whether a gateway itself still reaches what people may only reach through it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from aipol.diagnostics import Diagnostic, codes
from aipol.hosts import hosts_behind, probe_of
from aipol.ir import Gateway, Ruling
from aipol.target import Coverage, Kind, Question, Status
from aipol.verify.admitted import SILENT, Check
from aipol.verify.panel import family_of
from aipol.vocabulary import Effect


def gateway_findings(check: Check) -> Iterator[Diagnostic]:
    """Hosts that some of a gateway's addresses are denied, and no account of `via` says so."""
    if not check.panel.by_address:
        return
    for ruling in check.ir.rulings:
        gateway = check.ir.gateways.get(ruling.obligations.via or "")
        if gateway is None:
            continue
        for record in check.records.get((ruling.id, "via"), ()):
            if record.status not in SILENT:
                yield from _denied(check, ruling, gateway, record)


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
