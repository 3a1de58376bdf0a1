"""All that an enforcement path blocks, said as two sets of names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from aipol.domains import parents

_FEW = 8
"""Up to so many names it is sooner to compare the ends of hosts than to take them apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocklist:
    """The hosts of `exact`, what stands below a name of `below`, and no other host.

    A name of `below` is not itself among what is below it.
    """

    exact: AbstractSet[str]
    below: AbstractSet[str]

    @classmethod
    def of(cls, parts: Iterable[Blocklist]) -> Blocklist:
        """What any of the parts blocks."""
        every = tuple(parts)
        if len(every) == 1:
            return every[0]
        exact = frozenset[str]().union(*(part.exact for part in every))
        return cls(exact, frozenset[str]().union(*(part.below for part in every)))

    def among(self, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of the hosts that are blocked."""
        found = among(hosts, self.exact)
        return found | self.reached(hosts - found) if self.below else found

    def reached(self, hosts: AbstractSet[str]) -> set[str]:
        """Those of the hosts that stand below a name of `below`."""
        return below(hosts, self.below)


NOTHING_BLOCKED = Blocklist(frozenset(), frozenset())


def among(hosts: AbstractSet[str], names: AbstractSet[str]) -> AbstractSet[str]:
    """Those of the hosts that are among the names; where the names are just those, themselves."""
    if len(names) > len(hosts):
        return {host for host in hosts if host in names}
    if all(map(hosts.__contains__, names)):
        return names
    return {name for name in names if name in hosts}


def below(hosts: Collection[str], names: Collection[str]) -> set[str]:
    """Those of the hosts that stand below one of the names."""
    if not hosts or not names:
        return set()
    if len(names) <= _FEW:
        ends = tuple(f".{name}" for name in names)
        return {host for host in hosts if host.endswith(ends)}
    # Most hosts share what is above them with others.
    above = {host.partition(".")[2] for host in hosts} - {""}
    within = {name for name in above if any(each in names for each in (name, *parents(name)))}
    return {host for host in hosts if host.partition(".")[2] in within} if within else set()
