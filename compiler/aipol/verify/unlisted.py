"""Probe what artefacts do about hosts that the vendor itself counts as AI (`unlisted_ai`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aipol.diagnostics import Diagnostic, codes
from aipol.domains import HostEntry, HostTrie, Intent
from aipol.hosts import header_hosts
from aipol.ir import UNLISTED_AI, Ir
from aipol.target import Answer, Kind, PolicyCoverage
from aipol.verify.admitted import SILENT, Check
from aipol.verify.panel import View
from aipol.vocabulary import Effect, Situation

_STRANGERS = ("unlisted-ai.example", "deep.er.unlisted-ai.example")
"""Names under a top-level domain that is kept for examples: no app has them."""


_NOBODYS = "aipol-beside"
"""A label that no host of an app has."""


def unlisted_findings(check: Check, policy: Iterable[PolicyCoverage]) -> Iterator[Diagnostic]:
    """Unlisted AI that is let through though it is said to be blocked, and what is blocked wrongly.

    What an app of the policy is known by is listed, whatever a vendor counts it as: there, and
    where nothing may be blocked, no rule about the vendor's category is for it.
    """
    if not check.panel.views(Kind.CATEGORY):
        return
    claimed = any(
        record.clause.key == UNLISTED_AI and record.status not in SILENT for record in policy
    )
    listed = tuple(_listed(check.ir))
    known = tuple(dict.fromkeys((_inside(host, intent), why) for host, intent, why in listed))
    others = (*_STRANGERS, *_beside(check.ir, listed)) if claimed else _STRANGERS
    for situation in check.panel.told_apart(check.target.reach):
        for client in check.panel.decider.clients(Kind.CATEGORY):
            for view in check.panel.views(Kind.CATEGORY):
                asked = _Asked(check, view, client, situation)
                yield from asked.strangers(others, Effect.BLOCK if claimed else Effect.ALLOW)
                yield from asked.listed(known)


def _listed(ir: Ir) -> Iterator[tuple[str, Intent, str]]:
    """Names that are listed or that nothing may block, with what they are needed for, if so."""
    for app in ir.apps.values():
        for claim in app.claims:
            yield claim.host, claim.intent, ""
        for host, intent in header_hosts(app):
            yield host, intent, ""
    for host, match, purpose in ir.protected_hosts:
        yield host, Intent(match), purpose
    for gateway in ir.gateways.values():
        yield gateway.host, Intent.EXACT, f"the gateway `{gateway.id}`"


def _beside(ir: Ir, listed: Iterable[tuple[str, Intent, str]]) -> tuple[str, ...]:
    """Names above and beside those that are listed: who spares more than these spares some.

    A host with all that is listed below it may be spared along, for no vendor tells these apart;
    and what is never decrypted, for who does not decrypt may not see what it would block.
    """
    entries = tuple(
        HostEntry(host, Intent.EXACT if intent is Intent.EXACT else Intent.SUBTREE, blocked=True)
        for host, intent, _ in listed
    )
    spared = (HostEntry(host, Intent.SUBTREE, blocked=True) for host in ir.never_inspect)
    trie = HostTrie((*entries, *spared))
    parents = dict.fromkeys(entry.host.partition(".")[2] for entry in entries)
    above = [host for host in parents if "." in host]
    names = (*above, *(f"{_NOBODYS}.{host}" for host in above))
    return tuple(name for name in names if not trie.blocked(name))


def _inside(host: str, intent: Intent) -> str:
    """What spares all below a host spares the host: a rule about a category has no exceptions."""
    return host if intent is Intent.EXACT else f"deep.er.{host}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One enforcement path, for people to whom the same objects apply."""

    check: Check
    view: View
    client: str
    situation: Situation

    def strangers(self, hosts: Iterable[str], wanted: Effect) -> Iterator[Diagnostic]:
        """AI that the policy does not list, and that gets another answer than is claimed."""
        for host in hosts:
            answer = self._ask(host)
            found = answer.effect or Effect.ALLOW
            if (found is Effect.BLOCK) is not (wanted is Effect.BLOCK):
                yield codes.VERDICT_DIFFERS.at(
                    self.check.ir.unlisted_span,
                    artifact=f"{answer.artifact or self.check.target.id} ({answer.locator})",
                    question=f"{self.client} unlisted AI, such as `{host}`, for"
                    f" {self.view.subjects[0].label}",
                    found=found,
                    expected=f"{wanted} (`{UNLISTED_AI}: {self.check.ir.unlisted_ai}`)",
                    hint="a rule about the vendor's category is missing, or is for fewer people",
                )

    def listed(self, known: Iterable[tuple[str, str]]) -> Iterator[Diagnostic]:
        """What is listed, and blocked by the category."""
        for host, purpose in known:
            answer = self._ask(host)
            if answer.effect is not Effect.BLOCK:
                continue
            artifact = f"{answer.artifact} ({answer.locator})"
            if purpose:
                yield codes.LOCK_OUT.at(
                    self.check.ir.unlisted_span,
                    artifact=artifact,
                    host=host,
                    hint=f"it is needed for {purpose}",
                )
                continue
            yield codes.VERDICT_DIFFERS.at(
                self.check.ir.unlisted_span,
                artifact=artifact,
                question=f"{self.client} host `{host}` for {self.view.subjects[0].label}",
                found="block, by the vendor's category",
                expected="allow, for it is listed",
                hint="leave what apps are known by out of the rule about the category",
            )

    def _ask(self, host: str) -> Answer:
        return self.check.panel.ask(self.view, Kind.CATEGORY, host, self.client, self.situation)
