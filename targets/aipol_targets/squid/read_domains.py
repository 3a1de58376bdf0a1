"""Matches names against squid's lists of domains, and against the dot that gets past them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import count
from typing import Protocol

from aipol.blocklist import NOTHING_BLOCKED, Blocklist, among, below
from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import all_parents, note_parents, run_of


class Hosts(Protocol):
    """An access list that selects names."""

    def line_for(self, host: str) -> int:
        """The line that matches, 0 when none does."""
        ...

    def among(self, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of many hosts that some line matches."""
        ...

    def blocklist(self) -> Blocklist:
        """All names without a final dot that some line matches."""
        ...

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        ...


_HOSTS = re.compile(r"(?:[a-z0-9_-]++(?:\.[a-z0-9_-]++)*+\n)*+")


class DomainAcl:
    """A dstdomain or ssl::server_name list: `.d` is a subtree, `d` the host, `*.d` nothing."""

    __slots__ = ("_exact", "_subtree")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._exact: dict[str, int] = {}
        self._subtree: dict[str, int] = {}
        hosts = run_of(lines, _HOSTS)
        self._exact = dict(zip(hosts, count(1)))
        if len(self._exact) < len(hosts):
            # Which is there twice, is told line by line.
            hosts, self._exact = (), {}
        above = all_parents(hosts)
        for number, line in enumerate(lines[len(hosts) :], start=1 + len(hosts)):
            # squid compares without case, also an entry in upper case.
            host = line.removeprefix(".").lower()
            whole = line.startswith(".")
            # Measured with squid 5.7: these two make it refuse the whole configuration; a child
            # listed after its parent is only warned about.
            mixed = host in (self._exact if whole else self._subtree)
            if mixed or (whole and host in above):
                raise UnreadableArtifact(
                    path, f"line {number}: squid refuses {line!r} beside others"
                )
            if not host or host in self._exact or host in self._subtree or host.startswith("#"):
                raise UnreadableArtifact(
                    path, f"line {number}: {line!r} is no entry or there twice"
                )
            (self._subtree if whole else self._exact)[host] = number
            note_parents(host, above)

    def line_for(self, host: str) -> int:
        """The line that matches, 0 when none does."""
        if line := self._exact.get(host) or self._subtree.get(host):
            return line
        for parent in parents(host):
            if line := self._subtree.get(parent):
                return line
        return 0

    def among(self, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of many hosts that some line matches."""
        found = among(hosts, self._exact.keys())
        if self._subtree:
            found = found | among(hosts, self._subtree.keys())
            found = found | below(hosts - found, self._subtree)
        return found

    def blocklist(self) -> Blocklist:
        """All names without a final dot that some line matches."""
        if not self._subtree:
            return Blocklist(self._exact.keys(), frozenset())
        return Blocklist(self._exact.keys() | self._subtree.keys(), self._subtree.keys())

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        yield from self._exact
        yield from self._subtree


class FinalDot:
    """The pattern for names that end in a dot, which no entry of a list of domains matches."""

    __slots__ = ()

    def line_for(self, host: str) -> int:
        """1 for such a name."""
        return int(host.endswith("."))

    def among(self, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of many hosts that are such names."""
        return {host for host in hosts if host.endswith(".")}

    def blocklist(self) -> Blocklist:
        """None of the names without one."""
        return NOTHING_BLOCKED

    def hosts(self) -> Iterator[str]:
        """None: it is about the form of a name."""
        return iter(())


FINAL_DOT = FinalDot()
