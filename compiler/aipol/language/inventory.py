"""Read the inventory that a policy names, and put what it binds into the policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.files import as_written
from aipol.language.load import load
from aipol.language.model_sites import Inventory, Site
from aipol.language.parse import parse_as
from aipol.language.placed import Placed
from aipol.language.words import clip

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled
    from aipol.language.model import Group, Network

_ABOUT_THE_FILE = {
    codes.UNREADABLE_FILE.code: "",
    codes.FILE_TOO_LARGE.code: "it is too large",
    codes.SEVERAL_DOCUMENTS.code: "an inventory is one YAML document",
    codes.EMPTY.code: "it is empty",
}
_CALLED = "the inventory"


@dataclass(frozen=True, slots=True)
class Read:
    """An inventory as far as it could be read."""

    inventory: Placed[Inventory] | None
    findings: tuple[Diagnostic, ...]
    texts: Mapping[str, str]


def read_inventory(named: Placed[str], file: str, policy: Collection[str], root: str = "") -> Read:
    """The inventory in `file`; that it cannot be used is a fault of the line that names it.

    `policy` has the files of the policy itself, none of which it can be; where `root` is given, it
    must be in that folder.
    """
    document, findings, sources = load(file, policy, root)
    told = tuple(_told(named, file, each) for each in findings)
    if document is None:
        return Read(None, told, sources.texts)
    document = replace(document, called=_CALLED)
    inventory, faults = parse_as(document, Inventory)
    placed = Placed(inventory, document, ()) if inventory is not None else None
    return Read(placed, (*told, *faults), sources.texts)


def unusable(named: Placed[str], why: str, hint: str = "") -> Diagnostic:
    """The finding that an inventory cannot be used, where it is named."""
    hint = hint or f"the path is relative to `{named.document.file}`"
    return codes.INVENTORY_UNUSABLE.at(named.span(), file=clip(named.value), why=why, hint=hint)


def _told(named: Placed[str], file: str, finding: Diagnostic) -> Diagnostic:
    """A finding about a file as a whole, in words for an inventory."""
    whole = finding.span.line == 1 and finding.span.width == 1
    words = _ABOUT_THE_FILE.get(finding.code)
    if words is None or not (whole or finding.code == codes.SEVERAL_DOCUMENTS.code):
        return finding
    why = words or finding.message.removeprefix(f"cannot read `{file}`: ")
    return unusable(named, why, "" if words else as_written(finding.hint, named.document.file))


# --- the policy at a site -------------------------------------------------------------------------


def at_site(assembled: Assembled, site: str) -> Assembled:
    """The policy with what one site binds."""
    return _bound(assembled, [_sites(assembled)[site]])


def at_all_sites(assembled: Assembled) -> Assembled:
    """The policy with what any site binds; as it is where it has no inventory."""
    found = _sites(assembled)
    return _bound(assembled, list(found.values())) if found else assembled


def _sites(assembled: Assembled) -> Mapping[str, Site]:
    return assembled.inventory.value.sites if assembled.inventory else {}


def _bound(assembled: Assembled, sites: list[Site]) -> Assembled:
    groups = {
        name: replace(placed, value=_group(placed.value, name, sites))
        for name, placed in assembled.groups.items()
    }
    network = assembled.network
    if network is not None:
        network = replace(network, value=_network(network.value, sites))
    return replace(assembled, groups=groups, network=network)


def _group(written: Group, name: str, sites: list[Site]) -> Group:
    found = [site.groups[name] for site in sites if name in site.groups]
    vlans = {each.vlan for each in found}
    update: dict[str, Any] = _networks(each.networks for each in found)
    if len(vlans) == 1 and None not in vlans:
        update["vlan"] = vlans.pop()
    return written.model_copy(update=update)


def _network(written: Network, sites: list[Site]) -> Network:
    gateways = {
        name: each.model_copy(
            update=_networks(s.gateways[name].networks for s in sites if name in s.gateways)
        )
        for name, each in written.gateways.items()
    }
    segments = tuple(
        each.model_copy(
            update=_networks(s.segments[each.id].networks for s in sites if each.id in s.segments)
        )
        for each in written.segments
    )
    update: dict[str, Any] = {"gateways": gateways, "segments": segments}
    resolvers = _networks(site.resolvers for site in sites if site.resolvers)
    if resolvers:
        update["resolvers"] = resolvers["networks"]
    return written.model_copy(update=update)


def _networks(found: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """What to set `networks` to, if anything binds them."""
    every = sorted({network for networks in found for network in networks})
    return {"networks": tuple(every)} if every else {}
