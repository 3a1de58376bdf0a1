"""Turns a segment's finished lists into answers about one claimed host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aipol.domains import HostTrie, Intent
from aipol.hosts import Claim, probe_of
from aipol.segments import Segment, Use
from aipol.vocabulary import Surface
from aipol_targets.egress.model import SQUID_CONF, Level, Levels, SegmentLists
from aipol_targets.egress.tenants import Restriction


@dataclass(frozen=True)
class Decided:
    """One segment's lists with what they were made from."""

    segment: Segment
    lists: SegmentLists
    uses: Mapping[tuple[str, Surface], Use]
    plain: HostTrie
    squid: HostTrie
    held: tuple[Restriction, ...]

    @property
    def uniform(self) -> bool:
        """Whether the proxy does nothing that the other lists do not."""
        return self.squid is self.plain and not self.held

    def tenants(self, claim: Claim) -> tuple[str, ...] | None:
        """The accounts the proxy keeps the host to, None when it does not."""
        return next((each.tenants for each in self.held if each.covers(claim)), None)

    def inspects(self, claim: Claim) -> bool:
        """Whether the proxy decrypts the host."""
        return _selected(self._inspect, claim)

    def logs(self, claim: Claim) -> bool:
        """Whether the proxy records connections to the host."""
        return _selected(self._logged, claim)

    def files(self, output: str, claims: Sequence[Claim]) -> Iterator[str]:
        """The files of an output whose entries decide any of the hosts."""
        index = {"domains": self._flat, "squid": self._squid}.get(output, self._native)
        found = _levels(index, claims)
        for intent, level in found:
            match output:
                case "edl":
                    yield self.lists.edl_file(level)
                case "domains":
                    yield self.lists.domains_file(level, intent)
                case "squid":
                    yield self.lists.squid_file(level.name)
                case _:
                    yield self.lists.zone_file
        if found and output == "squid":
            yield SQUID_CONF

    @cached_property
    def _native(self) -> _Index:
        return _Index(self.lists.native)

    @cached_property
    def _flat(self) -> _Index:
        return self._native if self.lists.flat == self.lists.native else _Index(self.lists.flat)

    @cached_property
    def _squid(self) -> _Index:
        return self._flat if self.lists.squid is self.lists.flat else _Index(self.lists.squid)

    @cached_property
    def _inspect(self) -> _Index:
        return _Index(self.lists.inspect)

    @cached_property
    def _logged(self) -> _Index:
        return _Index(self.lists.logged)


class _Index:
    """Which level each entry of a list is in."""

    __slots__ = ("distinct", "level")

    def __init__(self, levels: Levels) -> None:
        self.level = {
            (entry.host, entry.intent): level for level in levels for entry in level.entries
        }
        self.distinct = sum(len({e.intent for e in level.entries}) for level in levels)


def _levels(index: _Index, claims: Sequence[Claim]) -> list[tuple[Intent, Level]]:
    """What decides the hosts, found as soon as there can be no more of it."""
    found: dict[tuple[Intent, int], tuple[Intent, Level]] = {}
    for claim in claims:
        if len(found) == index.distinct:
            break
        if hit := _level(index, probe_of(claim)):
            found[hit[0], hit[1].depth] = hit
    return list(found.values())


def _selected(index: _Index, claim: Claim) -> bool:
    found = _level(index, probe_of(claim))
    return found is not None and found[1].blocked


def _level(index: _Index, host: str) -> tuple[Intent, Level] | None:
    """The most specific entry for a host, as its intent and the level it is in."""
    for intent in (Intent.EXACT, Intent.SUBTREE):
        if level := index.level.get((host, intent)):
            return intent, level
    while "." in host:
        host = host.partition(".")[2]
        for intent in (Intent.CHILDREN, Intent.SUBTREE):
            if level := index.level.get((host, intent)):
                return intent, level
    return None
