"""Say what a policy means at each site: the same for the same people, who sit elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from aipol.ir import ONLY_VIA, Group, Ir
from aipol.language.inventory import at_site
from aipol.resolve.groups import networks_of
from aipol.resolve.network import confined_of, gateways_of, resolvers_of
from aipol.resolve.settings import setting_spans

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled


def sites(ir: Ir, assembled: Assembled) -> Mapping[str, Ir]:
    """What the policy means at each site of its inventory, by name; nothing without one."""
    inventory = assembled.inventory
    names = sorted(inventory.value.sites) if inventory else ()
    return {name: _there(ir, at_site(assembled, name), name) for name in names}


def spread(ir: Ir, there: Mapping[str, Ir]) -> Ir:
    """The policy over all sites, with each of them.

    The people of a group that only some sites bind sit anywhere at the others.
    """
    groups = {
        name: replace(
            group,
            partly_placed=any(not site.groups[name].networks for site in there.values()),
        )
        for name, group in ir.groups.items()
    }
    return replace(ir, groups=groups, sites=there)


def _there(ir: Ir, assembled: Assembled, site: str) -> Ir:
    confined = confined_of(assembled)
    elsewhere = (clause for clause in ir.policy_clauses if clause.key != ONLY_VIA)
    return replace(
        ir,
        groups=_groups(ir, assembled),
        gateways=gateways_of(assembled),
        resolvers=resolvers_of(assembled),
        confined=confined,
        policy_clauses=(*elsewhere, *(each.clause for each in confined)),
        setting_spans=setting_spans(assembled, site),
        site=site,
    )


def _groups(ir: Ir, assembled: Assembled) -> Mapping[str, Group]:
    networks = networks_of(assembled)
    return {
        name: replace(
            group,
            networks=networks.get(name, ()),
            vlan=assembled.groups[name].value.vlan or 0,
        )
        for name, group in ir.groups.items()
    }
