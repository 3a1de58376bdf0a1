"""Turns what a segment gets into what each family of its source addresses gets.

For vendors whose documents do not say that a group's networks may be IPv6: none is written there,
so that such an address gets what everybody gets, whichever is true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from aipol.ir import Ir
from aipol.segments import DEFAULT, Segment, gateway_networks
from aipol.target import Reason
from aipol_targets.common.network.placed import Path, Placed

FOUR, SIX = "/ipv4", "/ipv6"
"""What follows the name of a path where only one family of source addresses is meant."""


@dataclass(frozen=True, slots=True)
class Untold:
    """Why a vendor does not tell IPv6 addresses of a group, or of a gateway, from everybody's."""

    group: Reason
    gateway: Reason


def untold(why: str, vendor: str) -> Untold:
    """The two reasons, from what is known of the vendor's networks."""
    return Untold(
        group=Reason(
            "ipv6-indistinct",
            f"{why}: the group's IPv6 addresses are treated as everybody's",
            f"do not send IPv6 to {vendor} from these networks",
        ),
        gateway=Reason(
            "gateway-ipv6",
            f"{why}: the gateway's IPv6 addresses are blocked as everybody's are",
            f"let the gateway use IPv4, or do not send its IPv6 to {vendor}",
        ),
    )


def is_six(network: str) -> bool:
    """Whether a network is one of IPv6."""
    return ":" in network


def only_four(networks: Iterable[str]) -> tuple[str, ...]:
    """The networks that are written: those of IPv4."""
    return tuple(network for network in networks if not is_six(network))


def by_family(ir: Ir, segment: Segment, own: Path, everybody: Path, why: Untold) -> Placed:
    """A segment of which only the IPv4 addresses are told from `everybody`'s, with both families.

    `own` is what is written for it, `everybody` what is written for the default segment.
    """
    gateway = why.gateway if any(map(is_six, gateway_networks(ir))) else None
    own = replace(own, gateway=gateway)
    kinds = sorted(set(map(is_six, segment.networks)))
    if segment.id == DEFAULT or kinds == [False]:
        return Placed(segment, (own,))
    theirs = replace(
        everybody,
        clients=_of(own, SIX),
        uses=own.uses,
        wanted=own.wanted,
        short=why.group,
        wide=why.group,
        gateway=gateway,
    )
    if kinds == [True]:
        return Placed(segment, (theirs,))
    return Placed(segment, (replace(own, clients=_of(own, FOUR)), theirs))


def _of(path: Path, family: str) -> tuple[str, ...]:
    return tuple(f"{client}{family}" for client in path.clients)
