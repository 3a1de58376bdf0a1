"""Turns rulings into lists of hosts for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol.claims import Claim
from aipol.domains import HostTrie
from aipol.ir import Ir
from aipol.segments import Segment, fewest_networks, gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.levels import native_levels
from aipol_targets.common.network.placed import Path, Placed, Uses, decisions
from aipol_targets.common.network.settings import idle
from aipol_targets.haproxy.model import CONF, HaProxy, SegmentLists
from aipol_targets.haproxy.settings import HaProxySettings

TARGET_ID = "haproxy"
CLIENTS = ("tls", "http")


@dataclass(frozen=True, slots=True)
class _Written:
    """One segment's lists with what they were made from."""

    segment: Segment
    lists: SegmentLists
    uses: Uses
    trie: HostTrie

    def placed(self) -> Placed:
        """Both frontends decide alike, by the same files."""
        index = Index(self.lists.levels)

        def files(claims: Sequence[Claim]) -> Iterator[str]:
            found = index.deciding(claims)
            for level in dict.fromkeys(level for _, level in found):
                yield from (each.path for each in self.lists.lists(level))
            if found:
                yield CONF

        return Placed(self.segment, (Path(CLIENTS, self.uses, self.trie, self.trie, files),))


def lower(ir: Ir, settings: HaProxySettings) -> Lowered[HaProxy]:
    """Give every segment its lists, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    written = tuple(_write(ir, segment) for segment in parts)
    for each in written:
        entries = (entry for level in each.lists.levels for entry in level.entries)
        findings += locked_out(ir, f"{TARGET_ID}/{CONF}", (each.trie,), entries)
    account = coverage(ir, TARGET_ID, tuple(each.placed() for each in written))
    model = _model(ir, settings, written)
    listed = model.exempt or any(each.networks or each.levels for each in model.segments)
    return Lowered(model, account, tuple(findings), idle=idle(directory=listed))


def _write(ir: Ir, segment: Segment) -> _Written:
    decided = decisions(ir, segment)
    trie = decided.trie
    lists = SegmentLists(segment.id, segment.networks, native_levels(trie))
    return _Written(segment, lists, decided.uses, trie)


def _model(ir: Ir, settings: HaProxySettings, written: Sequence[_Written]) -> HaProxy:
    lists = tuple(each.lists for each in written)
    named = (network for each in lists for network in each.networks)
    exempt = fewest_networks((*named, *gateway_networks(ir)))
    return HaProxy(ir.organization.identifier, settings, lists, exempt)
