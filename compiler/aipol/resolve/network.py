"""Turn what a policy says of its network into gateways, resolvers and confined segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.ir import Confined, Gateway
from aipol.language.hosts import canonical_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aipol.language.assemble import Assembled


def resolvers_of(assembled: Assembled) -> tuple[str, ...]:
    """The networks of the organisation's own resolvers."""
    network = assembled.network
    return tuple(sorted(set(network.value.resolvers or ()))) if network else ()


def gateways_of(assembled: Assembled) -> Mapping[str, Gateway]:
    """The gateways by their ids."""
    if assembled.network is None:
        return {}
    return {
        name: Gateway(name, canonical_host(written.host), written.networks or ())
        for name, written in sorted(assembled.network.value.gateways.items())
    }


def confined_of(assembled: Assembled) -> tuple[Confined, ...]:
    """The segments with one way out, by id; those without addresses are nowhere."""
    network = assembled.network
    if network is None:
        return ()
    found = (
        Confined(
            segment.id,
            tuple(sorted(set(segment.networks or ()))),
            segment.only_via,
            network.span("segments", position, "only_via"),
        )
        for position, segment in enumerate(network.value.segments)
        if segment.only_via is not None and segment.networks
    )
    return tuple(sorted(found, key=lambda each: each.segment))
