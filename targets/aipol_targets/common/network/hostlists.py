"""Turns decisions over hosts into other decisions, and into the entries that say them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from aipol.domains import HostEntry, HostTrie, Intent

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


def url_list(entries: Iterable[HostEntry]) -> Iterator[str]:
    """The patterns of many entries, in their order."""
    for intent, alike in groupby(entries, key=itemgetter(1)):
        if intent is Intent.EXACT:
            yield from [f"{entry[0]}/" for entry in alike]
        else:
            yield from (line for entry in alike for line in url_lines(entry[0], intent))


def url_lines(host: str, intent: Intent) -> tuple[str, ...]:
    """A pattern in a URL list of PAN-OS.

    The slash ends the name: without it a device may match `example.com.evil.example` too.
    """
    match intent:
        case Intent.EXACT:
            return (f"{host}/",)
        case Intent.SUBTREE:
            return (f"{host}/", f"*.{host}/")
        case Intent.CHILDREN:
            return (f"*.{host}/",)
