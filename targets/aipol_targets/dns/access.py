"""Turns segments, gateways and the clients of a resolver into the networks it answers, and as whom.

Unbound takes the most specific network that it has a line for, and it has lines of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipol.segments import DEFAULT, fewest_networks
from aipol_targets.dns.model import GATEWAYS, Access, SegmentNames

_ANYWHERE = ("0.0.0.0/0", "::/0")
# Unbound allows these by itself, with no tag and no view: without a line of ours they would not be
# filtered (unbound 1.17, daemon/acl_list.c; measured).
_BUILT_IN = ("127.0.0.0/8", "::1/128", "::ffff:127.0.0.1/128")


def access_lines(
    segments: Sequence[SegmentNames], gateways: Sequence[str], clients: Sequence[str]
) -> tuple[Access, ...]:
    """One line for each network, the ones that Unbound has by itself first."""
    owned = {GATEWAYS: tuple(gateways)} | {each.id: each.networks for each in segments}
    return tuple(_lines(owned, fewest_networks(clients)))


def _lines(owned: Mapping[str, tuple[str, ...]], clients: tuple[str, ...]) -> Iterator[Access]:
    for network in (*_ANYWHERE, *_BUILT_IN):
        name = _owner(owned, network)
        known = name != DEFAULT or _inside(network, clients)
        yield Access(network, known or network in _BUILT_IN, name)
    own = {*_ANYWHERE, *_BUILT_IN}
    for network in clients:
        # One inside a segment's would take it over.
        if network not in own and _owner(owned, network) == DEFAULT:
            yield Access(network, allowed=True, name=DEFAULT)
    for name, networks in owned.items():
        yield from (Access(each, allowed=True, name=name) for each in networks if each not in own)


def _owner(owned: Mapping[str, tuple[str, ...]], network: str) -> str:
    """Whose all of a network is; what nobody has wholly is the default segment's."""
    return next((name for name, networks in owned.items() if _inside(network, networks)), DEFAULT)


def _inside(network: str, networks: tuple[str, ...]) -> bool:
    return bool(networks) and fewest_networks((*networks, network)) == networks
