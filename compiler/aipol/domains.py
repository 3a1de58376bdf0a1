"""Host patterns with an intent, and the trie that gives each host its most specific decision.

A bare string never stands for a set of hosts: every pattern says `exact`, `subtree` or `children`,
because each vendor means something else by `example.com` (network reference, table in section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Intent(StrEnum):
    """Which hosts a pattern stands for."""

    EXACT = "exact"
    """The host itself."""
    SUBTREE = "subtree"
    """The host and everything below it."""
    CHILDREN = "children"
    """Everything below the host, not the host."""


HALVES: Mapping[Intent, tuple[Intent, ...]] = {
    Intent.EXACT: (Intent.EXACT,),
    Intent.SUBTREE: (Intent.EXACT, Intent.CHILDREN),
    Intent.CHILDREN: (Intent.CHILDREN,),
}
"""The parts of a pattern; nothing is more specific, so a decision about one cannot be overruled."""


def reversed_labels(host: str) -> tuple[str, ...]:
    """`api.openai.com` as `("com", "openai", "api")`: the order all host lists are sorted in."""
    return tuple(host.split(".")[::-1])


def parents(host: str) -> Iterator[str]:
    """The names above a host, nearest first."""
    while "." in host:
        host = host.partition(".")[2]
        yield host


@dataclass(frozen=True, slots=True)
class HostEntry:
    """One decision over hosts; `owners` are the ids of the rulings it comes from."""

    host: str
    intent: Intent
    blocked: bool
    owners: tuple[str, ...] = ()

    @property
    def sort_key(self) -> tuple[tuple[str, ...], str]:
        """Parents before children, exact before subtree."""
        return (reversed_labels(self.host), self.intent.value)


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    own: HostEntry | None = None
    """Decides the host itself when given, else `below` of the nearest ancestor-or-self does."""
    whole: HostEntry | None = None
    """A subtree pattern at this host."""
    under: HostEntry | None = None
    """A children pattern at this host."""


class HostTrie:
    """Maps every host to its most specific entry; one entry for each (host, intent)."""

    __slots__ = ("__weakref__", "_fewest", "_root")

    def __init__(self, entries: Iterable[HostEntry]) -> None:
        self._root = _Node()
        self._fewest: tuple[HostEntry, ...] | None = None
        for entry in entries:
            node = self._root
            for label in reversed_labels(entry.host):
                following = node.children.get(label)
                if following is None:
                    following = node.children[label] = _Node()
                node = following
            match entry.intent:
                case Intent.EXACT:
                    node.own = entry
                case Intent.SUBTREE:
                    node.whole = entry
                case Intent.CHILDREN:
                    node.under = entry

    def decide(self, host: str) -> HostEntry | None:
        """The most specific entry for `host`, None when nothing speaks about it."""
        node = self._root
        inherited: HostEntry | None = None
        for label in reversed_labels(host):
            inherited = node.under or node.whole or inherited
            following = node.children.get(label)
            if following is None:
                return inherited
            node = following
        return node.own or node.whole or inherited

    def blocked(self, host: str) -> bool:
        """Whether `host` is blocked."""
        entry = self.decide(host)
        return entry is not None and entry.blocked

    def minimal(self) -> tuple[HostEntry, ...]:
        """The fewest entries with the same decisions, parents first; unknown hosts are allowed."""
        if self._fewest is None:
            found: list[HostEntry] = []
            self._minimal(self._root, found, inherited=False)
            self._fewest = tuple(found)
        return self._fewest

    def _minimal(self, node: _Node, found: list[HostEntry], *, inherited: bool) -> None:
        whole = node.whole
        at_host = whole.blocked if whole else inherited
        below = node.under.blocked if node.under else at_host
        itself = node.own.blocked if node.own else at_host
        # Entries are kept by their effect on what is inherited, so a pattern whose every host
        # already has its decision disappears, and a subtree that is wholly overridden does too.
        if whole and whole.blocked != inherited and below == at_host:
            found.append(whole)
            inherited_at_host = at_host
        elif itself == below != inherited and (source := node.own or node.under):
            # The host and all below it, said in two patterns: one says the same.
            owners = tuple(sorted({*source.owners, *(node.under.owners if node.under else ())}))
            found.append(HostEntry(source.host, Intent.SUBTREE, itself, owners))
            inherited_at_host = itself
        else:
            inherited_at_host = inherited
        if itself != inherited_at_host:
            source = node.own or whole
            if source:
                found.append(HostEntry(source.host, Intent.EXACT, itself, source.owners))
        if below != inherited_at_host:
            source = node.under or whole
            if source:
                found.append(HostEntry(source.host, Intent.CHILDREN, below, source.owners))
        for label in sorted(node.children):
            self._minimal(node.children[label], found, inherited=below)
