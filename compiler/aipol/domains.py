"""Host patterns with an intent, and the trie that gives each host its most specific decision.

A bare string never stands for a set of hosts: every pattern says `exact`, `subtree` or `children`,
because each vendor means something else by `example.com` (network reference, table in section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from aipol.vocabulary import Word


class Intent(Word):
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


def _in_order(host: str) -> str:
    """A text that sorts as `reversed_labels` does, and sooner: no label has the separator."""
    return "\0".join(host.split(".")[::-1])


class HostEntry(NamedTuple):
    """One decision over hosts; `owners` are the ids of the rulings it comes from."""

    host: str
    intent: Intent
    blocked: bool
    owners: tuple[str, ...] = ()

    @property
    def sort_key(self) -> tuple[tuple[str, ...], str]:
        """Parents before children, exact before subtree."""
        return (reversed_labels(self.host), self.intent.value)


def _entry_order(entry: HostEntry) -> str:
    return "\0".join(entry[0].split(".")[::-1])


class HostTrie:
    """Maps every host to its most specific entry; one entry for each (host, intent).

    The labels of a host are its path: each entry is found by the name it ends in.
    """

    __slots__ = ("__weakref__", "_fewest", "_own", "_under", "_whole")

    def __init__(self, entries: Iterable[HostEntry]) -> None:
        self._own: dict[str, HostEntry] = {}
        """Decides the host itself, else the subtree pattern there, else what is around it."""
        self._whole: dict[str, HostEntry] = {}
        self._under: dict[str, HostEntry] = {}
        self._fewest: tuple[HostEntry, ...] | None = None
        tables = {
            Intent.EXACT: self._own,
            Intent.SUBTREE: self._whole,
            Intent.CHILDREN: self._under,
        }
        for entry in entries:
            tables[entry[1]][entry[0]] = entry

    def decide(self, host: str) -> HostEntry | None:
        """The most specific entry for `host`, None when nothing speaks about it."""
        found = self._own.get(host) or self._whole.get(host)
        return found or self._around(host)

    def _around(self, host: str) -> HostEntry | None:
        """The most specific entry for all that is below the name above `host`."""
        if self._under or self._whole:
            for name in parents(host):
                if found := self._under.get(name) or self._whole.get(name):
                    return found
        return None

    def blocked(self, host: str) -> bool:
        """Whether `host` is blocked."""
        entry = self.decide(host)
        return entry is not None and entry.blocked

    def answers(self, hosts: Iterable[str]) -> set[bool]:
        """The answers that there are to whether each of many hosts is blocked."""
        own, whole = self._own.get, self._whole.get
        found = [own(host) or whole(host) or self._around(host) for host in hosts]
        return {entry is not None and entry.blocked for entry in found}

    def minimal(self) -> tuple[HostEntry, ...]:
        """The fewest entries with the same decisions, parents first; unknown hosts are allowed."""
        if self._fewest is None:
            self._fewest = tuple(self._minimal()) if self._blocks() else ()
        return self._fewest

    def _blocks(self) -> bool:
        """Whether any entry blocks something."""
        tables = (self._own, self._whole, self._under)
        return any(entry.blocked for table in tables for entry in table.values())

    def _minimal(self) -> Iterable[HostEntry]:
        nested = {*self._whole, *self._under, *self._inside()}
        # Long lists are mostly of single hosts, to which nothing is handed down from above.
        alone = [e for host, e in self._own.items() if e[2] and host not in nested]
        return sorted((*self._nested(nested), *alone), key=_entry_order)

    def _inside(self) -> Iterable[str]:
        """The hosts that stand below a pattern for more than one."""
        # Most share what is above them with others.
        above = {host.partition(".")[2] for host in self._own}
        within = {name for name in above if self._spans(name)}
        return [host for host in self._own if host.partition(".")[2] in within] if within else ()

    def _spans(self, name: str) -> bool:
        """Whether a pattern at a name or above it is for what is below the name."""
        return any(each in self._whole or each in self._under for each in (name, *parents(name)))

    def _nested(self, hosts: Iterable[str]) -> Iterator[HostEntry]:
        around: list[tuple[str, bool]] = []
        for host in sorted(hosts, key=_in_order):
            while around and not host.endswith(around[-1][0]):
                around.pop()
            inherited = around[-1][1] if around else False
            if host in self._whole or host in self._under:
                around.append((f".{host}", self._below(host, inherited=inherited)))
                yield from self._fewest_at(host, inherited=inherited)
            elif (own := self._own[host]).blocked is not inherited:
                yield own

    def _below(self, host: str, *, inherited: bool) -> bool:
        """Whether what is below a host, and nothing more specific speaks of, is blocked."""
        found = self._under.get(host) or self._whole.get(host)
        return found.blocked if found else inherited

    def _fewest_at(self, host: str, *, inherited: bool) -> Iterator[HostEntry]:
        own, whole, under = (each.get(host) for each in (self._own, self._whole, self._under))
        at_host = whole.blocked if whole else inherited
        below = under.blocked if under else at_host
        itself = own.blocked if own else at_host
        # Entries are kept by their effect on what is inherited, so a pattern whose every host
        # already has its decision disappears, and a subtree that is wholly overridden does too.
        if whole and whole.blocked != inherited and below == at_host:
            yield whole
            inherited = at_host
        elif itself == below != inherited and (source := own or under):
            # The host and all below it, said in two patterns: one says the same.
            owners = tuple(sorted({*source.owners, *(under.owners if under else ())}))
            yield HostEntry(source.host, Intent.SUBTREE, itself, owners)
            inherited = itself
        if itself != inherited and (source := own or whole):
            yield HostEntry(source.host, Intent.EXACT, itself, source.owners)
        if below != inherited and (source := under or whole):
            yield HostEntry(source.host, Intent.CHILDREN, below, source.owners)
