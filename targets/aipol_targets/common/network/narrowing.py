"""Cuts off what a format cannot say: decisions with all opened that it cannot block."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aipol.domains import HostEntry, HostTrie, Intent
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
            (host, half) for host, intent in unsayable(trie.minimal()) for half in _HALVES[intent]
        }
        if found <= opened:
            return trie, tuple(sorted(_PLACES[intent].format(host) for host, intent in opened))
        opened |= found
        entries = with_hosts(entries, found, blocked=False)


# Halves are the most specific entries there are, so opening them cannot be overruled.
_HALVES = {
    Intent.EXACT: (Intent.EXACT,),
    Intent.CHILDREN: (Intent.CHILDREN,),
    Intent.SUBTREE: (Intent.EXACT, Intent.CHILDREN),
}
_PLACES = {Intent.EXACT: "{}", Intent.CHILDREN: "*.{}"}
