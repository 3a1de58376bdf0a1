"""Turns minimal entries into levels: lists of one effect each, to be tried in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from aipol.domains import HostEntry, HostTrie, Intent
from aipol_targets.common.network.hostlists import flattened


@dataclass(frozen=True)
class Level:
    """Hosts with one effect that are nested equally deep: none of them contains another.

    Depth 0 is outermost. The most specific entry decides, so deeper levels come first.
    """

    depth: int
    blocked: bool
    entries: tuple[HostEntry, ...]

    @property
    def name(self) -> str:
        """What files of this level are called."""
        return f"level-{self.depth}-{'block' if self.blocked else 'allow'}"

    @cached_property
    def hosts(self) -> Mapping[Intent, tuple[str, ...]]:
        """The names of the entries of each intent that there are entries of."""
        found = {
            intent: tuple([entry[0] for entry in self.entries if entry[1] is intent])
            for intent in Intent
        }
        return {intent: hosts for intent, hosts in found.items() if hosts}


Levels = tuple[Level, ...]

_NATIVE: WeakKeyDictionary[HostTrie, Levels] = WeakKeyDictionary()
_FLAT: WeakKeyDictionary[HostTrie, Levels] = WeakKeyDictionary()


def native_levels(trie: HostTrie) -> Levels:
    """The levels of decisions, for formats that can say `children`; found once for all targets."""
    if trie not in _NATIVE:
        _NATIVE[trie] = levels_of(trie.minimal())
    return _NATIVE[trie]


def plain_levels(trie: HostTrie) -> Levels:
    """The same for formats that know a host and a subtree, but not what is below a host."""
    if trie not in _FLAT:
        entries = trie.minimal()
        nested = any(entry.intent is Intent.CHILDREN for entry in entries)
        _FLAT[trie] = flat_levels(entries) if nested else native_levels(trie)
    return _FLAT[trie]


def levels_of(entries: Sequence[HostEntry]) -> Levels:
    """Minimal entries by depth of nesting, deepest first.

    `entries` come parents first, and in a minimal list an entry has the opposite effect of the one
    it is nested in, so that a level has one effect.
    """
    if entries and all(entry[1] is Intent.EXACT for entry in entries):
        return (Level(0, entries[0].blocked, tuple(entries)),)
    found: list[list[HostEntry]] = []
    around: list[HostEntry] = []
    for entry in entries:
        while around and not contains(around[-1], entry):
            around.pop()
        if len(found) == len(around):
            found.append([])
        found[len(around)].append(entry)
        if entry.intent is not Intent.EXACT:
            around.append(entry)
    return tuple(Level(depth, level[0].blocked, tuple(level)) for depth, level in enumerate(found))[
        ::-1
    ]


def flat_levels(entries: Sequence[HostEntry]) -> Levels:
    """The levels for formats that know a host and a subtree, but not what is below a host."""
    return levels_of(tuple(flattened(entries)))


def contains(outer: HostEntry, inner: HostEntry) -> bool:
    """Whether all that one entry stands for is among what another does."""
    if outer.host == inner.host:
        return outer.intent is Intent.SUBTREE
    return outer.intent is not Intent.EXACT and inner.host.endswith(f".{outer.host}")
