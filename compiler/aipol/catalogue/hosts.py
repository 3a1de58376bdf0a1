"""Turns host names into answers about their neighbours: who meets a name, who is below it."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

from aipol.catalogue.kinds import Match
from aipol.domains import parents

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from publicsuffixlist import PublicSuffixList

Of = TypeVar("Of")


class HostIndex(Generic[Of]):
    """Hosts and what each is of, by every name at which another host could meet them."""

    def __init__(self, rows: Iterable[tuple[str, Match, Of]]) -> None:
        self._at: dict[str, list[tuple[str, Match, Of]]] = defaultdict(list)
        self._within: dict[str, list[tuple[str, Match, Of]]] = defaultdict(list)
        for row in rows:
            self._at[row[0]].append(row)
            for name in (row[0], *parents(row[0])):
                self._within[name].append(row)

    def within(self, name: str) -> Sequence[tuple[str, Match, Of]]:
        """The hosts that are `name` or stand below it, in the order they were given."""
        return self._within.get(name, ())

    def is_near(self, name: str) -> bool:
        """Whether any of the hosts is `name`, above it or below it."""
        return name in self._within or self._is_below(name.partition(".")[2])

    def near_any(self, names: Collection[str]) -> set[str]:
        """Those of many names that any of the hosts is, is above or is below."""
        near = {name for name in names if name in self._within}
        # Most names share what is above them with others.
        above = {name.partition(".")[2] for name in names}
        within = {name for name in above if self._is_below(name)}
        if within:
            near.update(name for name in names if name.partition(".")[2] in within)
        return near

    def _is_below(self, name: str) -> bool:
        """Whether a name, or one above it, is any of the hosts."""
        return any(each in self._at for each in (name, *parents(name)))

    def meeting(self, name: str, match: Match) -> Iterator[tuple[str, Match, Of]]:
        """The hosts that have one in common with `name`, meant as `match`; those above first."""
        if not self.is_near(name):
            return
        above = chain.from_iterable(self._at.get(parent, ()) for parent in parents(name))
        here = self._at.get(name, ()) if match is Match.EXACT else self.within(name)
        for row in chain(above, here):
            if match.meets(name, row[0], row[1]):
                yield row


def is_public_suffix(host: str) -> bool:
    """Whether anybody can register below `host`: the Public Suffix List, its private part too."""
    return bool(_suffixes().is_public(_as_written(host)))


def _as_written(host: str) -> str:
    if "xn--" not in host:
        return host
    import idna

    return str(idna.decode(host))


@cache
def _suffixes() -> PublicSuffixList:
    # Only who claims hosts needs it. As it is written: encoding it all takes longest.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_encoded_idn=False)
