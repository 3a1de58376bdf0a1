"""Turns decisions over hosts into lists by nesting, flat lists, and policy zone records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from aipol.domains import HostEntry, HostTrie, Intent, reversed_labels

Entries = Mapping[tuple[str, Intent], HostEntry]


def with_hosts(
    entries: Entries, hosts: Iterable[tuple[str, Intent]], *, blocked: bool
) -> dict[tuple[str, Intent], HostEntry]:
    """`entries` with a decision of our own for some hosts."""
    added = {(host, intent): HostEntry(host, intent, blocked) for host, intent in hosts}
    return {**entries, **added}


def selected(hosts: Iterable[tuple[str, Intent]]) -> tuple[HostEntry, ...]:
    """A set of hosts, as the entries that select them."""
    trie = HostTrie(HostEntry(host, intent, blocked=True) for host, intent in hosts)
    return trie.minimal()


def flattened(entries: Iterable[HostEntry]) -> Iterator[HostEntry]:
    """The same decisions without `children`: the subtree, then its root decided the other way."""
    for entry in entries:
        if entry.intent is Intent.CHILDREN:
            yield HostEntry(entry.host, Intent.SUBTREE, entry.blocked, entry.owners)
            yield HostEntry(entry.host, Intent.EXACT, not entry.blocked, entry.owners)
        else:
            yield entry


@dataclass(slots=True)
class _Name:
    children: dict[str, _Name] = field(default_factory=dict[str, "_Name"])
    itself: bool | None = None
    below: bool | None = None


def zone_records(entries: Iterable[HostEntry]) -> tuple[tuple[str, bool], ...]:
    """Minimal entries as owner names of a policy zone, each with whether it is blocked.

    BIND and Unbound look for the wildcard of the closest name that exists; PowerDNS and Knot walk
    up to the nearest wildcard. They agree when every name that exists at or below a block, the
    ones only implied by a longer name included, says what holds for it and for what is below it
    (network reference, finding 4: measured with all four).
    """
    root = _Name()
    for entry in entries:
        name = root
        for label in reversed_labels(entry.host):
            name = name.children.setdefault(label, _Name())
        if entry.intent is not Intent.CHILDREN:
            name.itself = entry.blocked
        if entry.intent is not Intent.EXACT:
            name.below = entry.blocked
    found: list[tuple[str, bool]] = []
    _records(root, "", found, inherited=False)
    return tuple(found)


def _records(name: _Name, host: str, found: list[tuple[str, bool]], *, inherited: bool) -> None:
    itself = inherited if name.itself is None else name.itself
    below = inherited if name.below is None else name.below
    if host and (itself or inherited):
        found.append((host, itself))
    if host and (below or inherited):
        found.append((f"*.{host}", below))
    for label in sorted(name.children):
        child = f"{label}.{host}" if host else label
        _records(name.children[label], child, found, inherited=below)
