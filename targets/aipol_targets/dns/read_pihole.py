"""Turns the lists that a Pi-hole subscribes to into the decisions it makes with them.

FTL tells how lines are taken (pi-hole/FTL, src/tools/gravity-parseList.c) and looked up
(src/database/gravity-db.c, gen_abp_patterns and in_gravity), Pi-hole's documentation which list
wins (pi-hole/docs, docs/database/domain-database/index.md, "Priorities"; all read 2026-11-28):

- a bare name is that name alone; it needs two labels, or is skipped, as an address is;
- `||name^` is the name and all below it in a blocklist, and nothing in an allowlist;
- `@@||name^` is that in an allowlist, and nothing in a blocklist;
- what an allowlist has is let through, whatever a blocklist has.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence

from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import HOST_NAME, NOTHING, Found

_NAME_OCTETS, _LABEL_OCTETS = 255, 63


class PiHoleList:
    """One list; `mark` is what its notation of a subtree begins with."""

    __slots__ = ("_lines", "_path")

    def __init__(self, lines: Sequence[str], path: str, mark: str) -> None:
        self._path = path
        self._lines: dict[tuple[str, bool], int] = {}
        pattern = re.compile(rf"(?:({re.escape(mark)})({HOST_NAME})\^|({HOST_NAME}))")
        for number, line in enumerate(lines, start=1):
            if line.startswith("#"):
                continue
            found = pattern.fullmatch(line)
            place = ((found.group(2) or found.group(3)), bool(found.group(1))) if found else None
            if not place or place in self._lines or not _is_taken(*place):
                raise UnreadableArtifact(path, f"line {number}: unknown or repeated: {line!r}")
            self._lines[place] = number

    def found(self, host: str, effect: Effect) -> Found | None:
        """The line that a name is found by."""
        places = ((host, False), *((name, True) for name in (host, *parents(host))))
        line = next((self._lines[place] for place in places if place in self._lines), 0)
        return Found(effect, self._path, line) if line else None

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        yield from dict.fromkeys(name for name, _ in self._lines)


class PiHole:
    """A blocklist and an allowlist."""

    __slots__ = ("_allowed", "_blocked")

    def __init__(self, blocked: PiHoleList, allowed: PiHoleList) -> None:
        self._blocked = blocked
        self._allowed = allowed

    def decide(self, host: str) -> Found:
        """What everybody is told about a name."""
        for known, effect in ((self._allowed, Effect.ALLOW), (self._blocked, Effect.BLOCK)):
            if found := known.found(host, effect):
                return found
        return NOTHING

    def hosts(self) -> Iterator[str]:
        """Every name in any list."""
        yield from self._blocked.hosts()
        yield from self._allowed.hosts()


def _is_taken(name: str, subtree: bool) -> bool:  # noqa: FBT001  (a part of a place)
    """Whether FTL takes the name of a line; others it counts as invalid and goes on."""
    labels = name.split(".")
    fits = len(name) <= _NAME_OCTETS and all(len(label) <= _LABEL_OCTETS for label in labels)
    ends = labels[-1].startswith("-") or labels[-1].endswith("-")
    return fits and not ends and (subtree or (len(labels) > 1 and not _is_address(name)))


def _is_address(name: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET, name)
    except OSError:
        return False
    return True
