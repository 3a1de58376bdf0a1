"""Turns rules of single resolvers into decisions: local zones, dnsmasq lines, a file of hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.blocklist import Blocklist
from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import HOST_NAME, NOTHING, Found

_ZONE = re.compile(rf'local-zone: "({HOST_NAME})\." (always_nxdomain|transparent)')
_DATA = re.compile(rf'local-data: "({HOST_NAME})\. TXT aipol"')
_DNSMASQ = re.compile(rf"(address|server)=/((?:\*\.)?)({HOST_NAME})/(#?)")
_HOSTS = re.compile(rf"(0\.0\.0\.0|::) ({HOST_NAME})")
_EFFECTS = {"always_nxdomain": Effect.BLOCK, "transparent": Effect.ALLOW}
_FAMILIES = 2

Decision = tuple[Effect, int]


class LocalZones:
    """Local zones of one view as Unbound applies them: the longest zone above a name decides.

    A name that an open zone has data for, but no address, has none.
    """

    __slots__ = ("_data", "_path", "_zones")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._path = path
        self._zones: dict[str, Decision] = {}
        self._data: dict[str, int] = {}
        for number, line in enumerate(lines, start=1):
            zone, data = _ZONE.fullmatch(line), _DATA.fullmatch(line)
            if zone and zone.group(1) not in self._zones:
                self._zones[zone.group(1)] = (_EFFECTS[zone.group(2)], number)
            elif data and data.group(1) not in self._data:
                self._data[data.group(1)] = number
            elif not line.startswith("#"):
                raise UnreadableArtifact(path, f"line {number}: unknown or repeated: {line!r}")
        for name in self._data:
            # Elsewhere Unbound would make a zone of its own for it.
            if self._zones.get(name, (None, 0))[0] is not Effect.ALLOW:
                raise UnreadableArtifact(path, f"{name} has data without an open zone")

    def decide(self, host: str) -> Found:
        """What the view says about a name."""
        if line := self._data.get(host):
            return Found(Effect.BLOCK, self._path, line)
        found = (self._zones.get(name) for name in (host, *parents(host)))
        return _found(next(filter(None, found), None), self._path)

    def blocklist(self) -> Blocklist | None:
        """All names that are denied; None where a zone is open."""
        if any(effect is not Effect.BLOCK for effect, _ in self._zones.values()):
            return None
        return Blocklist(self._zones.keys(), self._zones.keys())

    def hosts(self) -> Iterator[str]:
        """Every name in the view."""
        yield from self._zones


class Dnsmasq:
    """Lines of dnsmasq.conf: the longest name at the end of a host decides, `*.` only above it."""

    __slots__ = ("_at", "_below", "_path")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._path = path
        self._at: dict[str, Decision] = {}
        self._below: dict[str, Decision] = {}
        for number, line in enumerate(lines, start=1):
            found = _DNSMASQ.fullmatch(line)
            # An address of nothing is no such name; `#` is the servers that are used by default.
            if not found or (found.group(1) == "server") is not bool(found.group(4)):
                if not line.startswith("#"):
                    raise UnreadableArtifact(path, f"line {number}: unknown: {line!r}")
                continue
            table = self._below if found.group(2) else self._at
            if found.group(3) in table:
                raise UnreadableArtifact(path, f"line {number}: {line!r} is there twice")
            effect = Effect.ALLOW if found.group(4) else Effect.BLOCK
            table[found.group(3)] = (effect, number)

    def decide(self, host: str) -> Found:
        """What everybody is told about a name."""
        if found := self._at.get(host):
            return _found(found, self._path)
        for parent in parents(host):
            if found := self._below.get(parent) or self._at.get(parent):
                return _found(found, self._path)
        return NOTHING

    def blocklist(self) -> Blocklist | None:
        """All names that are denied; None where a line opens some."""
        said = (*self._at.values(), *self._below.values())
        if any(effect is not Effect.BLOCK for effect, _ in said):
            return None
        return Blocklist(self._at.keys(), self._at.keys() | self._below.keys())

    def hosts(self) -> Iterator[str]:
        """Every name in the file."""
        yield from dict.fromkeys((*self._at, *self._below))


class Hosts:
    """A file of hosts: the names in it have an address that leads nowhere."""

    __slots__ = ("_lines", "_path")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._path = path
        families: dict[str, set[str]] = {}
        self._lines: dict[str, int] = {}
        for number, line in enumerate(lines, start=1):
            found = _HOSTS.fullmatch(line)
            if found and found.group(1) not in families.setdefault(found.group(2), set()):
                families[found.group(2)].add(found.group(1))
                self._lines[found.group(2)] = number
            elif not line.startswith("#"):
                raise UnreadableArtifact(path, f"line {number}: unknown or repeated: {line!r}")
        for host, known in families.items():
            if len(known) != _FAMILIES:
                raise UnreadableArtifact(path, f"{host} still has addresses of one family")

    def decide(self, host: str) -> Found:
        """What everybody is told about a name."""
        line = self._lines.get(host)
        return Found(Effect.BLOCK, self._path, line) if line else NOTHING

    def blocklist(self) -> Blocklist:
        """All names that are denied."""
        return Blocklist(self._lines.keys(), frozenset())

    def hosts(self) -> Iterator[str]:
        """Every name in the file."""
        yield from self._lines


def _found(decision: Decision | None, path: str) -> Found:
    return Found(decision[0], path, decision[1]) if decision else NOTHING
