"""Turns a set of files into text and source networks, keeping count of what was looked at."""

from __future__ import annotations

import csv
import re
import socket
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect

HOST_NAME = r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*"
"""A host name, as a part of a pattern: longer labels make servers refuse a file, or a line."""

_NETWORK = re.compile(r"[0-9a-f.:]+/[0-9]{1,3}")
_BITS = {socket.AF_INET: 32, socket.AF_INET6: 128}


@dataclass(frozen=True, slots=True)
class Found:
    """What decided: the effect, and the line of the file that says so."""

    effect: Effect | None
    artifact: str = ""
    line: int = 0


NOTHING = Found(None)


@dataclass(frozen=True, slots=True)
class Address:
    """One source address."""

    family: socket.AddressFamily
    number: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address as written by anyone."""
        family = socket.AF_INET6 if ":" in text else socket.AF_INET
        return cls(family, int.from_bytes(socket.inet_pton(family, text)))


@lru_cache(maxsize=4096)
def address_of(identity: frozenset[str]) -> Address:
    """The one address a subject is known by."""
    (text,) = identity
    return Address.parse(text)


@dataclass(frozen=True, slots=True)
class Network:
    """One CIDR, as the range of addresses it is."""

    family: socket.AddressFamily
    first: int
    last: int

    @classmethod
    def parse(cls, text: str, artifact: str) -> Network:
        """Strictly: bits beyond the prefix mean that somebody made a mistake."""
        address, _, length = text.partition("/")
        try:
            start = Address.parse(address)
            size = 1 << (_BITS[start.family] - int(length))
        except (OSError, ValueError):
            start, size = Address(socket.AF_INET, 1), 2
        if start.number % size or not _NETWORK.fullmatch(text):
            raise UnreadableArtifact(artifact, f"{text!r} is not a network")
        return cls(start.family, start.number, start.number + size - 1)


def apart(networks: Iterable[Network], path: str) -> None:
    """Refuse networks that share an address. Raises UnreadableArtifact."""
    last: Network | None = None
    for each in sorted(networks, key=lambda found: (found.family, found.first)):
        if last and last.family == each.family and each.first <= last.last:
            raise UnreadableArtifact(path, "two networks share an address")
        last = each


class Networks:
    """Which addresses a list of CIDRs holds."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, networks: Iterator[Network]) -> None:
        self._firsts: dict[int, list[int]] = {}
        self._lasts: dict[int, list[int]] = {}
        ordered = sorted(networks, key=lambda each: (each.family, each.first, -each.last))
        for each in ordered:
            firsts = self._firsts.setdefault(each.family, [])
            lasts = self._lasts.setdefault(each.family, [])
            firsts.append(each.first)
            lasts.append(max(each.last, lasts[-1]) if lasts else each.last)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of what they hold together."""
        for family, firsts in self._firsts.items():
            lasts = self._lasts[family]
            for place, first in enumerate(firsts):
                if not place or first > lasts[place - 1] + 1:
                    yield from _beside(family, first - 1)
                if place + 1 == len(firsts) or firsts[place + 1] > lasts[place] + 1:
                    yield from _beside(family, lasts[place])

    def hold(self, address: Address) -> bool:
        """Whether the address is in any of them."""
        firsts = self._firsts.get(address.family, [])
        place = bisect_right(firsts, address.number)
        return place > 0 and address.number <= self._lasts[address.family][place - 1]


def edges_of(networks: Iterable[Network]) -> Iterator[str]:
    """The addresses on both sides of each edge of each network."""
    for each in networks:
        yield from _beside(each.family, each.first - 1)
        yield from _beside(each.family, each.last)


def _beside(family: int, number: int) -> Iterator[str]:
    """An address and the one after it, as far as there are such."""
    octets = _BITS[socket.AddressFamily(family)] // 8
    for each in (number, number + 1):
        if 0 <= each < 1 << (8 * octets):
            yield socket.inet_ntop(family, each.to_bytes(octets))


@dataclass
class Files:
    """The files of one target, each to be read by somebody."""

    contents: Mapping[str, bytes]
    _seen: set[str] = field(default_factory=set)
    _networks: dict[str, Networks] = field(default_factory=dict)

    def lines(self, path: str, *, named_in: str) -> list[str]:
        """The lines of a text file that another file names."""
        if path not in self.contents:
            raise UnreadableArtifact(named_in, f"names {path}, which does not exist")
        self._seen.add(path)
        try:
            text = self.contents[path].decode("ascii")
        except UnicodeDecodeError:
            raise UnreadableArtifact(path, "has characters other than ASCII") from None
        if "\r" in text or not text.endswith("\n"):
            raise UnreadableArtifact(path, "does not consist of lines")
        return text[:-1].split("\n")

    def rows(self, path: str) -> list[list[str]]:
        """The rows of a table of comma-separated values."""
        try:
            return list(csv.reader(self.lines(path, named_in=path), strict=True))
        except csv.Error as fault:
            raise UnreadableArtifact(path, f"is no table: {fault}") from None

    def whole(self, path: str) -> bytes:
        """The bytes of a file that is no list of lines."""
        self._seen.add(path)
        return self.contents[path]

    def networks(self, path: str, *, named_in: str) -> Networks:
        """The source networks in a file."""
        if path not in self._networks:
            lines = self.lines(path, named_in=named_in)
            self._networks[path] = Networks(Network.parse(line, path) for line in lines)
        return self._networks[path]

    def network_files(self) -> Mapping[str, Networks]:
        """All source networks that were read, by path."""
        return self._networks

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of the source networks that were read."""
        for networks in self._networks.values():
            yield from networks.edges()

    def unread(self) -> list[str]:
        """Files that nothing refers to."""
        return sorted(self.contents.keys() - self._seen)


def run_of(lines: Sequence[str], form: re.Pattern[str]) -> Sequence[str]:
    """The lines at the start that `form` matches, a pattern for any number of lines with ends."""
    text = "\n".join((*lines, ""))
    found = form.match(text)
    return lines[: text.count("\n", 0, found.end())] if found else lines[:0]


def all_parents(hosts: Iterable[str]) -> set[str]:
    """The names above any of the hosts, of which most share those with others."""
    known: set[str] = set()
    for parent in {host.partition(".")[2] for host in hosts} - {""}:
        note_parents(f".{parent}", known)
    return known


def note_parents(host: str, known: set[str]) -> None:
    """Add the names above a host to a set that has the parents of all it has."""
    place = host.find(".")
    while place >= 0:
        host = host[place + 1 :]
        if host in known:
            return
        known.add(host)
        place = host.find(".")
