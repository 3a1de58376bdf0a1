"""Turns rulings into a filter for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.domains import HostTrie
from aipol.hosts import Claim
from aipol.ir import Ir
from aipol.segments import Segment, gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.levels import levels_of
from aipol_targets.common.network.placed import Path, Placed, Uses, decisions
from aipol_targets.fortigate.model import CONF, REST, Fortigate, SegmentFilter
from aipol_targets.fortigate.objects import objects
from aipol_targets.fortigate.settings import FortigateSettings

TARGET_ID = "fortigate"
CLIENTS = ("webfilter", "dnsfilter")
_FILES = {"cli": CONF, "rest": REST}


@dataclass(frozen=True, slots=True)
class _Filtered:
    """One segment's filter with what it was made from."""

    segment: Segment
    uses: Uses
    trie: HostTrie
    filter: SegmentFilter


def lower(ir: Ir, settings: FortigateSettings) -> Lowered[Fortigate]:
    """Give every segment its filter, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    made = tuple(_filtered(ir, segment) for segment in parts)
    for each in made:
        entries = (entry for level in each.filter.levels for entry in level.entries)
        findings += locked_out(ir, CONF, (each.trie,), entries)
    findings += _over_capacity(ir, made, settings.filter_entries)
    placed = tuple(_placed(settings.outputs, each) for each in made)
    return Lowered(_model(ir, settings, made), coverage(ir, TARGET_ID, placed), tuple(findings))


def _filtered(ir: Ir, segment: Segment) -> _Filtered:
    decided = decisions(ir, segment)
    trie = HostTrie(decided.entries.values())
    levels = levels_of(trie.minimal())
    written = SegmentFilter(segment.id, segment.networks, levels)
    return _Filtered(segment, decided.uses, trie, written)


def _model(ir: Ir, settings: FortigateSettings, made: Sequence[_Filtered]) -> Fortigate:
    filters = tuple(each.filter for each in made)
    return objects(ir.organization.identifier, settings, filters, gateway_networks(ir))


def _placed(outputs: tuple[str, ...], made: _Filtered) -> Placed:
    index = Index(made.filter.levels)
    files = tuple(_FILES[output] for output in outputs)

    def deciding(claims: Sequence[Claim]) -> tuple[str, ...]:
        return files if index.deciding(claims) else ()

    path = Path(CLIENTS, made.uses, made.trie, made.trie, deciding)
    return Placed(made.segment, (path,))


def _over_capacity(ir: Ir, made: Sequence[_Filtered], capacity: int | None) -> Iterator[Diagnostic]:
    for each in made if capacity is not None else ():
        count = sum(len(level.entries) for level in each.filter.levels)
        if capacity is not None and count > capacity:
            what = f"entries of the filter for `{each.segment.id}`:"
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span, target=TARGET_ID, what=what, count=count, limit=capacity
            )
