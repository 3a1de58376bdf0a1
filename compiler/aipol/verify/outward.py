"""What a policy says of the ways out of its network: who may open which connection to where."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from aipol.bypasses import DOH_ADDRESSES
from aipol.ir import CLOSE_BYPASSES, Ir, PolicyClause

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_ASKING = {53, 443, 853}
"""The ports at which a resolver is asked, over TCP or UDP."""


@dataclass(frozen=True, slots=True)
class Way:
    """A new connection: its protocol, its port where the protocol has ports, and where to.

    `asked` is how a reader is asked about it, `named` what a deviation calls it.
    """

    protocol: str
    port: int
    to: Address
    asked: str
    named: str

    @classmethod
    def of(cls, protocol: str, port: int, to: Address) -> Way:
        """The way with its words; port 0 is none."""
        asked = f"{protocol}/{port} to {to}" if port else f"{protocol} to {to}"
        return cls(protocol, port, to, asked, f"port {port}" if port else protocol)


class Ranges:
    """Which addresses a list of networks holds."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, networks: Iterable[str]) -> None:
        blocks = sorted((b.version, int(b[0]), -int(b[-1])) for b in map(_block, set(networks)))
        self._firsts: list[tuple[int, int]] = []
        self._lasts: list[int] = []
        for version, first, last in blocks:
            # Networks are nested or apart; of those that begin at one place the widest is first.
            if self._firsts and self._firsts[-1][0] == version and first <= self._lasts[-1]:
                continue
            self._firsts.append((version, first))
            self._lasts.append(-last)

    def hold(self, address: Address) -> bool:
        """Whether the address is in any of them."""
        place = bisect_right(self._firsts, (address.version, int(address))) - 1
        if place < 0 or self._firsts[place][0] != address.version:
            return False
        return int(address) <= self._lasts[place]


def _block(network: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(network)


def edges(networks: Iterable[str]) -> Iterator[Address]:
    """The first and last address of each network, and those right beside it."""
    for network in networks:
        block = _block(network)
        most = 2**block.max_prefixlen - 1
        for number in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1):
            if 0 <= number <= most:
                yield type(block[0])(number)


@dataclass(frozen=True)
class Outward:
    """A policy, to be asked about ways out."""

    ir: Ir
    _seats: dict[Address, tuple[int, ...]] = field(default_factory=dict[Address, tuple[int, ...]])

    @cached_property
    def _free(self) -> Ranges:
        gateways = (text for gateway in self.ir.gateways.values() for text in gateway.networks)
        return Ranges((*gateways, *self.ir.resolvers))

    @cached_property
    def _resolvers(self) -> Ranges:
        return Ranges(self.ir.resolvers)

    @cached_property
    def _known(self) -> frozenset[Address]:
        return frozenset(ipaddress.ip_address(text) for text in DOH_ADDRESSES)

    @cached_property
    def _confined(self) -> tuple[Ranges, ...]:
        return tuple(Ranges(each.networks) for each in self.ir.confined)

    @cached_property
    def _gateways(self) -> dict[str, Ranges]:
        ends = sorted({each.gateway for each in self.ir.confined})
        return {name: Ranges(self.ir.gateways[name].networks) for name in ends}

    @cached_property
    def _closing(self) -> PolicyClause | None:
        found = (each for each in self.ir.policy_clauses if each.key == CLOSE_BYPASSES)
        return next(found, None)

    def seen_as(self, source: Address) -> tuple[object, ...]:
        """What about a source decides over its ways: equal ones get the same answers."""
        if self._free.hold(source):
            return (source.version, "free")
        return (
            source.version,
            *sorted({self.ir.confined[n].gateway for n in self._around(source)}),
        )

    def place_of(self, to: Address) -> tuple[object, ...]:
        """What about a destination decides over ways there."""
        ends = (name for name, gateway in self._gateways.items() if gateway.hold(to))
        return (to.version, self._resolvers.hold(to), to in self._known, self._silent(to), *ends)

    def is_free(self, source: Address) -> bool:
        """Whether a source is a gateway's or a resolver's, which go anywhere."""
        return self._free.hold(source)

    def _silent(self, to: Address) -> tuple[int, ...]:
        """The segments with one way out that a destination is in, and so answers nobody else."""
        return () if self._free.hold(to) else self._around(to)

    def _around(self, source: Address) -> tuple[int, ...]:
        """The segments with one way out that a source is in."""
        if source not in self._seats:
            inside = (n for n, networks in enumerate(self._confined) if networks.hold(source))
            self._seats[source] = tuple(inside)
        return self._seats[source]

    def forbidding(self, source: Address, way: Way) -> tuple[PolicyClause, ...]:
        """The clauses that deny a way; where there are none it is open.

        Gateways and resolvers go anywhere, and the organisation's own resolvers may be asked in any
        way of asking, by everybody. A device with one way out answers nobody but these.
        """
        ported = way.protocol in {"tcp", "udp"}
        own = ported and way.port in _ASKING and self._resolvers.hold(way.to)
        if own or self._free.hold(source):
            return ()
        found: list[PolicyClause] = []
        if self._closing and ported and self._goes_around(way):
            found.append(self._closing)
        around = map(self.ir.confined.__getitem__, self._around(source))
        found += (each.clause for each in around if not self._gateways[each.gateway].hold(way.to))
        answering = (self.ir.confined[n].clause for n in self._silent(way.to))
        found += (clause for clause in answering if clause not in found)
        return tuple(found)

    def _goes_around(self, way: Way) -> bool:
        """Whether a way gets around the network's own rules: other DNS, and QUIC."""
        if way.port in {53, 853}:
            return True
        return way.port == 443 and (way.protocol == "udp" or way.to in self._known)  # noqa: PLR2004
