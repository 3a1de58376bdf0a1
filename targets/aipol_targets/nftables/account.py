"""Turns what the rules close into an account of every ruling's clauses, and of the policy's."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.audience import EVERYBODY
from aipol.bypasses import Opening
from aipol.ir import CLOSE_BYPASSES, Confined, Ir
from aipol.target import EFFECT_CLAUSE, Coverage, Deviation, PolicyCoverage, Reason, Status
from aipol.vocabulary import ON_NETWORK
from aipol_targets.nftables.facts import (
    ADDRESSES_ONLY,
    FILE,
    NO_HOSTS_SEEN,
    NO_IPV6,
    OTHER_ADDRESSES,
    RESOLVERS_UNKNOWN,
)
from aipol_targets.nftables.settings import NftablesSettings

_LEFT = (Opening.DOH_OTHER, Opening.SWITCHES, Opening.ECH, Opening.VPN)


def coverage(ir: Ir, target: str) -> tuple[Coverage, ...]:
    """That no clause of a ruling is carried out: an address is no host.

    Not even where people have one way out: what they reach through it, the gateway decides.
    """
    return tuple(
        Coverage(ruling.id, clause, target, ON_NETWORK, Status.UNSUPPORTED, NO_HOSTS_SEEN)
        for ruling in ir.rulings
        for clause in (EFFECT_CLAUSE, *(name for name, _ in ruling.obligations.items()))
    )


def policy_coverage(ir: Ir, target: str, settings: NftablesSettings) -> Iterator[PolicyCoverage]:
    """What is done for closing ways around, and for each segment with one way out."""
    files = (f"{target}/{FILE}",)
    denied = (_deviation(Status.STRICTER, NO_IPV6, "*", "ipv6"),)
    more = denied if settings.ipv6 == "deny" else ()
    confined = {each.clause: each for each in ir.confined}
    for clause in ir.policy_clauses:
        if clause.key == CLOSE_BYPASSES:
            reason, leaves, found = _closing(ir)
            yield PolicyCoverage(
                clause, target, Status.LOOSER, reason, files, leaves, (*found, *more)
            )
        elif clause in confined:
            status, why = _confining(confined[clause], settings)
            yield PolicyCoverage(
                clause, target, status, why, files, _unlisted(confined[clause], why), more
            )


def _closing(ir: Ir) -> tuple[Reason, tuple[str, ...], tuple[Deviation, ...]]:
    if ir.resolvers:
        return ADDRESSES_ONLY, _LEFT, ()
    open_port = _deviation(Status.LOOSER, RESOLVERS_UNKNOWN, "port 53", "*")
    return RESOLVERS_UNKNOWN, (Opening.RESOLVERS, *_LEFT), (open_port,)


def _confining(each: Confined, settings: NftablesSettings) -> tuple[Status, Reason | None]:
    """Addresses are all that is seen: who has one that the segment does not list is elsewhere."""
    versions = {6 if ":" in network else 4 for network in each.networks}
    if settings.ipv6 == "deny" and 4 in versions:  # noqa: PLR2004 - a version of IP
        return Status.STRICTER, NO_IPV6
    return (Status.ENFORCED, None) if len(versions) > 1 else (Status.LOOSER, OTHER_ADDRESSES)


def _unlisted(each: Confined, why: Reason | None) -> tuple[str, ...]:
    if why is not OTHER_ADDRESSES:
        return ()
    other = "IPv4" if any(":" in network for network in each.networks) else "IPv6"
    return (f"{other} addresses of the segment",)


def _deviation(status: Status, reason: Reason, value: str, client: str) -> Deviation:
    return Deviation(status, reason, EVERYBODY, value, client)
