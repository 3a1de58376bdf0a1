"""Turns rulings into what squid denies, decrypts and records for every source segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.domains import HostTrie
from aipol.ir import Ir
from aipol.segments import Segment, fewest_networks, gateway_networks, segments
from aipol.target import Coverage, Lowered
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.addresses import addresses, levels
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.hostlists import selected, with_hosts
from aipol_targets.common.network.levels import flat_levels, plain_levels
from aipol_targets.common.network.obligations import Proxied
from aipol_targets.common.network.owing import owing
from aipol_targets.common.network.placed import decisions
from aipol_targets.common.network.settings import idle
from aipol_targets.common.network.sources import folder_of
from aipol_targets.common.network.spared import inspected
from aipol_targets.common.network.tenants import (
    bad_tenants,
    locked_addresses,
    restricted_hosts,
    restrictions,
    told_apart,
)
from aipol_targets.squid.configuration import configuration
from aipol_targets.squid.facts import CONFIG_LINE
from aipol_targets.squid.model import CONF, SegmentLists, Squid
from aipol_targets.squid.paths import Written
from aipol_targets.squid.settings import SquidSettings

TARGET_ID = "squid"


def lower(ir: Ir, settings: SquidSettings) -> Lowered[Squid]:
    """Give every segment its lists, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *bad_tenants(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    written = tuple(_write(ir, segment) for segment in parts)
    model = _model(ir, settings, tuple(each.lists for each in written))
    for each in written:
        place = f"{TARGET_ID}/{folder_of(each.lists)}"
        entries = (entry for level in each.lists.decided for entry in level.entries)
        findings += locked_out(ir, place, (each.proxied,), entries)
        denied = (
            part for level in each.lists.addresses if level.blocked for part in level.addresses
        )
        findings += locked_addresses(ir, place, (part.host for part in denied))
    findings += _too_long(ir, model)
    unused = idle(
        directory=f"{settings.directory}/segments/" in configuration(model),
        log=any(each.lists.logged for each in written),
    )
    return Lowered(model, _coverage(ir, written), tuple(findings), idle=unused)


def _coverage(ir: Ir, written: Sequence[Written]) -> tuple[Coverage, ...]:
    by_segment = {each.segment.id: each for each in written}
    obligation = Proxied(by_segment, ir.inspect_tls != "none", (CONF,))
    return coverage(ir, TARGET_ID, tuple(each.placed for each in written), obligation)


def _model(ir: Ir, settings: SquidSettings, lists: tuple[SegmentLists, ...]) -> Squid:
    named = (network for each in lists for network in each.networks)
    return Squid(
        identifier=ir.organization.identifier,
        directory=settings.directory,
        log=settings.log,
        segments=lists,
        exempt=fewest_networks((*named, *gateway_networks(ir))),
    )


def _write(ir: Ir, segment: Segment) -> Written:
    decided = decisions(ir, segment)
    held = restrictions(ir, decided.uses)
    trie = decided.trie
    if ir.tighten and held:
        opened = told_apart(ir, decided.uses, held)
        trie = HostTrie(with_hosts(decided.entries, opened, blocked=False).values())
    around = (url for each in held for url in each.header.urls)
    parts = addresses(ir, decided.uses, trie, around)
    owed = (*owing(ir, decided.uses, "inspect_tls"), *restricted_hosts(held), *parts.hosts)
    decrypted = inspected(owed, ir.never_inspect)
    lists = SegmentLists(
        id=segment.id,
        networks=segment.networks,
        decided=plain_levels(trie),
        inspect=() if ir.inspect_tls == "none" else flat_levels(decrypted),
        logged=flat_levels(selected(owing(ir, decided.uses, "log"))),
        headers=tuple(each.header for each in held),
        addresses=levels(parts.shut),
    )
    return Written(segment, lists, decided.uses, trie, held, parts)


# --- what must not happen -------------------------------------------------------------------------


def _too_long(ir: Ir, model: Squid) -> Iterator[Diagnostic]:
    for line in configuration(model).splitlines():
        octets = len(line.encode())
        if octets > CONFIG_LINE.value:
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span,
                target=TARGET_ID,
                what=f"octets of the line `{line[:60]}...` of {CONF}:",
                count=octets,
                limit=CONFIG_LINE.value,
            )
