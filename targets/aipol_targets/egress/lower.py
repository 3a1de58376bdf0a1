"""Turns rulings into one set of host lists for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.domains import HostTrie, Intent
from aipol.ir import Ir
from aipol.segments import Segment, fewest_networks, gateway_networks, segments
from aipol.target import Coverage, Lowered
from aipol_targets.common.network.account import coverage, nothing_else
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.hostlists import selected, with_hosts
from aipol_targets.common.network.levels import flat_levels, levels_of
from aipol_targets.common.network.obligations import Proxied
from aipol_targets.common.network.owing import owing
from aipol_targets.common.network.placed import decisions
from aipol_targets.common.network.tenants import (
    bad_tenants,
    locked_addresses,
    restricted_hosts,
    restrictions,
    told_apart,
)
from aipol_targets.egress.model import SQUID_CONF, Egress, SegmentLists
from aipol_targets.egress.paths import Written
from aipol_targets.egress.settings import EgressSettings

TARGET_ID = "egress"


def lower(ir: Ir, settings: EgressSettings) -> Lowered[Egress]:
    """Give every segment its lists, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *bad_tenants(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    written = tuple(_write(ir, segment) for segment in parts)
    model = _model(ir, settings, tuple(each.lists for each in written))
    for each in written:
        tries = dict.fromkeys((each.plain, each.proxied))
        levels = (*each.lists.native, *each.lists.squid)
        entries = (entry for level in levels for entry in level.entries)
        findings += locked_out(ir, each.lists.folder, tries, entries)
        findings += locked_addresses(ir, each.lists.folder, each.lists.headers)
    findings += _over_capacity(ir, model, settings.edl_capacity)
    return Lowered(model, _coverage(ir, settings, written), tuple(findings))


def _coverage(ir: Ir, settings: EgressSettings, written: Sequence[Written]) -> tuple[Coverage, ...]:
    by_segment = {each.segment.id: each for each in written}
    proxied = Proxied(by_segment, ir.inspect_tls != "none", (SQUID_CONF,))
    return coverage(
        ir,
        TARGET_ID,
        tuple(each.placed(settings.outputs) for each in written),
        proxied if "squid" in settings.outputs else nothing_else,
    )


def _model(ir: Ir, settings: EgressSettings, lists: tuple[SegmentLists, ...]) -> Egress:
    named = (network for each in lists for network in each.networks)
    return Egress(
        identifier=ir.organization.identifier,
        outputs=settings.outputs,
        squid_directory=settings.squid_directory,
        squid_log=settings.squid_log,
        segments=lists,
        exempt=fewest_networks((*named, *gateway_networks(ir))),
    )


def _write(ir: Ir, segment: Segment) -> Written:
    decided = decisions(ir, segment)
    trie = HostTrie(decided.entries.values())
    minimal = trie.minimal()
    held = restrictions(ir, decided.uses)
    proxied = trie
    if ir.tighten and held:
        opened = told_apart(ir, decided.uses, held)
        proxied = HostTrie(with_hosts(decided.entries, opened, blocked=False).values())
    inspected = selected([*owing(ir, decided.uses, "inspect_tls"), *restricted_hosts(held)])
    flat = flat_levels(minimal)
    lists = SegmentLists(
        id=segment.id,
        networks=segment.networks,
        native=levels_of(minimal),
        flat=flat,
        squid=flat if proxied is trie else flat_levels(proxied.minimal()),
        inspect=() if ir.inspect_tls == "none" else flat_levels(inspected),
        logged=flat_levels(selected(owing(ir, decided.uses, "log"))),
        headers=tuple(each.header for each in held),
    )
    return Written(segment, lists, decided.uses, trie, proxied, held)


# --- what must not happen -------------------------------------------------------------------------


def _over_capacity(ir: Ir, model: Egress, capacity: int | None) -> Iterator[Diagnostic]:
    if capacity is None or "edl" not in model.outputs:
        return
    count = sum(
        2 if entry.intent is Intent.SUBTREE else 1
        for lists in model.segments
        for level in lists.native
        for entry in level.entries
    )
    if count > capacity:
        yield LIMIT_EXCEEDED.at(
            ir.unlisted_span, target=TARGET_ID, what="list entries", count=count, limit=capacity
        )
