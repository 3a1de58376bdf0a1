"""What one segment of source addresses gets, as far as accounting for it needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol
from weakref import WeakKeyDictionary

from aipol.audience import EVERYBODY
from aipol.claims import Claim
from aipol.domains import HostTrie, Intent
from aipol.hosts import PATH_UNSEEN, host_entries
from aipol.ir import Ir
from aipol.scoping import Verdict
from aipol.segments import Segment, Use, uses_at
from aipol.target import Reason
from aipol.vocabulary import Surface
from aipol_targets.common.network.facts import SURFACES
from aipol_targets.common.network.hostlists import Entries, with_hosts

Uses = Mapping[tuple[str, Surface], Use]


@dataclass(frozen=True)
class Decisions:
    """What a segment does about every use, and about every host as the policy wants it."""

    uses: Uses
    entries: Entries

    @cached_property
    def trie(self) -> HostTrie:
        """The decisions by host; one object for all targets that can say them all."""
        return HostTrie(self.entries.values())


_KNOWN: WeakKeyDictionary[Ir, dict[Segment, Decisions]] = WeakKeyDictionary()


def decisions(ir: Ir, segment: Segment) -> Decisions:
    """A segment's uses with the decisions over hosts that follow; gateways stay reachable.

    The same for every target, so one policy is decided once, and kept for as long as it is.
    """
    known = _KNOWN.setdefault(ir, {})
    if segment not in known:
        known[segment] = _decided(ir, segment)
    return known[segment]


def _decided(ir: Ir, segment: Segment) -> Decisions:
    uses = uses_at(ir, segment, SURFACES)
    verdicts = {use: Verdict(found.carried, ()) for use, found in uses.items()}
    ways_out = [(gateway.host, Intent.EXACT) for gateway in ir.gateways.values()]
    return Decisions(uses, with_hosts(host_entries(ir, verdicts), ways_out, blocked=False))


def everybody(segment: Segment) -> Segment:
    """A segment in which all people sit, for outputs that cannot tell source addresses apart."""
    return replace(segment, networks=(), groups=(), region=EVERYBODY, person=None)


def no_tenants(_: Claim) -> tuple[str, ...] | None:
    """That a path does not see accounts."""
    return None


def no_loophole(_: Claim) -> bool:
    """That there is no header to go around."""
    return False


def path_unseen(_: Claim) -> Reason | None:
    """That a path sees the host of an address and no more."""
    return PATH_UNSEEN


class Blocking(Protocol):
    """Decisions over hosts, whatever they are made of."""

    def blocked(self, host: str) -> bool:
        """Whether the host is blocked."""
        ...


@dataclass(frozen=True, slots=True)
class Path:
    """Enforcement paths of one segment that decide every host alike.

    `wanted` is what the policy asks of these addresses, `written` what the format can say of it.
    They are one object where it can say all.
    """

    clients: tuple[str, ...]
    """Each alone, or with the family of source addresses that it is about."""
    uses: Uses
    wanted: Blocking
    written: Blocking
    files: Callable[[Sequence[Claim]], Iterable[str]]
    """The files whose entries decide any of the hosts, relative to the target's folder."""
    short: Reason | None = None
    """Why a host that is to be blocked is let through where the two differ."""
    wide: Reason | None = None
    """Why a host that is to be let through is blocked where the two differ."""
    places: tuple[str, ...] = ()
    """Where the two differ: a host, or `*.host` for what is below one."""
    longer: Reason | None = None
    """Why names that go on after a blocked host are blocked too; None where they are not."""
    through: tuple[tuple[str, ...], Reason] | None = None
    """Names that are let through wherever they stand in a host, below a blocked one too."""
    levels: int | None = None
    """How many labels below a host the format still takes for below it; None for all."""
    beyond: Reason | None = None
    """Why a host that is to be blocked and is deeper than that is let through."""
    tenants: Callable[[Claim], tuple[str, ...] | None] = no_tenants
    """The accounts a host is kept to, None when it is not."""
    loophole: Callable[[Claim], bool] = no_loophole
    """Whether an address that goes around the host's header is left open."""
    unshut: Callable[[Claim], Reason | None] = path_unseen
    """Why an address is not denied on its own; None where it is."""
    by_source: bool = True
    """Whether it tells source addresses apart, and so leaves the gateways' alone."""
    gateway: Reason | None = None
    """Why the gateways' own IPv6 addresses are not left alone all the same."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One segment with all its enforcement paths."""

    segment: Segment
    paths: tuple[Path, ...]
