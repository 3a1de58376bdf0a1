"""Turns rulings into lists of URL patterns for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.ir import Ir
from aipol.segments import Segment, gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage, indistinct
from aipol_targets.common.network.facts import GATEWAYS
from aipol_targets.common.network.families import by_family, only_four
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.pairs import Listed, listed, path
from aipol_targets.common.network.placed import Path
from aipol_targets.common.network.unlisted import not_blocked
from aipol_targets.meraki.facts import AI_CATEGORY, IPV6, LIMITS
from aipol_targets.meraki.model import NETWORK_WIDE, GroupPolicy, Meraki, Patterns
from aipol_targets.meraki.settings import MerakiSettings

TARGET_ID = "meraki"
CLIENT = "content-filter"


def lower(ir: Ir, settings: MerakiSettings) -> Lowered[Meraki]:
    """Give every segment its lists, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(Meraki((), None), (), tuple(findings))
    made = tuple(listed(ir, segment) for segment in parts)
    for each in made:
        file = f"{TARGET_ID}/{_file(ir, each)}"
        findings += locked_out(ir, file, (each.written,), each.pair.entries)
    findings += _too_many_patterns(ir, made, settings.list_patterns)
    *_, everybody = paths = tuple(_path(ir, each) for each in made)
    placed = tuple(
        by_family(ir, each.segment, own, everybody, IPV6)
        for each, own in zip(made, paths, strict=True)
    )
    account = coverage(ir, TARGET_ID, placed)
    told = not_blocked(ir, TARGET_ID, AI_CATEGORY)
    return Lowered(
        _model(ir, made), account, tuple(findings), policy=told, indistinct=indistinct(placed)
    )


def _model(ir: Ir, made: Sequence[Listed]) -> Meraki:
    policies = [_policy(ir, each) for each in made if only_four(each.segment.networks)]
    if gateways := only_four(gateway_networks(ir)):
        policies.insert(0, GroupPolicy(GATEWAYS, gateways, 0, Patterns((), ())))
    (rest,) = (each for each in made if not each.segment.networks)
    # Both arrays are replaced as a whole: where nothing is to be said, nothing is taken away.
    return Meraki(tuple(policies), _patterns(rest) if rest.pair.blocked else None)


def _policy(ir: Ir, made: Listed) -> GroupPolicy:
    segment = made.segment
    networks, vlan = only_four(segment.networks), _vlan(ir, segment)
    return GroupPolicy(f"aipol_{segment.id}", networks, vlan, _patterns(made))


def _patterns(made: Listed) -> Patterns:
    return Patterns(
        tuple(entry.host for entry in made.pair.allowed),
        tuple(entry.host for entry in made.pair.blocked),
    )


def _vlan(ir: Ir, segment: Segment) -> int:
    """The VLAN of a group, if the segment is all of the group's networks and nothing else."""
    groups = [ir.groups[name] for name in segment.groups]
    alone = len(groups) == 1 and set(groups[0].networks) == set(segment.networks)
    return groups[0].vlan if alone else 0


def _file(ir: Ir, made: Listed) -> str:
    return _policy(ir, made).file if made.segment.networks else NETWORK_WIDE


def _path(ir: Ir, made: Listed) -> Path:
    files = (_file(ir, made),)
    return path(made, CLIENT, lambda _: files, LIMITS)


def _too_many_patterns(ir: Ir, made: Sequence[Listed], limit: int | None) -> Iterator[Diagnostic]:
    for each in made if limit is not None else ():
        for what, entries in (("allowed", each.pair.allowed), ("blocked", each.pair.blocked)):
            if limit is not None and len(entries) > limit:
                yield LIMIT_EXCEEDED.at(
                    ir.unlisted_span,
                    target=TARGET_ID,
                    what=f"{what} patterns for `{each.segment.id}`:",
                    count=len(entries),
                    limit=limit,
                )
