"""Turns a policy zone into decisions, by both ways in which resolvers look names up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import HOST_NAME, NOTHING, Found, note_parents

_ACTIONS = {
    ".": Effect.BLOCK,
    "*.": Effect.BLOCK,
    "rpz-drop.": Effect.BLOCK,
    "rpz-passthru.": Effect.ALLOW,
}
# A last label `rpz-...` is no name but a trigger on addresses or servers.
_RECORD = re.compile(rf"(?!\S*\brpz-[^. ]* )((?:\*\.)?{HOST_NAME}) CNAME (\S+)")
_SOA = re.compile(r"@ IN SOA localhost\. hostmaster\.localhost\. ([0-9]{10}) 3600 600 604800 60")
_OCTETS = 255
_MOST_SERIAL = 2**32 - 1
_HEAD = 5


class Zone:
    """A policy zone as it is loaded."""

    __slots__ = ("_names", "_records", "path", "said")

    def __init__(self, lines: Sequence[str], path: str, zone: str) -> None:
        self.path = path
        self._records: dict[str, Found] = {}
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
        for number, line in enumerate(lines[_HEAD:], start=_HEAD + 1):
            self._add(line, number, len(zone))

    def _add(self, line: str, number: int, zone_length: int) -> None:
        found = _RECORD.fullmatch(line)
        owner, target = found.groups() if found else ("", "")
        if target not in _ACTIONS:
            raise UnreadableArtifact(self.path, f"line {number} is not a policy: {line!r}")
        if owner in self._records or len(owner) + zone_length + 3 > _OCTETS:
            raise UnreadableArtifact(self.path, f"line {number}: {owner} is twice or too long")
        self._records[owner] = Found(_ACTIONS[target], self.path, number)
        self._names.add(owner)
        note_parents(owner, self._names)

    def by_closest_name(self, host: str) -> Found:
        """As BIND and Unbound look up: what DNS says, the wildcard of the closest name there is.

        A name that exists, if only as the parent of another, is never covered by a wildcard.
        """
        if host in self._names:
            return self._records.get(host, NOTHING)
        for parent in parents(host):
            if parent in self._names:
                return self._records.get(f"*.{parent}", NOTHING)
        return NOTHING

    def by_nearest_wildcard(self, host: str) -> Found:
        """As PowerDNS and Knot look up: the nearest wildcard above, whatever exists between."""
        if record := self._records.get(host):
            return record
        for parent in parents(host):
            if record := self._records.get(f"*.{parent}"):
                return record
        return NOTHING

    def hosts(self) -> Iterator[str]:
        """Every name in the zone."""
        return (owner.removeprefix("*.") for owner in self._records)
