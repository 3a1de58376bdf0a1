"""Check that a target that is one for all sites can tell people apart by their addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aipol.diagnostics import Diagnostic, codes
from aipol.diagnostics.model import Related
from aipol.ir import Ir
from aipol.language.words import enumerated
from aipol.segments import gateway_networks, segments
from aipol.sites import has_sites
from aipol.target import Target

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled


def check_spanning(assembled: Assembled, ir: Ir, targets: Sequence[Target]) -> Iterator[Diagnostic]:
    """Addresses that are one group's at a site and another's at the next, once for each site."""
    spanning = [
        target.id
        for target in targets
        if target.id in assembled.targets
        and target.identity == "networks"
        and not has_sites(target)
    ]
    inventory = assembled.inventory
    if not spanning or inventory is None:
        return
    for here, there in _clashes(ir):
        yield codes.SITES_ALIKE.at(
            inventory.key_span("sites", here.site),
            target=enumerated(spanning),
            network=here.text,
            site=here.site,
            here=here.whose,
            other=there.site,
            there=there.whose,
            hint="give the sites addresses of their own, or leave the target out",
            related=(Related(inventory.key_span("sites", there.site), "the other site"),),
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """A network of a site with the groups whose it is; a gateway's is nobody's."""

    version: int
    first: int
    last: int
    site: str
    text: str
    groups: tuple[str, ...]

    @property
    def whose(self) -> str:
        """The groups in words."""
        return " and ".join(f"`{name}`" for name in self.groups) or "a gateway"


def _clashes(ir: Ir) -> Iterator[tuple[_Held, _Held]]:
    """The first network of each site that is another's elsewhere. Networks are nested or apart."""
    every = sorted(
        (held for site, there in ir.sites.items() for held in _held(site, there)),
        key=lambda one: (one.version, one.first, -one.last, one.site),
    )
    around: list[_Held] = []
    told: set[str] = set()
    for each in every:
        while around and (around[-1].version, around[-1].last) < (each.version, each.first):
            around.pop()
        others = (one for one in around if one.site != each.site and one.groups != each.groups)
        other = None if each.site in told else next(others, None)
        if other is not None:
            told.add(each.site)
            yield each, other
        around.append(each)


def _held(site: str, ir: Ir) -> Iterator[_Held]:
    named = [(segment.groups, segment.networks) for segment in segments(ir)]
    for groups, networks in (*named, ((), gateway_networks(ir))):
        for text in networks:
            block = ipaddress.ip_network(text)
            yield _Held(block.version, int(block[0]), int(block[-1]), site, text, groups)
