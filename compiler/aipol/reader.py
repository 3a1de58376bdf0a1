"""What a reader may be besides a decider, so that more of its artefacts can be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

from aipol.blocklist import Blocklist
from aipol.target import Decider


@runtime_checkable
class DecidesMany(Decider, Protocol):
    """One that answers for many hosts at once, and soon."""

    def blocked(
        self, hosts: Iterable[str], identity: frozenset[str], client: str, /
    ) -> Iterable[str]:
        """Those of `hosts`, lower case and without a final dot, that `decide` says are blocked."""
        ...


@runtime_checkable
class DecidesAll(DecidesMany, Protocol):
    """One that can say all that it blocks."""

    def blocklist(self, identity: frozenset[str], client: str, /) -> Blocklist | None:
        """All hosts, as `blocked` takes them, that are blocked; None where sets cannot say it."""
        ...


@runtime_checkable
class DrawsEdges(Decider, Protocol):
    """One that knows people by source addresses."""

    def edges(self) -> Iterable[str]:
        """The addresses on both sides of each edge of the networks in the artefacts.

        Between two of them that are neighbours, all addresses are answered alike.
        """
        ...


@runtime_checkable
class NamesGroups(Decider, Protocol):
    """One that can say which groups of people its artefacts speak of."""

    def groups(self) -> Iterable[str]:
        """Their ids, as the target's platform has them, in any case."""
        ...


@runtime_checkable
class Tells(Decider, Protocol):
    """One whose artefacts say more than decisions, as the target's settings ask for it."""

    def told(self) -> Mapping[str, str]:
        """What the artefacts say by the names that the settings have for it."""
        ...
