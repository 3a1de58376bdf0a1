"""Probe the names that turn ways around the network off: who claims to deny them, denies them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aipol.bypasses import BYPASS_SWITCHES, Opening
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import CLOSE_BYPASSES
from aipol.target import Kind, PolicyCoverage, Status
from aipol.verify.admitted import SILENT, Check
from aipol.vocabulary import Effect, Situation


def switch_findings(check: Check, policy: Iterable[PolicyCoverage]) -> Iterator[Diagnostic]:
    """Ways around the network that are still open on a path that claims to close them."""
    if not check.ir.close_bypasses:
        return
    claims = tuple(record for record in policy if _is_claim(record))
    for situation in check.panel.told_apart(check.target.reach):
        for client in check.panel.decider.clients(Kind.HOST):
            shut = {host: _shut(check, client, situation, host) for host in sorted(BYPASS_SWITCHES)}
            # A path that claims nothing may have none of them; one that has some must have all.
            if any(any(each) for each in shut.values()) or _is_claimed(claims, client):
                for host in (host for host, each in shut.items() if not all(each)):
                    yield _differs(check, client, host)


def _shut(check: Check, client: str, situation: Situation, host: str) -> tuple[bool, ...]:
    """Whether a path denies a name, for each group of people that it tells apart."""
    panel = check.panel
    return tuple(
        panel.ask(view, Kind.HOST, host, client, situation).effect is Effect.BLOCK
        for view in panel.views(Kind.HOST)
    )


def _is_claim(record: PolicyCoverage) -> bool:
    """Whether a target says of itself that it denies the names."""
    about = record.clause.key == CLOSE_BYPASSES and record.status not in SILENT
    return about and Opening.SWITCHES not in record.leaves


def _is_claimed(claims: Iterable[PolicyCoverage], client: str) -> bool:
    """Whether a path is one of those that are said to deny the names."""
    return any(
        not any(
            each.status is Status.LOOSER
            and each.value == Opening.SWITCHES
            and each.concerns(client)
            for each in record.deviations
        )
        for record in claims
    )


def _differs(check: Check, client: str, host: str) -> Diagnostic:
    return codes.VERDICT_DIFFERS.at(
        check.ir.unlisted_span,
        artifact=f"{check.target.id}/{client}",
        question=f"{client} host `{host}`",
        found=Effect.ALLOW,
        expected="block (`network.close_bypasses`)",
    )
