"""Turns rulings into two destination lists for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipol.ir import Ir
from aipol.segments import gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage, indistinct
from aipol_targets.common.network.facts import GATEWAYS
from aipol_targets.common.network.families import by_family, only_four
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.pairs import Listed, listed, path
from aipol_targets.common.network.placed import Path
from aipol_targets.common.network.unlisted import not_blocked
from aipol_targets.umbrella.facts import AI_CATEGORY, DESTINATIONS, IPV6, LIMITS
from aipol_targets.umbrella.model import (
    DestinationList,
    Policy,
    Umbrella,
    list_files,
    list_name,
)
from aipol_targets.umbrella.settings import UmbrellaSettings

TARGET_ID = "umbrella"
CLIENT = "dns-policy"


def lower(ir: Ir, settings: UmbrellaSettings) -> Lowered[Umbrella]:  # noqa: ARG001  (one product)
    """Give every segment its lists, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(Umbrella(()), (), tuple(findings))
    made = tuple(listed(ir, segment) for segment in parts)
    for each in made:
        name = f"{TARGET_ID}/lists/{list_name(each.segment.id, blocks=True)}.json"
        findings += locked_out(ir, name, (each.written,), each.pair.entries)
    policies = tuple(_policies(made, gateway_networks(ir)))
    *_, everybody = paths = tuple(map(_path, made))
    placed = tuple(
        by_family(ir, each.segment, own, everybody, IPV6)
        for each, own in zip(made, paths, strict=True)
    )
    account = coverage(ir, TARGET_ID, placed)
    told = not_blocked(ir, TARGET_ID, AI_CATEGORY)
    return Lowered(
        Umbrella(policies), account, tuple(findings), policy=told, indistinct=indistinct(placed)
    )


def _policies(made: Sequence[Listed], gateways: tuple[str, ...]) -> Iterator[Policy]:
    """Gateways first and everybody else last, if there is anything to say about them."""
    if written := only_four(gateways):
        yield Policy(GATEWAYS, written, ())
    for each in made:
        lists, networks = tuple(_lists(each)), only_four(each.segment.networks)
        # A segment that may use everything has a policy too, or it would get that of the rest.
        if networks or (lists and not each.segment.networks):
            yield Policy(f"aipol_{each.segment.id}", networks, lists)


def _lists(made: Listed) -> Iterator[DestinationList]:
    for entries, blocks in ((made.pair.allowed, False), (made.pair.blocked, True)):
        if entries:
            name = list_name(made.segment.id, blocks=blocks)
            yield DestinationList(name, blocks, tuple(entry.host for entry in entries))


def _path(made: Listed) -> Path:
    def files(blocks: bool) -> Sequence[str]:  # noqa: FBT001  (which of two lists)
        count = len(made.pair.blocked if blocks else made.pair.allowed)
        return list_files(list_name(made.segment.id, blocks=blocks), count, DESTINATIONS.value)

    return path(made, CLIENT, files, LIMITS)
