"""Check that an inventory binds what the policy names, once, and an address to one group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aipol.check.known import hint_or_list
from aipol.check.nested import Held, nested
from aipol.check.network import check_only_via
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, Related
from aipol.language.inventory import at_all_sites, at_site
from aipol.language.words import clip
from aipol.sites import has_sites
from aipol.target import Target

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled
    from aipol.language.model_sites import Inventory
    from aipol.language.placed import Placed
    from aipol.source import Span


def check_sites(assembled: Assembled, targets: Sequence[Target]) -> Iterator[Diagnostic]:
    """Everything about an inventory's names and addresses; nothing where there is none."""
    inventory = assembled.inventory
    if inventory is None:
        return
    yield from _names(assembled, inventory)
    yield from _targets(assembled, inventory, targets)
    yield from _twice(assembled, inventory)
    for site in inventory.value.sites:
        yield from _overlaps(inventory, site, "groups")
        yield from _overlaps(inventory, site, "segments")
        yield from _shut(assembled, inventory, site)
    yield from _unbound(assembled)


def _names(assembled: Assembled, inventory: Placed[Inventory]) -> Iterator[Diagnostic]:
    """Groups, segments and gateways that the policy lacks."""
    network = assembled.network.value if assembled.network else None
    segments = [segment.id for segment in network.segments] if network else []
    gateways = network.gateways if network else {}
    for name, site in inventory.value.sites.items():
        for kind, bound, known in (
            ("groups", site.groups, assembled.groups),
            ("segments", site.segments, segments),
            ("gateways", site.gateways, gateways),
        ):
            for each in bound:
                if each not in known:
                    span = inventory.key_span("sites", name, kind, each)
                    yield _unknown(kind, each, known, span)


def _unknown(kind: str, name: str, known: Collection[str], span: Span) -> Diagnostic:
    match kind:
        case "groups":
            hint = hint_or_list(name, known, "define it under `groups` of the policy")
            return codes.UNKNOWN_GROUP.at(span, group=clip(name), hint=hint)
        case "gateways":
            hint = hint_or_list(name, known, "define it under `network.gateways` of the policy")
            return codes.UNKNOWN_GATEWAY.at(span, gateway=clip(name), hint=hint)
        case _:
            hint = hint_or_list(name, known, "define it under `network.segments` of the policy")
            return codes.UNKNOWN_SEGMENT.at(span, segment=clip(name), hint=hint)


def _targets(
    assembled: Assembled, inventory: Placed[Inventory], targets: Sequence[Target]
) -> Iterator[Diagnostic]:
    """Targets of sites that the policy does not configure, or that are of no site."""
    sited = {target.id for target in targets if has_sites(target)} & assembled.targets.keys()
    known = {target.id for target in targets}
    told: set[str] = set()
    for name, site in inventory.value.sites.items():
        told |= sited if site.targets is None else site.targets.keys()
        for each in site.targets or ():
            span = inventory.key_span("sites", name, "targets", each)
            if each not in known:
                hint = hint_or_list(each, sited, "configure it under `targets` of the policy")
                yield codes.UNKNOWN_TARGET.at(span, target=clip(each), hint=hint)
            elif each not in assembled.targets:
                why = f"the policy configures no target `{each}`"
                hint = f"configure it under `targets` of the policy: `{each}: {{}}`"
                yield codes.BAD_BINDING.at(span, why=why, hint=hint)
            elif each not in sited:
                why = f"target `{each}` is one for all sites"
                hint = "leave it out here: its settings are those of the policy"
                yield codes.BAD_BINDING.at(span, why=why, hint=hint)
    for name in sorted(sited - told):
        why = f"target `{name}` is configured, and at no site"
        hint = "name it under `targets` of a site, or leave it out"
        yield codes.BAD_BINDING.at(assembled.targets[name].key_span(), why=why, hint=hint)


