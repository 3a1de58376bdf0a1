"""Turns what a configuration binds to which addresses into decisions for one address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from aipol.blocklist import NOTHING_BLOCKED, Blocklist
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Address, Found, Network, edges_of


class Rules(Protocol):
    """What some addresses are told."""

    def blocklist(self) -> Blocklist | None:
        """All names that are denied, where two sets of names say it."""
        ...

    def hosts(self) -> Iterator[str]:
        """Every name they speak about."""
        ...


@dataclass(frozen=True, slots=True)
class Bindings:
    """Which rules an address gets, by name: None for none. `otherwise` is for everybody else.

    The most specific network counts.
    """

    networks: Mapping[str, str | None]
    otherwise: str | None
    files: Mapping[str, str]
    """Where the rules of each name are."""

    def disjoint(self, path: str) -> Bindings:
        """These bindings, if no address is in two: for products that take the first network."""
        parsed = sorted(
            (Network.parse(each, path) for each in self.networks),
            key=lambda each: (each.family, each.first),
        )
        for before, after in pairwise(parsed):
            if before.family == after.family and after.first <= before.last:
                raise UnreadableArtifact(path, "two bindings are for the same address")
        if self.otherwise is None:
            raise UnreadableArtifact(path, "has nothing for all others")
        return self


R = TypeVar("R", bound=Rules)


class Resolver(Generic[R]):
    """One server with its rules; `look_up` is how it finds the one for a name."""

    __slots__ = (
        "_edges",
        "_known",
        "_look_up",
        "_names",
        "_otherwise",
        "_rules",
        "_said",
        "_sizes",
    )

    def __init__(
        self,
        bindings: Bindings,
        rules: Mapping[str, R],
        path: str,
        look_up: Callable[[R, str], Found],
    ) -> None:
        self._rules = rules
        self._look_up = look_up
        self._otherwise = bindings.otherwise
        self._known: dict[Address, str | None] = {}
        self._said: dict[str, Blocklist | None] = {}
        self._names: dict[tuple[int, int], dict[int, str | None]] = {}
        every = {text: Network.parse(text, path) for text in bindings.networks}
        self._edges = tuple(edges_of(every.values()))
        for text, name in bindings.networks.items():
            network = every[text]
            size = network.last - network.first + 1
            self._names.setdefault((network.family, size), {})[network.first] = name
        self._sizes = sorted(self._names)

    def rules_for(self, address: Address) -> str | None:
        """The name of the rules that an address gets, None when it is not filtered."""
        if address not in self._known:
            self._known[address] = self._found(address)
        return self._known[address]

    def _found(self, address: Address) -> str | None:
        """By the most specific network; where no two overlap, it is the first as well."""
        for family, size in self._sizes:
            first = address.number - address.number % size
            if family == address.family and first in self._names[family, size]:
                return self._names[family, size][first]
        return self._otherwise

    def decide(self, address: Address, host: str) -> Found:
        """What a client at the address is told about a name."""
        name = self.rules_for(address)
        return self._look_up(self._rules[name], host) if name else NOTHING

    def blocked(self, address: Address, hosts: Iterable[str]) -> Iterator[str]:
        """Those of the names that a client at the address is denied."""
        name = self.rules_for(address)
        if name is None:
            return iter(())
        if said := self.blocklist(address):
            return iter(said.among(frozenset(hosts)))
        rules, look_up = self._rules[name], self._look_up
        return (host for host in hosts if look_up(rules, host).effect is Effect.BLOCK)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return iter(self._edges)

    def blocklist(self, address: Address) -> Blocklist | None:
        """All names that a client at the address is denied, where two sets of names say it."""
        name = self.rules_for(address)
        if name is None:
            return NOTHING_BLOCKED
        if name not in self._said:
            self._said[name] = self._rules[name].blocklist()
        return self._said[name]

    def hosts(self) -> Iterator[str]:
        """Every name in any rules."""
        for rules in self._rules.values():
            yield from rules.hosts()


def places_of(written: Mapping[str, str], conf: str) -> dict[str, str]:
    """The files of ours that paths on one server stand for. Raises UnreadableArtifact."""
    found: dict[str, str] = {}
    directories: set[str] = set()
    for name, text in written.items():
        directory, mark, rest = text.partition("/segments/")
        directories.add(directory)
        found[name] = f"segments/{rest}"
        if not mark or not directory.startswith("/") or len(directories) > 1:
            raise UnreadableArtifact(conf, f"{text} is not a file of ours")
    return found
