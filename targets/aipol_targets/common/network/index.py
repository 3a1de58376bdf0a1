"""Finds which entry of a set of levels decides a claimed host, and so which file it is in."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from aipol.claims import Claim
from aipol.domains import HostTrie, Intent, parents
from aipol.hosts import names_claimed, probe_of
from aipol_targets.common.network.levels import Level, Levels

_KNOWN: WeakKeyDictionary[HostTrie, dict[int, Index]] = WeakKeyDictionary()


def index_of(trie: HostTrie, levels: Levels) -> Index:
    """The index of levels that decisions were made into."""
    known = _KNOWN.setdefault(trie, {})
    if id(levels) not in known:
        known[id(levels)] = Index(levels)
    return known[id(levels)]


class Index:
    """Which level each entry of a list is in."""

    __slots__ = ("_at", "_distinct", "_levels")

    def __init__(self, levels: Levels) -> None:
        self._at: dict[Intent, dict[str, Level]] = {intent: {} for intent in Intent}
        self._distinct = 0
        self._levels = levels  # whose identity it is found by, and no others' then
        for level in levels:
            for intent, hosts in level.hosts.items():
                self._at[intent].update(dict.fromkeys(hosts, level))
            self._distinct += len(level.hosts)

    def deciding(self, claims: Sequence[Claim]) -> list[tuple[Intent, Level]]:
        """What decides any of the hosts, found as soon as there can be no more of it."""
        found: dict[tuple[Intent, int], tuple[Intent, Level]] = {}
        for claim in claims:
            if len(found) == self._distinct:
                break
            if hit := self._decides(probe_of(claim)):
                found[hit[0], hit[1].depth] = hit
        return list(found.values())

    def selects(self, claim: Claim) -> bool:
        """Whether all that is claimed is among what the levels select, what is below it too."""
        found = map(self._decides, names_claimed(claim))
        return all(each is not None and each[1].blocked for each in found)

    def _decides(self, host: str) -> tuple[Intent, Level] | None:
        """The most specific entry for a host, as its intent and the level it is in."""
        for intent in (Intent.EXACT, Intent.SUBTREE):
            if level := self._at[intent].get(host):
                return intent, level
        for parent in parents(host):
            for intent in (Intent.CHILDREN, Intent.SUBTREE):
                if level := self._at[intent].get(parent):
                    return intent, level
        return None
