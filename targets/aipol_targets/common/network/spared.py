"""Takes the hosts that are never decrypted out of those that a device would decrypt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aipol.claims import Claim
from aipol.domains import HostEntry, HostTrie, Intent, parents


def inspected(hosts: Iterable[tuple[str, Intent]], spared: Sequence[str]) -> tuple[HostEntry, ...]:
    """The entries that select hosts, but for what is spared and all below it."""
    known = frozenset(spared)
    kept = (
        HostEntry(host, intent, blocked=True)
        for host, intent in hosts
        if known.isdisjoint((host, *parents(host)))
    )
    trie = HostTrie((*kept, *(HostEntry(host, Intent.SUBTREE, blocked=False) for host in spared)))
    return trie.minimal()


def spares(claim: Claim, spared: Iterable[str]) -> bool:
    """Whether some of what is claimed is never decrypted."""
    above = frozenset((claim.host, *parents(claim.host)))
    within = f".{claim.host}"
    whole = claim.intent is not Intent.EXACT
    return any(host in above or (whole and host.endswith(within)) for host in spared)


def patterns(entries: Iterable[HostEntry]) -> Iterator[tuple[str, Intent]]:
    """The patterns that select hosts, without those that spare some of them."""
    return ((entry.host, entry.intent) for entry in entries if entry.blocked)


def fewest(spared: Iterable[str]) -> tuple[str, ...]:
    """The fewest hosts below which all that is spared is."""
    known = frozenset(spared)
    return tuple(sorted(host for host in known if known.isdisjoint(parents(host))))
