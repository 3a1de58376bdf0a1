"""Turns a table of policies into decisions: the first one for an address is the only one.

SonicWall: "CFS checks its policies to find the first policy that matches" the source address among
other things, and a packet that none matches is let through (SonicOS 7 Rules and Policies, How CFS
Works). WatchGuard: a Firebox applies the policy with the highest priority that matches the source
(Firewall Policy Priority). Both say so of all their policies, not of ours alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Address, Files, Found, Networks


class Filter(Protocol):
    """What one policy does about hosts."""

    def decide(self, host: str) -> Found:
        """What is done about a host."""
        ...

    def hosts(self) -> Iterator[str]:
        """Every name in any list of it."""
        ...


@dataclass(frozen=True, slots=True)
class _Policy:
    networks: Networks | None
    """None for everybody else."""
    filter: Filter


class PolicyTable:
    """Policies in the order a device tries them."""

    __slots__ = ("_policies", "_seats")

    def __init__(self, policies: Sequence[_Policy]) -> None:
        self._policies = tuple(policies)
        self._seats: dict[Address, Filter | None] = {}

    def decide(self, address: Address, host: str) -> Found:
        """What the policy for an address does about a host."""
        found = self._filter_for(address)
        return found.decide(host) if found else NOTHING

    def blocked(self, address: Address, hosts: AbstractSet[str]) -> set[str]:
        """Those of many hosts that are blocked."""
        found = self._filter_for(address)
        return {h for h in hosts if found.decide(h).effect is Effect.BLOCK} if found else set()

    def hosts(self) -> Iterator[str]:
        """Every name in any list."""
        for policy in self._policies:
            yield from policy.filter.hosts()

    def kind_for(self, address: Address) -> Hashable:
        """Which filter an address has: by identity, for all of them live as long as this."""
        return id(self._filter_for(address))

    def _filter_for(self, address: Address) -> Filter | None:
        if address not in self._seats:
            every = self._policies
            found = (p.filter for p in every if p.networks is None or p.networks.hold(address))
            self._seats[address] = next(found, None)
        return self._seats[address]


def policies(
    files: Files, table: str, columns: Sequence[str], load: Callable[[list[str]], Filter]
) -> PolicyTable:
    """The policies of a table, whose own columns `load` makes a filter of."""
    header = ["order", "source_list", *columns]
    rows = files.rows(table)
    if rows[0] != header:
        raise UnreadableArtifact(table, f"its columns are not {', '.join(header)}")
    return PolicyTable(tuple(_policies(files, table, rows[1:], len(header), load)))


def _policies(
    files: Files, table: str, rows: list[list[str]], width: int, load: Callable[[list[str]], Filter]
) -> Iterator[_Policy]:
    used: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if len(row) != width or row[0] != str(number):
            raise UnreadableArtifact(table, f"policy {number} is not in its place")
        source = row[1]
        if source in used:
            raise UnreadableArtifact(table, f"policy {number} is never reached")
        used.add(source)
        if not source and number < len(rows):
            raise UnreadableArtifact(table, f"nothing after policy {number} is reached")
        networks = files.networks(source, named_in=table) if source else None
        yield _Policy(networks, load(row[2:]))
