"""Turns decisions over hosts into two lists for a device that finds a name anywhere in a host.

SonicWall compares label by label, and a listed name may stand anywhere: `d` is itself, all below it
and every name that goes on after it, such as `d.uk`. Nothing spells `d` without these. So besides
what two lists of names cannot say (`common.network.pairs`), a block reaches longer names: those
that somebody claims are allowed again, those of nobody stay blocked, and the account says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from aipol.domains import HostEntry, HostTrie, Intent, reversed_labels
from aipol.ir import Ir
from aipol.segments import Segment
from aipol_targets.common.network.pairs import Kept, kept_open, listed, places
from aipol_targets.common.network.placed import decisions


@dataclass(frozen=True, slots=True)
class Contained:
    """Names that are forbidden wherever they stand in a host, but where an allowed one does."""

    forbidden: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    """Where they decide otherwise than wanted, longer names of nobody aside."""

    def blocked(self, host: str) -> bool:
        """Whether the host is blocked."""
        return _stands_in(self.forbidden, host) and not _stands_in(self.allowed, host)


def contained(ir: Ir, segment: Segment) -> Contained:
    """The lists of a segment, looser or stricter than wanted as `on_gap` says."""
    made, kept = listed(ir, segment), kept_open(ir)
    halves = frozenset(_halves(decisions(ir, segment).entries)) | kept
    # `listed` settles what is below a name; here is about what goes on after it.
    spared = _spared(halves, HostTrie(made.pair.entries), kept) if ir.tighten else _any_host
    pair = made.pair
    found = Contained(_names(pair.blocked), _names(pair.allowed))
    for host, intent in sorted(halves, key=_order):
        probe = host if intent is Intent.EXACT else f"*.{host}"
        if found.blocked(probe) and not made.wanted.blocked(probe) and spared(host):
            found = replace(found, allowed=found.allowed | {host})
    wanted = (
        (host, made.wanted.blocked(host), made.wanted.blocked(f"*.{host}"))
        for host in sorted({host for host, _ in halves}, key=reversed_labels)
    )
    return replace(found, places=tuple(places(wanted, found)))


def _names(entries: Iterable[HostEntry]) -> frozenset[str]:
    return frozenset(entry.host for entry in entries)


def _halves(spoken: Iterable[tuple[str, Intent]]) -> Iterator[tuple[str, Intent]]:
    """What is spoken of, a host and what is below it apart."""
    for host, intent in spoken:
        if intent is not Intent.CHILDREN:
            yield host, Intent.EXACT
        if intent is not Intent.EXACT:
            yield host, Intent.CHILDREN


def _order(half: tuple[str, Intent]) -> tuple[int, tuple[str, ...], bool]:
    """Shorter names first: what is allowed opens longer ones too."""
    host, intent = half
    return host.count("."), reversed_labels(host), intent is Intent.CHILDREN


def _any_host(_: str) -> bool:
    return True


def _spared(halves: Kept, said: HostTrie, kept: Kept) -> Callable[[str], bool]:
    """Which hosts are allowed where all that is to be blocked has to be: what nothing may block.

    And those that open nothing that is to be blocked.
    """
    whole = {host for host, _ in kept}
    below = tuple(f".{host}" for host, intent in kept if intent is Intent.CHILDREN)
    closed = frozenset(
        piece
        for host, _ in halves
        if said.blocked(host) or said.blocked(f"*.{host}")
        for piece in pieces(host)
    )
    return lambda host: host in whole or host.endswith(below) or host not in closed


def pieces(host: str) -> Iterator[str]:
    """Every run of a host's labels that stand side by side, longer ones first at each label."""
    labels = host.split(".")
    for start in range(len(labels)):
        for end in range(len(labels), start, -1):
            yield ".".join(labels[start:end])


def _stands_in(names: frozenset[str], host: str) -> bool:
    return not names.isdisjoint(pieces(host))
