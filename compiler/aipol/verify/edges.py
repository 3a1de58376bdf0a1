"""Turn the edges that artefacts draw between source addresses into subjects to ask for.

A policy's own networks are asked about at their edges. What is added to an artefact for other
addresses would be seen by none of these; so one address is asked about on each side of every edge.
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Hashable, Iterator

from aipol.audience import Region
from aipol.ir import Ir
from aipol.reader import DrawsEdges
from aipol.segments import gateway_networks, seated, segments
from aipol.target import Decider, Kind, Target
from aipol.verify.subjects import Subject, subjects

_Who = tuple[str, Region] | None
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def subjects_seen(ir: Ir, target: Target, decider: Decider) -> tuple[Subject, ...]:
    """The subjects that a policy tells apart, and those that only the artefacts do."""
    known = subjects(ir, target.identity)
    if target.identity != "networks" or not isinstance(decider, DrawsEdges):
        return known
    return (*known, *_others(ir, decider, known))


def _others(ir: Ir, decider: DrawsEdges, known: tuple[Subject, ...]) -> Iterator[Subject]:
    """One for each way in which an edge is seen that no known subject is seen in."""
    kinds = [kind for kind in Kind if decider.clients(kind)]
    asked = {address for subject in known for address in subject.identity}
    fresh = [address for address in dict.fromkeys(decider.edges()) if address not in asked]
    if not fresh:
        return

    def seen(subject: Subject) -> Hashable:
        views = tuple(decider.view(subject.identity, kind) for kind in kinds)
        return (subject.people, views)

    told = set(map(seen, known))
    seats = _Seats(ir)
    for subject in filter(None, map(seats.subject, fresh)):
        if (how := seen(subject)) not in told:
            told.add(how)
            yield subject


class _Seats:
    """Who sits at which address."""

    __slots__ = ("_firsts", "_rest", "_seats")

    def __init__(self, ir: Ir) -> None:
        *named, rest = segments(ir)
        self._rest = (rest.id, seated(rest))
        placed: list[tuple[str, _Who]] = [(network, None) for network in gateway_networks(ir)]
        placed += [(each, (part.id, seated(part))) for part in named for each in part.networks]
        every = [(ipaddress.ip_network(network), who) for network, who in placed]
        # No two of them share an address.
        every.sort(key=lambda each: (each[0].version, int(each[0][0])))
        self._firsts = [(block.version, int(block[0])) for block, _ in every]
        self._seats = [(int(block[-1]), who) for block, who in every]

    def subject(self, text: str) -> Subject | None:
        """Whoever is at an address; a gateway is nobody."""
        who = self._at(ipaddress.ip_address(text))
        if who is None:
            return None
        name, people = who
        return Subject(f"{name} at {text}", frozenset({text}), people)

    def _at(self, address: Address) -> _Who:
        place = bisect_right(self._firsts, (address.version, int(address))) - 1
        if place >= 0 and self._firsts[place][0] == address.version:
            last, who = self._seats[place]
            if int(address) <= last:
                return who
        return self._rest
