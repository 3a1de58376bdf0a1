"""Turns minimal entries into names to look up, and cuts off what a format cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aipol.domains import HostEntry, HostTrie, Intent, reversed_labels
from aipol_targets.common.network.hostlists import Entries, with_hosts
from aipol_targets.dns.model import Name, Names


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict[str, "_Node"])
    itself: bool | None = None
    below: bool | None = None


def names_of(entries: Iterable[HostEntry]) -> Names:
    """Every name of minimal entries, and every name that one of them implies, parents first."""
    root = _Node()
    for entry in entries:
        node = root
        for label in reversed_labels(entry.host):
            node = node.children.setdefault(label, _Node())
        if entry.intent is not Intent.CHILDREN:
            node.itself = entry.blocked
        if entry.intent is not Intent.EXACT:
            node.below = entry.blocked
    return tuple(_names(root, "", around=False))


def _names(node: _Node, host: str, *, around: bool) -> Iterator[Name]:
    itself = around if node.itself is None else node.itself
    below = around if node.below is None else node.below
    if host:
        yield Name(host, itself, below, around)
    for label in sorted(node.children):
        child = f"{label}.{host}" if host else label
        yield from _names(node.children[label], child, around=below)


def zone_records(names: Names) -> Iterator[tuple[str, bool]]:
    """Owner names of a policy zone, each with whether it is blocked.

    BIND and Unbound look for the wildcard of the closest name that exists; PowerDNS and Knot walk
    up to the nearest wildcard. They agree when every name that exists at or below a block, the
    ones only implied by a longer name included, says what holds for it and for what is below it
    (network reference, finding 4: measured with all four).
    """
    for name in names:
        if name.blocked or name.around_blocked:
            yield name.host, name.blocked
        if name.below_blocked or name.around_blocked:
            yield f"*.{name.host}", name.below_blocked


def without_open_roots(entries: Entries) -> tuple[HostTrie, tuple[str, ...]]:
    """The decisions with all opened below a host that is open itself, and those hosts.

    A local zone decides for a host and all below it, and its data can only take the host out of
    an open one: an open host with a block below it cannot be said.
    """
    opened: set[str] = set()
    while True:
        trie = HostTrie(entries.values())
        roots = [
            name.host
            for name in names_of(trie.minimal())
            if name.below_blocked and not name.blocked
        ]
        if not roots:
            return trie, tuple(sorted(opened))
        opened.update(roots)
        below = ((host, Intent.CHILDREN) for host in roots)
        entries = with_hosts(entries, below, blocked=False)
