"""Check that a target that is one for all sites can tell people apart by their addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from aipol.check.nested import Held, nested
from aipol.diagnostics import Diagnostic, codes
from aipol.diagnostics.model import Related
from aipol.ir import Ir
from aipol.language.words import enumerated
from aipol.segments import gateway_networks, segments
from aipol.sites import has_sites
from aipol.target import Target

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled
    from aipol.language.model_sites import Inventory
    from aipol.language.placed import Placed
    from aipol.source import Span


def check_spanning(assembled: Assembled, ir: Ir, targets: Sequence[Target]) -> Iterator[Diagnostic]:
    """Addresses that are one group's at a site and another's at the next, each at its own place."""
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
    held = [each for site, there in ir.sites.items() for each in _held(inventory, site, there)]
    for here, there in nested(held, _at_odds):
        yield codes.SITES_ALIKE.at(
            here.span,
            target=enumerated(spanning),
            network=here.text,
            site=here.site,
            here=here.whose,
            other=there.site,
            there=there.whose,
            hint="give the sites addresses of their own, or leave the target out",
            related=(Related(there.span, f"{there.text} at site `{there.site}`"),),
        )


def _at_odds(here: Held, there: Held) -> bool:
    return here.site != there.site and here.whose != there.whose


def _held(inventory: Placed[Inventory], site: str, ir: Ir) -> Iterator[Held]:
    """The networks of a site, with the groups whose they are; a gateway's are nobody's."""
    written = dict(_written(inventory, site))
    named = [(segment.groups, segment.networks) for segment in segments(ir)]
    for groups, networks in (*named, ((), gateway_networks(ir))):
        whose = " and ".join(f"`{name}`" for name in groups) or "a gateway"
        for text in networks:
            block = ipaddress.ip_network(text)
            # What is written may be more networks, or fewer, than what they come to.
            shared = (each for each in written if _share(each, block))
            place = block if block in written else next(shared, None)
            span = written[place] if place else inventory.key_span("sites", site)
            yield Held(text, whose, site, span)


_Block = ipaddress.IPv4Network | ipaddress.IPv6Network


def _share(one: _Block, other: _Block) -> bool:
    """Whether they have addresses in common; those of two versions have none."""
    return one.version == other.version and one.overlaps(other)


def _written(inventory: Placed[Inventory], site: str) -> Iterator[tuple[_Block, Span]]:
    """Every network that a site binds, the smallest first, with its place."""
    there = inventory.value.sites[site]
    found = [
        (ipaddress.ip_network(text), ("sites", site, kind, name, "networks", place))
        for kind, bound in (
            ("groups", there.groups),
            ("segments", there.segments),
            ("gateways", there.gateways),
        )
        for name, each in bound.items()
        for place, text in enumerate(each.networks)
    ]
    for block, path in sorted(found, key=lambda each: -each[0].prefixlen):
        yield block, inventory.span(*path)
