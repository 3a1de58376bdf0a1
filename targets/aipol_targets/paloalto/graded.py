"""Turns decisions of several kinds over hosts into lists to be tried in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from aipol.claims import Claim
from aipol.domains import Intent, parents, reversed_labels
from aipol.hosts import probe_of

T = TypeVar("T")
Pattern = tuple[str, Intent]
# Stands for all that is below a host and not named itself.
_BELOW = "aipol-below"


@dataclass(frozen=True, slots=True)
class Graded(Generic[T]):
    """Hosts with one decision that are nested equally deep: none of them contains another."""

    depth: int
    decision: T
    patterns: tuple[Pattern, ...]


def graded(hosts: Iterable[str], decide: Callable[[str], T], rest: T) -> tuple[Graded[T], ...]:
    """The fewest patterns that say what is decided, deepest first; `rest` holds where none is.

    As `levels_of`, for more than two decisions: so a depth may have several lists.
    """
    found: dict[tuple[int, T], list[Pattern]] = {}
    around: list[Pattern] = []
    for pattern, decision in _fewest(hosts, decide, rest):
        while around and not _contains(around[-1], pattern):
            around.pop()
        found.setdefault((len(around), decision), []).append(pattern)
        around.append(pattern)
    lists = (Graded(depth, decision, tuple(all_)) for (depth, decision), all_ in found.items())
    return tuple(sorted(lists, key=lambda each: -each.depth))


def _fewest(
    hosts: Iterable[str], decide: Callable[[str], T], rest: T
) -> Iterator[tuple[Pattern, T]]:
    below: dict[str, T] = {}
    for host in sorted(set(hosts), key=reversed_labels):
        outer = next((below[parent] for parent in parents(host) if parent in below), rest)
        itself, under = decide(host), decide(f"{_BELOW}.{host}")
        below[host] = under
        if itself == under:
            if itself != outer:
                yield (host, Intent.SUBTREE), itself
            continue
        if itself != outer:
            yield (host, Intent.EXACT), itself
        if under != outer:
            yield (host, Intent.CHILDREN), under


def _contains(outer: Pattern, inner: Pattern) -> bool:
    host, intent = outer
    return intent is not Intent.EXACT and inner[0].endswith(f".{host}")


class Deciding(Generic[T]):
    """Which list decides a claimed host."""

    __slots__ = ("_lists",)

    def __init__(self, lists: Sequence[Graded[T]]) -> None:
        self._lists = {pattern: each for each in lists for pattern in each.patterns}

    def of(self, claim: Claim) -> Graded[T] | None:
        """The list with the most specific pattern for the host, None when there is none."""
        return self.at(probe_of(claim))

    def at(self, host: str) -> Graded[T] | None:
        """The same for one name."""
        for intent in (Intent.EXACT, Intent.SUBTREE):
            if found := self._lists.get((host, intent)):
                return found
        for parent in parents(host):
            for intent in (Intent.CHILDREN, Intent.SUBTREE):
                if found := self._lists.get((parent, intent)):
                    return found
        return None
