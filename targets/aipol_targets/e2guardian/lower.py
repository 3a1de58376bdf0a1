"""Turns rulings into one filter group for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from aipol.claims import Claim
from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import BAD_VALUE
from aipol.domains import HostTrie
from aipol.ir import Ir
from aipol.segments import Segment, gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.levels import plain_levels
from aipol_targets.common.network.placed import Path, Placed, Uses, decisions
from aipol_targets.common.network.sources import folder_of
from aipol_targets.e2guardian.facts import HANDSHAKE_UNSEEN
from aipol_targets.e2guardian.model import E2guardian, SegmentGroup
from aipol_targets.e2guardian.settings import E2guardianSettings

TARGET_ID = "e2guardian"
BY_NAME = "e2guardian-sni"


def lower(ir: Ir, settings: E2guardianSettings) -> Lowered[E2guardian]:
    """Give every segment its group, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts)), *_not_ipv4(ir)]
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    # The default segment is the first group, to which all other addresses fall.
    written = tuple(_write(ir, segment) for segment in (parts[-1], *parts[:-1]))
    for each in written:
        entries = (entry for level in each.group.levels for entry in level.entries)
        findings += locked_out(ir, f"{TARGET_ID}/{folder_of(each.group)}", (each.trie,), entries)
    placed = tuple(each.placed for each in written)
    groups = tuple(each.group for each in written)
    return Lowered(_model(ir, settings, groups), coverage(ir, TARGET_ID, placed), tuple(findings))


def _not_ipv4(ir: Ir) -> Iterator[Diagnostic]:
    """Networks that no group of e2guardian can have: it neither listens to nor compares them."""
    places = [(group.networks, group.span, f"group `{group.name}`") for group in ir.groups.values()]
    places += [(g.networks, ir.unlisted_span, f"gateway `{g.id}`") for g in ir.gateways.values()]
    for networks, span, whose in places:
        for network in networks:
            if ":" in network:
                why = f"has `{network}`, and e2guardian knows IPv4 addresses only"
                yield BAD_VALUE.at(span, what=f"`networks` of {whose}", why=why)


def _model(ir: Ir, settings: E2guardianSettings, groups: tuple[SegmentGroup, ...]) -> E2guardian:
    return E2guardian(
        identifier=ir.organization.identifier,
        directory=settings.directory,
        base=settings.base,
        story=settings.story,
        groups=groups,
        exempt=gateway_networks(ir),
    )


@dataclass(frozen=True)
class _Written:
    """One segment's group with what it was made from."""

    segment: Segment
    group: SegmentGroup
    uses: Uses
    trie: HostTrie

    @property
    def placed(self) -> Placed:
        """The enforcement paths: what is requested, and the name in the handshake that follows."""
        requested = Path((TARGET_ID,), self.uses, self.trie, self.trie, self._files)
        named = Path((BY_NAME,), self.uses, self.trie, _NOTHING, _no_files, HANDSHAKE_UNSEEN)
        return Placed(self.segment, (requested, named))

    def _files(self, claims: Sequence[Claim]) -> Iterator[str]:
        """The files whose entries decide any of the hosts."""
        found = self._index.deciding(claims)
        for intent, level in found:
            yield self.group.list_file(level, intent)
        if found:
            yield self.group.story

    @cached_property
    def _index(self) -> Index:
        return Index(self.group.levels)


_NOTHING = HostTrie(())


def _no_files(_: Sequence[Claim]) -> tuple[str, ...]:
    return ()


def _write(ir: Ir, segment: Segment) -> _Written:
    decided = decisions(ir, segment)
    trie = decided.trie
    group = SegmentGroup(segment.id, segment.networks, plain_levels(trie))
    return _Written(segment, group, decided.uses, trie)
