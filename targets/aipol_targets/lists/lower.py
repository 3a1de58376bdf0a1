"""Turns rulings into one set of host lists for every segment of source addresses."""

from __future__ import annotations

from aipol.ir import Ir
from aipol.segments import Segment, fewest_networks, gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.levels import native_levels, plain_levels
from aipol_targets.common.network.placed import decisions
from aipol_targets.common.network.rooms import crowded
from aipol_targets.common.network.sources import folder_of
from aipol_targets.lists.contained import Contained, contained
from aipol_targets.lists.limits import rooms, uri_faults, url_faults
from aipol_targets.lists.model import Lists, SegmentLists
from aipol_targets.lists.paths import Written
from aipol_targets.lists.settings import ListsSettings

TARGET_ID = "lists"


def lower(ir: Ir, settings: ListsSettings) -> Lowered[Lists]:
    """Give every segment its lists, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    written = tuple(_write(ir, segment, settings.outputs) for segment in parts)
    model = _model(ir, settings, tuple(each.lists for each in written))
    for each in written:
        entries = (entry for level in each.lists.native for entry in level.entries)
        findings += locked_out(ir, f"{TARGET_ID}/{folder_of(each.lists)}", (each.trie,), entries)
    used = rooms(model, settings)
    findings += crowded(ir, TARGET_ID, used)
    findings += (*url_faults(ir, TARGET_ID, model), *uri_faults(ir, TARGET_ID, model))
    placed = tuple(each.placed(settings.outputs) for each in written)
    return Lowered(model, coverage(ir, TARGET_ID, placed), tuple(findings), used)


def _model(ir: Ir, settings: ListsSettings, lists: tuple[SegmentLists, ...]) -> Lists:
    named = (network for each in lists for network in each.networks)
    exempt = fewest_networks((*named, *gateway_networks(ir)))
    return Lists(settings.outputs, lists, exempt, gateway_networks(ir))


def _write(ir: Ir, segment: Segment, outputs: tuple[str, ...]) -> Written:
    decided = decisions(ir, segment)
    trie = decided.trie
    found = contained(ir, segment) if "sonicwall" in outputs else Contained()
    lists = SegmentLists(
        segment.id, segment.networks, native_levels(trie), plain_levels(trie), found
    )
    return Written(segment, lists, decided.uses, trie)
