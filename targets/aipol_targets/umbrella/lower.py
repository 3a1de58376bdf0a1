"""Turns rulings into two destination lists for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aipol.ir import Ir
from aipol.segments import gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.facts import GATEWAYS
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.pairs import Listed, listed, placed
from aipol_targets.common.network.placed import Placed
from aipol_targets.umbrella.facts import DESTINATIONS, LIMITS
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

# The type of the policies that a list can be put into: 1 for DNS, 2 for web (Destination Lists
# API); Secure Access takes 2 alone.
_BUNDLES: Mapping[str, int] = {"umbrella-dns": 1, "secure-access": 2}


def lower(ir: Ir, settings: UmbrellaSettings) -> Lowered[Umbrella]:
    """Give every segment its lists, and account for every clause of every ruling."""
    parts = segments(ir)
    bundle = _BUNDLES[settings.product]
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(Umbrella(bundle, ()), (), tuple(findings))
    made = tuple(listed(ir, segment) for segment in parts)
    for each in made:
        name = f"{TARGET_ID}/lists/{list_name(each.segment.id, blocks=True)}.json"
        findings += locked_out(ir, name, (each.written,), each.pair.entries)
    policies = tuple(_policies(made, gateway_networks(ir)))
    account = coverage(ir, TARGET_ID, tuple(map(_placed, made)))
    return Lowered(Umbrella(bundle, policies), account, tuple(findings))


def _policies(made: Sequence[Listed], gateways: tuple[str, ...]) -> Iterator[Policy]:
    """Gateways first and everybody else last, if there is anything to say about them."""
    if gateways:
        yield Policy(GATEWAYS, gateways, ())
    for each in made:
        lists = tuple(_lists(each))
        # A segment that may use everything has a policy too, or it would get that of the rest.
        if lists or each.segment.networks:
            yield Policy(f"aipol_{each.segment.id}", each.segment.networks, lists)


def _lists(made: Listed) -> Iterator[DestinationList]:
    for entries, blocks in ((made.pair.allowed, False), (made.pair.blocked, True)):
        if entries:
            name = list_name(made.segment.id, blocks=blocks)
            yield DestinationList(name, blocks, tuple(entry.host for entry in entries))


def _placed(made: Listed) -> Placed:
    def files(blocks: bool) -> Sequence[str]:  # noqa: FBT001  (which of two lists)
        count = len(made.pair.blocked if blocks else made.pair.allowed)
        return list_files(list_name(made.segment.id, blocks=blocks), count, DESTINATIONS.value)

    return placed(made, CLIENT, files, LIMITS)
