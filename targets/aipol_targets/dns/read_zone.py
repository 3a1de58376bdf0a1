"""Turns a policy zone into decisions, by both ways in which resolvers look names up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

from aipol.blocklist import Blocklist, below
from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import (
    HOST_NAME,
    NOTHING,
    Found,
    all_parents,
    note_parents,
    run_of,
)

_ACTIONS = {
    ".": Effect.BLOCK,
    "*.": Effect.BLOCK,
    "rpz-drop.": Effect.BLOCK,
    "rpz-passthru.": Effect.ALLOW,
}
# A last label `rpz-...` is no name but a trigger on addresses or servers.
_RECORD = re.compile(rf"(?!\S*\brpz-[^. ]* )((?:\*\.)?{HOST_NAME}) CNAME (\S+)")
_SOA = re.compile(r"@ IN SOA localhost\. hostmaster\.localhost\. ([0-9]{10}) 3600 600 604800 60")
_TO_NOTHING = " CNAME ."
_BLOCKING = re.compile(
    rf"(?:(?:\*\.)?[a-z0-9_-]{{1,63}}+(?:\.[a-z0-9_-]{{1,63}}+)*+{re.escape(_TO_NOTHING)}\n)*+"
)
_OCTETS = 255
_MOST_SERIAL = 2**32 - 1
_HEAD = 5


class Zone:
    """A policy zone as it is loaded."""

    __slots__ = ("_lines", "_names", "_passed", "path", "said")

    def __init__(self, lines: Sequence[str], path: str, zone: str) -> None:
        self.path = path
        self._lines: dict[str, int] = {}
        self._passed: set[str] = set()
        self._names: set[str] = set()
        match lines[:_HEAD]:
            case [comment, "$TTL 60", origin, soa, "@ IN NS localhost."] if comment[:1] == ";":
                serial = _SOA.fullmatch(soa)
                known = serial and int(serial.group(1)) <= _MOST_SERIAL
                if origin != f"$ORIGIN {zone}." or not known:
                    raise UnreadableArtifact(path, f"is not zone {zone}")
            case _:
                raise UnreadableArtifact(path, "does not begin as a policy zone")
        self.said = tuple(lines[_HEAD:])
        """All that it says, which does not depend on its name."""
        self._read(_OCTETS - len(zone) - 3)

    def _read(self, longest: int) -> None:
        """Each record, and every name that it makes exist."""
        start = self._read_alike(longest)
        for number, line in enumerate(self.said[start:], start=_HEAD + 1 + start):
            found = _RECORD.fullmatch(line)
            owner, target = found.groups() if found else ("", "")
            if target not in _ACTIONS:
                raise UnreadableArtifact(self.path, f"line {number} is not a policy: {line!r}")
            if owner in self._lines or len(owner) > longest:
                raise UnreadableArtifact(self.path, f"line {number}: {owner} is twice or too long")
            self._lines[owner] = number
            if _ACTIONS[target] is Effect.ALLOW:
                self._passed.add(owner)
            note_parents(owner, self._names)
        self._names.update(self._lines)

    def _read_alike(self, longest: int) -> int:
        """Read the records at the start that block, all at once; how many there are."""
        owners = [line.removesuffix(_TO_NOTHING) for line in run_of(self.said, _BLOCKING)]
        lines = dict(zip(owners, count(_HEAD + 1)))
        if any("rpz-" in owner for owner in owners) or max(map(len, owners), default=0) > longest:
            return 0
        if len(lines) < len(owners):
            return 0
        self._lines, self._names = lines, all_parents(owners)
        return len(owners)

    def _found(self, owner: str) -> Found:
        line = self._lines.get(owner)
        if line is None:
            return NOTHING
        effect = Effect.ALLOW if owner in self._passed else Effect.BLOCK
        return Found(effect, self.path, line)

    def by_closest_name(self, host: str) -> Found:
        """As BIND and Unbound look up: what DNS says, the wildcard of the closest name there is.

        A name that exists, if only as the parent of another, is never covered by a wildcard.
        """
        if host in self._names:
            return self._found(host)
        for parent in parents(host):
            if parent in self._names:
                return self._found(f"*.{parent}")
        return NOTHING

    def by_nearest_wildcard(self, host: str) -> Found:
        """As PowerDNS and Knot look up: the nearest wildcard above, whatever exists between."""
        if host in self._lines:
            return self._found(host)
        for parent in parents(host):
            if (owner := f"*.{parent}") in self._lines:
                return self._found(owner)
        return NOTHING

    def blocklist(self) -> Blocklist | None:
        """All names that are denied, where both ways of looking up deny the same.

        None where a record lets through, or a name exists below a wildcard that does not deny
        itself and all below it: how names between them fare depends on the way.
        """
        if self._passed:
            return None
        wild = {owner[2:] for owner in self._lines if owner.startswith("*.")}
        if not wild:
            return Blocklist(self._lines.keys(), frozenset())
        exact = self._lines.keys() - {f"*.{name}" for name in wild}
        there = {name for name in self._names if not name.startswith("*.")}
        inside = below(there, wild)
        return Blocklist(exact, wild) if inside <= exact and inside <= wild else None

    def hosts(self) -> Iterator[str]:
        """Every name in the zone."""
        return (owner[2:] if owner[:2] == "*." else owner for owner in self._lines)
