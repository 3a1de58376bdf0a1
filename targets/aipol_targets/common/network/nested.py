"""Turns what is blocked for every segment into entries of lists that all segments share.

Where the most specific entry of all lists decides which list a host is in, whoever asks, an entry
that one segment needs has to be decided for all of them, and no host may be an entry of two lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from aipol.domains import HostEntry, HostTrie, Intent, parents, reversed_labels

Segments = frozenset[str]
NOBODY: Segments = frozenset()
# Stands for all that is below a host and not named itself: no host has such a label.
_BELOW = "*"


@dataclass(frozen=True, slots=True)
class Entry:
    """A host, or a host with what is below it as well, as far as the format goes."""

    host: str
    wide: bool
    depth: int
    """How often the decision changes on the way to it; deeper entries are tried first."""
    blocked: Segments
    """The segments it is blocked for."""
    seen: Segments
    """The segments that it, or an entry around it, is blocked for."""

    @property
    def spared(self) -> Segments:
        """The segments that need it let through, for what is around it is blocked for them."""
        return self.seen - self.blocked


Levels = int | None
"""How many labels below a host its wide entry stands for; None for all."""


def entries(
    tries: Mapping[str, HostTrie], named: Mapping[str, bool], levels: Levels
) -> Iterator[Entry]:
    """The entries, parents first; `named` are the hosts to speak about, and whether of all below.

    Where levels are counted, a host that is named with all below it has an entry of its own even
    where the one around it says the same: its levels are counted from itself.
    """
    wide: dict[str, Entry] = {}
    for host in sorted(named, key=reversed_labels):
        around = next((wide[above] for above in parents(host) if above in wide), None)
        below = _blocked(tries, f"{_BELOW}.{host}")
        outside = around.blocked if around else NOBODY
        again = levels is not None and bool(below)
        if named[host] and (again or below != outside):
            around = wide[host] = _entry(host, around, below, wide=True)
            yield around
        itself, reached = _blocked(tries, host), nearest(wide, host, levels)
        if itself != (reached.blocked if reached else NOBODY):
            yield _entry(host, around, itself, wide=False)


def nearest(wide: Mapping[str, Entry], host: str, levels: Levels) -> Entry | None:
    """The closest wide entry that still stands for a host."""
    if host in wide:
        return wide[host]
    return next((wide[above] for above in islice(parents(host), levels) if above in wide), None)


def named_in(tables: Iterable[Iterable[HostEntry]]) -> dict[str, bool]:
    """Every host that a decision is about, and whether one is about what is below it."""
    found: dict[str, bool] = {}
    for table in tables:
        for entry in table:
            found[entry.host] = found.get(entry.host, False) or entry.intent is not Intent.EXACT
    return found


def _blocked(tries: Mapping[str, HostTrie], host: str) -> Segments:
    return frozenset(segment for segment, trie in tries.items() if trie.blocked(host))


def _entry(host: str, around: Entry | None, blocked: Segments, *, wide: bool) -> Entry:
    seen = (around.seen if around else NOBODY) | blocked
    depth = 0
    if around:
        changed = (around.blocked, around.seen) != (blocked, seen)
        depth = around.depth + 1 if changed else around.depth
    return Entry(host, wide, depth, blocked, seen)


class Reached:
    """Which entry decides a host."""

    __slots__ = ("_exact", "_levels", "_wide")

    def __init__(self, found: Sequence[Entry], levels: Levels) -> None:
        self._levels = levels
        self._exact = {entry.host: entry for entry in found if not entry.wide}
        self._wide = {entry.host: entry for entry in found if entry.wide}

    def deciding(self, host: str) -> Entry | None:
        """The most specific entry that stands for the host."""
        return self._exact.get(host) or nearest(self._wide, host, self._levels)


@dataclass(frozen=True, slots=True)
class Seen:
    """The decisions of all entries for one segment."""

    reached: Reached
    segment: str

    def blocked(self, host: str) -> bool:
        """Whether the host is blocked."""
        entry = self.reached.deciding(host)
        return entry is not None and self.segment in entry.blocked
