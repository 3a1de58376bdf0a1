"""Turns rulings into one set of host lists for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import BAD_VALUE, LIMIT_EXCEEDED
from aipol.domains import HostTrie, Intent
from aipol.hosts import host_entries
from aipol.ir import Ir, Ruling
from aipol.scoping import Verdict
from aipol.segments import Segment, fewest_networks, gateway_networks, segments
from aipol.target import Coverage, Lowered
from aipol_targets.common.network.account import coverage, nothing_else
from aipol_targets.common.network.faults import bad_hosts, locked_out, probe, too_many
from aipol_targets.common.network.hostlists import selected, with_hosts
from aipol_targets.common.network.levels import flat_levels, levels_of
from aipol_targets.common.network.owing import owing
from aipol_targets.common.network.placed import Uses, decisions
from aipol_targets.egress.model import Egress, SegmentLists
from aipol_targets.egress.obligations import Proxied
from aipol_targets.egress.paths import Written
from aipol_targets.egress.settings import EgressSettings
from aipol_targets.egress.tenants import TENANT, Restriction, restrictions

TARGET_ID = "egress"


def lower(ir: Ir, settings: EgressSettings) -> Lowered[Egress]:
    """Give every segment its lists, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *_bad_tenants(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    written = tuple(_write(ir, segment) for segment in parts)
    model = _model(ir, settings, tuple(each.lists for each in written))
    for each in written:
        tries = dict.fromkeys((each.plain, each.proxied))
        levels = (*each.lists.native, *each.lists.squid)
        entries = (entry for level in levels for entry in level.entries)
        findings += locked_out(ir, each.lists.folder, tries, entries)
    findings += _over_capacity(ir, model, settings.edl_capacity)
    return Lowered(model, _coverage(ir, settings, written), tuple(findings))


def _coverage(ir: Ir, settings: EgressSettings, written: Sequence[Written]) -> tuple[Coverage, ...]:
    by_segment = {each.segment.id: each for each in written}
    proxied = Proxied(by_segment, ir.inspect_tls != "none")
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
        opened = _told_apart(ir, decided.uses, held)
        proxied = HostTrie(with_hosts(decided.entries, opened, blocked=False).values())
    inspected = selected([*owing(ir, decided.uses, "inspect_tls"), *_header_hosts(held)])
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


def _told_apart(ir: Ir, uses: Uses, held: tuple[Restriction, ...]) -> Iterator[tuple[str, Intent]]:
    """Hosts there is no need to tighten: a header keeps them to accounts that may be used."""
    verdicts = {
        use: Verdict(min(found.corporate, found.personal, key=_strictness), ())
        for use, found in uses.items()
    }
    usable = HostTrie(host_entries(ir, verdicts).values())
    for host, intent in _header_hosts(held):
        if not usable.blocked(probe(host, intent)):
            yield host, intent


def _strictness(ruling: Ruling) -> int:
    return ruling.direct.strictness


def _header_hosts(held: tuple[Restriction, ...]) -> Iterator[tuple[str, Intent]]:
    for each in held:
        yield from ((entry.host, entry.intent) for entry in each.trie.minimal())


# --- what must not happen -------------------------------------------------------------------------


def _bad_tenants(ir: Ir) -> Iterator[Diagnostic]:
    """A tenant's id goes into a header of every request: nothing but an id may."""
    for ruling in ir.rulings:
        for tenant in ruling.tenants:
            if ir.apps[ruling.app].app.tenant_restriction and not TENANT.fullmatch(tenant):
                why = f"has `{tenant}`, which cannot be sent in a header"
                yield BAD_VALUE.at(ruling.decided_by.span, what="`account.corporate`", why=why)


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
