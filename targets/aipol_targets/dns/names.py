"""Turns minimal entries into names to look up, and says what of them a format cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile
from operator import itemgetter

from aipol.domains import HostEntry, Intent, parents
from aipol_targets.common.network.levels import flat_levels
from aipol_targets.dns.model import Denied, Name, Names


def names_of(entries: Iterable[HostEntry]) -> Names:
    """Every name of minimal entries, and every name that one of them implies, parents first."""
    return tuple(_names(entries))


def _names(entries: Iterable[HostEntry]) -> Iterator[Name]:
    """What is said of one host stands together, and parents come before what is below them."""
    known: set[str] = set()
    spoken: list[tuple[str, bool]] = []
    for host, said in groupby(entries, key=itemgetter(0)):
        implied = list(takewhile(lambda name: name not in known, parents(host)))
        known.update(implied)
        known.add(host)
        for name in (*reversed(implied), host):
            while spoken and not name.endswith(spoken[-1][0]):
                spoken.pop()
            around = spoken[-1][1] if spoken else False
            itself = below = around
            for entry in said if name is host else ():
                itself = itself if entry.intent is Intent.CHILDREN else entry.blocked
                below = below if entry.intent is Intent.EXACT else entry.blocked
            yield Name(name, itself, below, around)
            if below is not around:
                spoken.append((f".{name}", below))


def denied(names: Names) -> Iterator[Denied]:
    """Patterns that together deny exactly what is blocked, and no name twice.

    A name where the answer changes is taken out of the pattern around it with all that is below
    it; what of that is blocked after all has a pattern of its own. So no exception is needed.
    """
    around: list[tuple[str, Intent, list[str]]] = []
    for name in names:
        while around and not name.host.endswith(f".{around[-1][0]}"):
            yield _closed(*around.pop())
        if name.blocked and name.below_blocked and name.around_blocked:
            continue
        if name.around_blocked:
            around[-1][2].append(name.host)
        if name.below_blocked:
            intent = Intent.SUBTREE if name.blocked else Intent.CHILDREN
            around.append((name.host, intent, []))
        elif name.blocked:
            yield Denied(name.host, Intent.EXACT, ())
    while around:
        yield _closed(*around.pop())


def _closed(host: str, intent: Intent, besides: list[str]) -> Denied:
    return Denied(host, intent, tuple(besides))


def zone_records(entries: Iterable[HostEntry]) -> Iterator[tuple[str, bool]]:
    """Owner names of a policy zone that says minimal entries, each with whether it is blocked.

    BIND and Unbound look for the wildcard of the closest name that exists; PowerDNS and Knot walk
    up to the nearest wildcard. They agree when every name that exists at or below a block, the
    ones only implied by a longer name included, says what holds for it and for what is below it
    (network reference, finding 4: measured with all four).
    """
    spoken: list[tuple[str, bool]] = []
    told: set[str] = set()
    for host, said in groupby(entries, key=itemgetter(0)):
        while spoken and not host.endswith(spoken[-1][0]):
            spoken.pop()
        around = bool(spoken) and spoken[-1][1]
        if around:
            for name in _implied(host, told):
                yield from ((name, True), (f"*.{name}", True))
        itself = below = around
        for _, intent, blocked, _ in said:
            itself = itself if intent is Intent.CHILDREN else blocked
            below = below if intent is Intent.EXACT else blocked
        if itself or around:
            yield host, itself
        if below or around:
            yield f"*.{host}", below
        if below is not around:
            spoken.append((f".{host}", below))
            told.add(host)


def _implied(host: str, told: set[str]) -> Sequence[str]:
    """The names above a host that nothing was told of yet, and that it makes exist."""
    implied = tuple(takewhile(lambda name: name not in told, parents(host)))
    told.update((host, *implied))
    return implied[::-1]


def open_roots(entries: tuple[HostEntry, ...]) -> Iterator[tuple[str, Intent]]:
    """What is below a host that is open itself, for local zones.

    A local zone decides for a host and all below it, and its data can only take the host out of
    an open one: an open host with a block below it cannot be said.
    """
    for name in names_of(entries):
        if name.below_blocked and not name.blocked:
            yield name.host, Intent.CHILDREN


def unspared(entries: tuple[HostEntry, ...]) -> Iterator[tuple[str, Intent]]:
    """What is beside an exception that rules of AdGuard Home cannot be kept from.

    Their engine ignores a rule that spares a name of another form (AdguardTeam/urlfilter,
    internal/ufnet, IsDomainName, read 2026-11-28), so all below the name above it is opened.
    """
    for pattern in denied(names_of(entries)):
        for host in pattern.besides:
            if not _SPARED.fullmatch(host):
                yield host.partition(".")[2], Intent.CHILDREN


def deep_blocks(entries: tuple[HostEntry, ...]) -> Iterator[tuple[str, Intent]]:
    """What is to be blocked inside an exception, for a pair of lists of which one always wins.

    A line for one host alone needs a name of two labels that is no address: Pi-hole skips others.
    """
    for level in flat_levels(entries):
        for entry in level.entries:
            lone = entry.intent is Intent.EXACT and not _stands_alone(entry.host)
            if level.blocked and (level.depth or lone):
                yield entry.host, entry.intent
            elif lone:
                yield entry.host, Intent.CHILDREN


_SPARED = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?:[a-z]{2,63}|xn--[a-z0-9-]{3,58}[a-z0-9])"
)


def _stands_alone(host: str) -> bool:
    return "." in host and not host.replace(".", "").isdigit()
