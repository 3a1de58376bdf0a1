"""Cuts off what a format cannot say: decisions with all opened that it cannot block."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aipol.domains import HALVES, HostEntry, HostTrie, Intent
from aipol_targets.common.network.hostlists import Entries, with_hosts

Unsayable = Callable[[tuple[HostEntry, ...]], Iterable[tuple[str, Intent]]]
"""What of minimal entries a format cannot block."""


def narrowed(entries: Entries, unsayable: Unsayable) -> tuple[HostTrie, tuple[str, ...]]:
    """The decisions with all opened that a format cannot say, and where that is.

    A place is a host, or `*.host` for what is below it.
    """
    opened: set[tuple[str, Intent]] = set()
    while True:
        trie = HostTrie(entries.values())
        found = {
            (host, half) for host, intent in unsayable(trie.minimal()) for half in HALVES[intent]
        }
        if found <= opened:
            return trie, tuple(sorted(_PLACES[intent].format(host) for host, intent in opened))
        opened |= found
        entries = with_hosts(entries, found, blocked=False)


_PLACES = {Intent.EXACT: "{}", Intent.CHILDREN: "*.{}"}
