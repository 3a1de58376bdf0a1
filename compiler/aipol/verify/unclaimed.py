"""Probe what no ruling asks for: hosts let through, decrypted or tagged, and addresses denied."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from aipol.addresses import Address
from aipol.diagnostics import Diagnostic, codes
from aipol.domains import Intent
from aipol.hosts import header_hosts
from aipol.ir import Ir
from aipol.target import Answer, Kind
from aipol.verify.admitted import Check
from aipol.verify.beside import beside_findings
from aipol.verify.obligations import HELD, refused
from aipol.verify.panel import View
from aipol.verify.reference import HostReference, around
from aipol.vocabulary import Effect, Situation

INSPECT = "inspect_tls"


def unclaimed_findings(check: Check, reference: HostReference) -> Iterator[Diagnostic]:
    """Hosts that nobody's rule is about and that something is done to, and denied addresses."""
    said: dict[Kind, set[str]] = {kind: set() for kind in _ASKED}
    for kind, value in check.panel.decider.mentions():
        # Most that is said is of hosts that somebody claims.
        if kind in said and not (kind is Kind.HOST and value in reference.claims):
            said[kind].add(value)
    signed_in = frozenset(p for app in check.ir.apps.values() for p in header_hosts(app))
    run = _Run(check, reference, check.panel.told_apart(check.target.reach), signed_in)
    yield from run.opened(sorted(said[Kind.HOST]))
    yield from run.decrypted(_near(said[Kind.HELD]))
    yield from run.tagged(_near(said[Kind.HEADER]))
    meant = _meant(check.ir, reference)
    yield from run.denied(sorted(said[Kind.URL]), meant)
    yield from beside_findings(check, reference, meant)


_ASKED = (Kind.HOST, Kind.HELD, Kind.HEADER, Kind.URL)


def _meant(ir: Ir, reference: HostReference) -> frozenset[Address]:
    """The addresses that apps are known by, and those at which people get around a header."""
    restrictions = (app.app.tenant_restriction for app in ir.apps.values())
    around = (Address.of(url) for each in restrictions if each for url in each.also_block)
    claims = (claim for found in reference.addresses.values() for claim in found)
    return frozenset((*around, *(claim.address for claim in claims if claim.address)))


def _leads_up(address: Address, meant: Iterable[Address]) -> bool:
    """Whether a path with dots for a segment could lead to what is meant."""
    dots = not {".", ".."}.isdisjoint(address.segments)
    return dots and any(each.host == address.host for each in meant)


def _near(hosts: Iterable[str]) -> list[str]:
    """Hosts with what is beside them, in their order."""
    return sorted({other for host in hosts for other in around(host)})


@dataclass(frozen=True, slots=True)
class _Run:
    """One run over one target's artefacts."""

    check: Check
    reference: HostReference
    situations: tuple[Situation, ...]
    signed_in: frozenset[tuple[str, Intent]]
    """Where tenant headers go: not all of it is by what an app is known."""

    def opened(self, hosts: Iterable[str]) -> Iterator[Diagnostic]:
        """Hosts that are let through whatever else is said of them, though no app is known so.

        That nothing is said leaves it to the organisation's own rules.
        """
        for host in hosts:
            if self._is_somebodys(host) or host in self.reference.open or self._is_left(host):
                continue
            for view, situation in self._everybody(Kind.HOST):
                for client in self.check.panel.decider.clients(Kind.HOST):
                    answer = self.check.panel.ask(view, Kind.HOST, host, client, situation)
                    if answer.effect is Effect.ALLOW:
                        asked = f"{client} host `{host}`"
                        yield self._differs(answer, view, asked, "let through", "nothing")

    def decrypted(self, hosts: Iterable[str]) -> Iterator[Diagnostic]:
        """Hosts that are decrypted though no app is known by them."""
        if INSPECT not in self.check.panel.decider.clients(Kind.HELD):
            return
        for host in hosts:
            if self._is_somebodys(host):
                continue
            for view, situation in self._everybody(Kind.HELD):
                answer = self.check.panel.ask(view, Kind.HELD, host, INSPECT, situation)
                # What is refused is not decrypted either, and counts as held.
                if answer.detail == HELD and not refused(self.check, view, host, situation):
                    yield self._differs(answer, view, f"`{host}`", "decrypted", "left alone")

    def tagged(self, hosts: Iterable[str]) -> Iterator[Diagnostic]:
        """Hosts that are sent a header that no app of theirs has."""
        own: dict[str, set[tuple[str, Intent]]] = {}
        for app in self.check.ir.apps.values():
            if app.app.tenant_restriction:
                name = app.app.tenant_restriction.header.lower()
                own.setdefault(name, set()).update(header_hosts(app))
        for host in hosts:
            known = {name for name, patterns in own.items() if _covered(patterns, host)}
            for view, situation in self._everybody(Kind.HEADER):
                for client in self.check.panel.decider.clients(Kind.HEADER):
                    answer = self.check.panel.ask(view, Kind.HEADER, host, client, situation)
                    for line in answer.detail.split("\n") if answer.detail else ():
                        if line.partition(":")[0].lower() not in known:
                            asked, found = f"{client} `{host}`", f"sent `{line}`"
                            yield self._differs(answer, view, asked, found, "sent no such header")

    def denied(self, urls: Iterable[str], meant: Collection[Address]) -> Iterator[Diagnostic]:
        """Addresses on hosts that are let through, that are no app's and get around no header."""
        panel = self.check.panel
        for url in urls:
            host = Address.of(url).host
            if Address.of(url) in meant or _leads_up(Address.of(url), meant):
                continue
            for view, situation in self._everybody(Kind.URL):
                for client in panel.decider.clients(Kind.URL):
                    answer = panel.ask(view, Kind.URL, url, client, situation)
                    whole = panel.ask(view, Kind.HOST, host, client, situation)
                    if answer.effect is Effect.BLOCK and whole.effect is not Effect.BLOCK:
                        asked = f"{client} address `{url}`"
                        yield self._differs(answer, view, asked, Effect.BLOCK, Effect.ALLOW)

    def _is_somebodys(self, host: str) -> bool:
        """Whether an app is known by a host, or signs in there."""
        claimed = self.reference.speaking(host) or host in self.reference.addresses
        return bool(claimed) or _covered(self.signed_in, host)

    def _is_left(self, host: str) -> bool:
        """Whether nothing may block a host, or decrypt it and so see what is to be blocked."""
        spared = ((each, Intent.SUBTREE) for each in self.check.ir.never_inspect)
        kept = ((each, Intent(match)) for each, match, _ in self.check.ir.protected_hosts)
        return _covered((*spared, *kept), host)

    def _everybody(self, kind: Kind) -> Iterator[tuple[View, Situation]]:
        for situation in self.situations:
            for view in self.check.panel.views(kind):
                yield view, situation

    def _differs(
        self, answer: Answer, view: View, asked: str, found: str, expected: str
    ) -> Diagnostic:
        where = f" ({answer.locator})" if answer.locator else ""
        return codes.VERDICT_DIFFERS.at(
            self.check.ir.unlisted_span,
            artifact=f"{answer.artifact or self.check.target.id}{where}",
            question=f"{asked} for {view.subjects[0].label}",
            found=found,
            expected=f"{expected}, for no rule speaks about it",
            hint="the artefact does something to a host that is nobody's",
        )


def _covered(patterns: Iterable[tuple[str, Intent]], host: str) -> bool:
    return any(
        (host == name and intent is not Intent.CHILDREN)
        or (host.endswith(f".{name}") and intent is not Intent.EXACT)
        for name, intent in patterns
    )
