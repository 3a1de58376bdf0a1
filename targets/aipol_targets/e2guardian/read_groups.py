"""Turns the file of source addresses into the filter group of each, as the plugin `ip` does."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Address, Network, edges_of

_LINE = re.compile(
    r"((?:[0-9]{1,3}\.){3}[0-9]{1,3}/(?:[0-9]{1,3}\.){3}[0-9]{1,3}) = filter([0-9]+)"
)


@dataclass(frozen=True, slots=True)
class _Row:
    first: int
    last: int
    group: int


class GroupsByAddress:
    """Subnets with the group of each; the first that has an address decides."""

    __slots__ = ("_default", "_known", "_rows")

    def __init__(self, lines: Sequence[str], path: str, groups: int, default: int) -> None:
        self._default = default
        self._known: dict[Address, int] = {}
        self._rows = [_row(line, path, groups) for line in lines if not line.startswith("#")]

    def of(self, address: Address) -> int:
        """The group of an IPv4 address; the program does not listen to others."""
        if address not in self._known:
            here = address.family == socket.AF_INET
            found = (
                row.group for row in self._rows if here and row.first <= address.number <= row.last
            )
            self._known[address] = next(found, self._default)
        return self._known[address]

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its subnets."""
        return edges_of(Network(socket.AF_INET, row.first, row.last) for row in self._rows)


def _row(line: str, path: str, groups: int) -> _Row:
    # Single addresses, ranges and prefix lengths are forms of their own; none of ours.
    found = _LINE.fullmatch(line)
    try:
        network = ipaddress.IPv4Network(found[1]) if found else None
    except ValueError:
        network = None
    if not found or network is None or not 1 <= int(found[2]) <= groups:
        raise UnreadableArtifact(path, f"{line!r} is no subnet of a group, and would be left out")
    return _Row(int(network[0]), int(network[-1]), int(found[2]))