def _twice(assembled: Assembled, inventory: Placed[Inventory]) -> Iterator[Diagnostic]:
    """What has addresses in the policy, which are its addresses at every site, and at a site."""
    given = _given(assembled)
    for name, site in inventory.value.sites.items():
        bound = [("groups", each) for each in site.groups]
        bound += [("segments", each) for each in site.segments]
        bound += [("gateways", each) for each in site.gateways]
        bound += [("resolvers", "")] if site.resolvers else []
        for kind, each in bound:
            place = given.get((kind, each))
            if place is not None:
                path = (kind, each) if each else (kind,)
                what = f"{kind.removesuffix('s')} `{each}`" if each else "`resolvers`"
                yield codes.BAD_BINDING.at(
                    inventory.key_span("sites", name, *path),
                    why=f"{what} has its addresses in the policy",
                    hint="what differs between sites is in the inventory alone",
                    related=(Related(place, "given there, for every site"),),
                )


def _given(assembled: Assembled) -> Mapping[tuple[str, str], Span]:
    """What has addresses in the policy itself, with where they are given."""
    found = {
        ("groups", name): group.key_span("networks" if group.value.networks else "vlan")
        for name, group in assembled.groups.items()
        if group.value.networks or group.value.vlan
    }
    network = assembled.network
    if network is None:
        return found
    for name, gateway in network.value.gateways.items():
        if gateway.networks:
            found["gateways", name] = network.key_span("gateways", name, "networks")
    for position, segment in enumerate(network.value.segments):
        if segment.networks:
            found["segments", segment.id] = network.key_span("segments", position, "networks")
    if network.value.resolvers:
        found["resolvers", ""] = network.key_span("resolvers")
    return found


def _overlaps(inventory: Placed[Inventory], site: str, kind: str) -> Iterator[Diagnostic]:
    """Addresses of two groups, or of two segments; once for each two of them."""
    bound = getattr(inventory.value.sites[site], kind)
    held = [
        Held(text, name, site, inventory.span("sites", site, kind, name, "networks", position))
        for name, each in bound.items()
        for position, text in enumerate(each.networks)
    ]
    told: set[tuple[str, str]] = set()
    for each, other in nested(held, lambda here, there: here.whose != there.whose):
        if (other.whose, each.whose) not in told:
            told.add((other.whose, each.whose))
            yield _overlap(kind.removesuffix("s"), site, each, other)


def _overlap(kind: str, site: str, here: Held, other: Held) -> Diagnostic:
    hint = "give each addresses of its own"
    if kind == "group":
        hint += "; people of both are a group of both, with `all_of`"
    return codes.BAD_BINDING.at(
        here.span,
        why=f"{here.text} of {kind} `{here.whose}` is in {other.text} of {kind} `{other.whose}`"
        f" at site `{site}`",
        hint=hint,
        related=(Related(other.span, f"{kind} `{other.whose}`"),),
    )


def _shut(assembled: Assembled, inventory: Placed[Inventory], site: str) -> Iterator[Diagnostic]:
    """Segments with one way out that, at the site, have none or two."""
    for finding in check_only_via(at_site(assembled, site)):
        if finding.code == codes.UNKNOWN_GATEWAY.code:
            yield finding
        else:
            yield replace(
                finding,
                span=inventory.key_span("sites", site),
                message=f"{finding.message}, at site `{site}`",
                related=(Related(finding.span, "asked for here"), *finding.related),
            )


def _unbound(assembled: Assembled) -> Iterator[Diagnostic]:
    """Groups that nothing knows and segments that are nowhere."""
    whole = at_all_sites(assembled)
    seated = _seated(whole)
    for name, placed in whole.groups.items():
        if name not in seated and not placed.value.model_dump(exclude_none=True):
            yield from _nowhere("group", name, placed.key_span())
    network = whole.network
    for position, segment in enumerate(network.value.segments if network else ()):
        if segment.networks is None and network is not None:
            yield from _nowhere("segment", segment.id, network.span("segments", position, "id"))


def _seated(assembled: Assembled) -> frozenset[str]:
    """The groups that sit in a segment with addresses."""
    segments = assembled.network.value.segments if assembled.network else ()
    return frozenset(name for each in segments if each.networks for name in each.groups)


def _nowhere(kind: str, name: str, span: Span) -> Iterable[Diagnostic]:
    hint = f"bind it at a site: `{kind}s: {{{name}: {{networks: [10.20.0.0/24]}}}}`"
    yield codes.UNBOUND.at(span, kind=kind, name=name, hint=hint)
