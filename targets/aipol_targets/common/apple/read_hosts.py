"""Turn the host patterns of one list into an index that finds the one that counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """A pattern that matched: an exact one, or the longest host; and its place in the list."""

    exact: bool
    length: int
    position: int


class HostIndex:
    """The patterns of one list: each a host, alone or with everything below it."""

    __slots__ = ("_alone", "_whole")

    def __init__(self, patterns: Iterable[tuple[str, bool]]) -> None:
        self._alone: dict[str, int] = {}
        self._whole: dict[str, int] = {}
        for position, (host, below) in enumerate(patterns):
            (self._whole if below else self._alone).setdefault(host, position)

    def find(self, host: str) -> Match | None:
        """The exact pattern for `host`, else the one for its nearest parent or itself."""
        position = self._alone.get(host)
        if position is not None:
            return Match(exact=True, length=len(host), position=position)
        name = host
        while name:
            position = self._whole.get(name)
            if position is not None:
                return Match(exact=False, length=len(name), position=position)
            name = name.partition(".")[2]
        return None


NOTHING = HostIndex(())
