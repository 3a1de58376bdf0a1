"""Turns groups of addresses, and the sources of rules, into whom a rule is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Address, Network, Networks

_HEAD = ["%YAML 1.1", "---"]
_GROUP = re.compile(r'([A-Z][A-Z0-9_]*): "\[([0-9a-f.:/]+(?:,[0-9a-f.:/]+)*)\]"')
_ITEM = re.compile(r"(!?)\$([A-Z][A-Z0-9_]*)|()(any)")
ANY = "any"


class Groups:
    """Groups of addresses by their names."""

    __slots__ = ("_networks", "_path", "_used")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._networks: dict[str, Networks] = {}
        self._path = path
        self._used: set[str] = set()
        if lines and list(lines[: len(_HEAD)]) != _HEAD:
            raise UnreadableArtifact(path, "does not begin as a file that can be included")
        for line in lines[len(_HEAD) :]:
            found = _GROUP.fullmatch(line)
            if not found or found[1] in self._networks:
                raise UnreadableArtifact(path, f"{line!r} is no group, or is there twice")
            texts = found[2].split(",")
            self._networks[found[1]] = Networks(Network.parse(text, path) for text in texts)

    def note(self, source: str, number: int) -> None:
        """That the rule in a line has a source; every group in it has to be known."""
        items = _items(source)
        if not items:
            raise UnreadableArtifact(self._path, f"the source in line {number} is not known")
        for _, name in items:
            if name not in {ANY, *self._networks}:
                why = f"is not there, and line {number} of the rules names {name}"
                raise UnreadableArtifact(self._path, why)
            self._used.add(name)
        if ("", ANY) in items and any(not mark for mark, name in items if name != ANY):
            raise UnreadableArtifact(self._path, f"line {number} of the rules adds to any address")
        if all(mark for mark, _ in items):
            # Measured: it would match addresses of those families only that its groups have.
            why = f"line {number} of the rules is for others, but not for others of any family"
            raise UnreadableArtifact(self._path, why)

    def unused(self) -> list[str]:
        """Groups that no rule names."""
        return sorted(self._networks.keys() - self._used)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for found in self._networks.values():
            yield from found.edges()

    def holding(self, address: Address) -> frozenset[str]:
        """The groups that an address is in."""
        return frozenset(name for name, found in self._networks.items() if found.hold(address))

    def is_for(self, source: str, address: Address) -> bool:
        """In one of the groups, and in none of those with `!` (rules intro, "Source")."""
        inside = self.holding(address)
        items = _items(source)
        wanted = [name for mark, name in items if not mark]
        refused = [name for mark, name in items if mark]
        if inside & set(refused):
            return False
        return ANY in wanted or bool(inside & set(wanted))


def _items(source: str) -> list[tuple[str, str]]:
    """The groups of a source, each with `!` if it takes away; none where it is not known."""
    listed = source[1:-1].split(",") if source[:1] + source[-1:] == "[]" else [source]
    found = [_ITEM.fullmatch(each) for each in listed]
    items = [(each[1] or "", each[2] or each[4]) for each in found if each]
    return items if len(items) == len(found) else []
