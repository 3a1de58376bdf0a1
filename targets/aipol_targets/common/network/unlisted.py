"""Accounts for `unlisted_ai`: what a vendor's own category does about AI that no app is."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.domains import HostEntry, HostTrie, Intent
from aipol.hosts import header_hosts
from aipol.ir import UNLISTED_AI, Ir, PolicyClause
from aipol.target import PolicyCoverage, Reason, Status
from aipol.vocabulary import Effect

LACKING = "AI that the vendor's category does not list"
_NO_PROMPT = Reason(
    "no-prompt",
    "the rule about the vendor's category of AI can block, but not warn",
    "write `unlisted_ai: block`, or warn by a rule of your own",
)


def asked_to_block(ir: Ir) -> bool:
    """Whether unlisted AI is to be blocked, and not let through with a warning."""
    return ir.unlisted_ai is Effect.BLOCK and any(_clauses(ir))


def by_category(
    ir: Ir, target: str, category: str, artifacts: tuple[str, ...]
) -> tuple[PolicyCoverage, ...]:
    """That the category is blocked for all but what is listed; it is the vendor's, so not all."""
    blocked = Reason(
        "by-category",
        f"{category} is blocked; {LACKING} is let through",
        "add what you find to `apps:`",
    )
    paths = tuple(f"{target}/{path}" for path in artifacts)
    if ir.unlisted_ai is not Effect.BLOCK:
        return not_blocked(ir, target, _NO_PROMPT)
    return tuple(
        PolicyCoverage(clause, target, Status.LOOSER, blocked, paths, (LACKING,))
        for clause in _clauses(ir)
    )


def not_blocked(ir: Ir, target: str, reason: Reason) -> tuple[PolicyCoverage, ...]:
    """That nothing is done about it, with what can be done by hand."""
    return tuple(
        PolicyCoverage(clause, target, Status.UNSUPPORTED, reason) for clause in _clauses(ir)
    )


def by_hand(category: str, why: str) -> Reason:
    """Why a vendor's category is not written: it would have to be blocked in the console."""
    return Reason(
        "ai-category-by-hand",
        f"{category} is not blocked: {why}",
        f"block {category} by hand, behind what aipol writes",
    )


def listed(ir: Ir) -> HostTrie:
    """What the category is not for: what apps are known by or sign in at, and what none blocks."""
    apps = ir.apps.values()
    claims = ((claim.host, claim.intent) for app in apps for claim in app.claims)
    signed_in = (place for app in apps for place in header_hosts(app))
    kept = ((host, Intent(match)) for host, match, _ in ir.protected_hosts)
    gateways = ((gateway.host, Intent.EXACT) for gateway in ir.gateways.values())
    every = (*claims, *signed_in, *kept, *gateways)
    return HostTrie(HostEntry(host, intent, blocked=True) for host, intent in every)


def _clauses(ir: Ir) -> Iterator[PolicyClause]:
    return (clause for clause in ir.policy_clauses if clause.key == UNLISTED_AI)
