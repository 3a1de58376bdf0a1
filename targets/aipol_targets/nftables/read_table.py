"""Turns the lines of a file of nft into one chain, if they are what nft takes them for.

Only a part of nft's language is known here: one table of the family `inet`, made anew; named sets
of networks; one base chain where packets are forwarded. Anything else is refused.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Network, Networks
from aipol_targets.nftables.read_rules import AddressSet, Chain, rules_of

# With a table of that name loaded already, its rules would come first without the deletion.
_HEAD = ("table inet aipol {", "}", "delete table inet aipol", "table inet aipol {")
_SET = re.compile(r"set ([A-Za-z][A-Za-z0-9._-]{0,127}) \{")
_TYPES = {"type ipv4_addr": socket.AF_INET, "type ipv6_addr": socket.AF_INET6}
_INTERVALS = ("flags interval", "auto-merge", "elements = {")
_CHAIN = "chain forward {"
_BASE = re.compile(r"type filter hook forward priority (-?[0-9]{1,4}); policy (accept|drop);")


class _Lines:
    """What is left of a file, without its comments."""

    def __init__(self, lines: list[str], artifact: str) -> None:
        self.artifact = artifact
        self._left = [
            (number, line.lstrip("\t"))
            for number, line in enumerate(lines, start=1)
            if not line.startswith("#")
        ]
        self._left.reverse()

    def take(self) -> tuple[int, str]:
        """The next line."""
        if not self._left:
            raise UnreadableArtifact(self.artifact, "ends in the middle")
        return self._left.pop()

    def expect(self, *wanted: str) -> None:
        """The next lines are these."""
        for each in wanted:
            number, line = self.take()
            if line != each:
                raise UnreadableArtifact(self.artifact, f"line {number} is not `{each}`")

    def until_closed(self) -> Iterator[tuple[int, str]]:
        """The lines of a block."""
        number, line = self.take()
        while line != "}":
            yield number, line
            number, line = self.take()

    def end(self) -> None:
        """There are no more."""
        if self._left:
            raise UnreadableArtifact(self.artifact, "goes on after the table")


def chain_of(lines: list[str], artifact: str) -> Chain:
    """The one chain of the one table."""
    left = _Lines(lines, artifact)
    left.expect(*_HEAD)
    sets: dict[str, AddressSet] = {}
    number, line = left.take()
    while found := _SET.fullmatch(line):
        if found[1] in sets:
            raise UnreadableArtifact(artifact, f"line {number}: there are two sets {found[1]}")
        sets[found[1]] = _set(left)
        number, line = left.take()
    if line != _CHAIN:
        raise UnreadableArtifact(artifact, f"line {number} is neither a set nor the chain")
    number, line = left.take()
    base = _BASE.fullmatch(line)
    if base is None:
        raise UnreadableArtifact(artifact, f"line {number} is no base chain that forwards")
    rules = tuple(rules_of(left.until_closed(), sets, artifact))
    left.expect("}")
    left.end()
    return Chain(base[2], rules, base[1])


def _set(left: _Lines) -> AddressSet:
    number, line = left.take()
    family = _TYPES.get(line)
    if family is None:
        raise UnreadableArtifact(left.artifact, f"line {number} is no type of addresses")
    left.expect(*_INTERVALS)
    written: list[str] = []
    networks: list[Network] = []
    for place, text in left.until_closed():
        network = Network.parse(text.removesuffix(","), left.artifact)
        if network.family is not family or not text.endswith(","):
            raise UnreadableArtifact(left.artifact, f"line {place} is no element of its set")
        networks.append(network)
        written.append(text.removesuffix(","))
    if not networks:
        raise UnreadableArtifact(left.artifact, f"line {number}: nft takes no empty set")
    left.expect("}")
    return AddressSet(family, Networks(iter(networks)), tuple(written))
