"""Turn group definitions into regions of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aipol.audience import EVERYBODY, NOBODY, Region, Universe
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import Group

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled
    from aipol.language.model import Group as WrittenGroup
    from aipol.language.placed import Placed


def resolve_groups(
    assembled: Assembled,
) -> tuple[Universe, Mapping[str, Group], tuple[Diagnostic, ...]]:
    """Every group with its region; a group that nobody can be in is a finding.

    Expects names to have been checked: every referenced group exists and none contains itself.
    """
    written = assembled.groups
    base = sorted(n for n, g in written.items() if not g.value.derived and not g.value.all)
    universe = Universe(base)
    regions: dict[str, Region] = {}
    for name in written:
        _region(universe, written, name, regions)
    networks = networks_of(assembled)
    groups = {
        name: _group(name, written[name], regions[name], networks.get(name, ()))
        for name in sorted(written)
    }
    findings = tuple(
        codes.EMPTY_GROUP.at(group.span, group=name, hint="its conditions exclude each other")
        for name, group in groups.items()
        if group.region == NOBODY
    )
    return universe, groups, findings


def _region(
    universe: Universe,
    written: Mapping[str, Placed[WrittenGroup]],
    name: str,
    regions: dict[str, Region],
) -> Region:
    if name in regions:
        return regions[name]
    group = written[name].value
    if group.all:
        region = EVERYBODY
    elif group.derived:
        parts = [
            universe.all_of(_region(universe, written, n, regions) for n in group.all_of or ()),
            universe.others(
                universe.any_of(_region(universe, written, n, regions) for n in group.none_of or ())
            ),
        ]
        if group.any_of:
            parts.append(
                universe.any_of(_region(universe, written, n, regions) for n in group.any_of)
            )
        region = universe.all_of(parts)
    else:
        region = universe.member_of(name)
    regions[name] = region
    return region


def networks_of(assembled: Assembled) -> dict[str, tuple[str, ...]]:
    """Each group's own networks and those of the segments it sits in."""
    found = {name: list(group.value.networks or ()) for name, group in assembled.groups.items()}
    if assembled.network:
        for segment in assembled.network.value.segments:
            for name in segment.groups:
                found.setdefault(name, []).extend(segment.networks or ())
    return {name: tuple(sorted(set(networks))) for name, networks in found.items()}


def _group(
    name: str, placed: Placed[WrittenGroup], region: Region, networks: tuple[str, ...]
) -> Group:
    written = placed.value
    return Group(
        name,
        region,
        placed.key_span(),
        entra=(written.entra or "").lower(),
        jamf=written.jamf or "",
        networks=networks,
        vlan=written.vlan or 0,
        paloalto=written.paloalto or "",
        cloudflare=written.cloudflare or "",
        everyone=bool(written.all),
    )
