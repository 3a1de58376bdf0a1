"""Who and where somebody is, by what was given on the command line."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from aipol.ir import Ir
    from aipol.pipeline import Build


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The groups somebody is in, the site and the address; empty where neither matters."""

    groups: tuple[str, ...]
    site: str = ""
    source: str = ""


def placed(ir: Ir, groups: tuple[str, ...], site: str, source: str) -> Whereabouts:
    """Who and where that is; wrong usage where the policy or its inventory cannot say."""
    from aipol.language.words import suggest

    if site and not ir.sites:
        raise click.UsageError("the policy has no inventory of sites; leave `--site` out")
    if site and site not in ir.sites:
        raise click.UsageError(f"no site `{site}`; {suggest(site, ir.sites)}")
    if not source:
        return Whereabouts(groups, site)
    if groups:
        raise click.UsageError("`--source` says who it is; leave `--group` out, or `--source`")
    address = _address(source)
    site = site or _site_of(ir, address)
    there = ir.sites[site] if site else ir
    return Whereabouts(_groups(there, address), site, address)


def _address(text: str) -> str:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        raise click.UsageError(f"`{text}` is not an address; write one such as 10.20.0.7") from None
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            raise click.UsageError(f"`{text}` has a scope; leave `%` and what follows it out")
        if found.ipv4_mapped:
            raise click.UsageError(f"`{text}` is an IPv4 address; write {found.ipv4_mapped}")
    return str(found)


def refuse_astray(ir: Ir, place: Whereabouts, build: Build) -> None:
    """Wrong usage at a site where targets for all sites take the address for another site's."""
    from aipol.segments import whose

    if not (place.site and place.source) or whose(ir.sites[place.site], place.source) != ():
        return
    found = [n for n, there in ir.sites.items() if whose(there, place.source) != ()]
    spanning = [r.target.id for r in build.runs if not r.site and r.target.identity == "networks"]
    if found and spanning:
        raise click.UsageError(
            f"{place.source} is bound at `{found[0]}`, and `{spanning[0]}` is one for all sites: "
            f"an address that one site binds must not be in use at another, such as `{place.site}`"
        )


def _groups(ir: Ir, address: str) -> tuple[str, ...]:
    from aipol.segments import whose

    found = whose(ir, address)
    if found is None:
        raise click.UsageError(f"{address} is a gateway's, which is no person")
    return found


def _site_of(ir: Ir, address: str) -> str:
    """The one site that knows an address; none where there are no sites."""
    from aipol.segments import whose

    if not ir.sites:
        return ""
    known = [name for name, there in ir.sites.items() if whose(there, address) != ()]
    if not known:
        raise click.UsageError(f"{address} is bound at no site; say which it is at with `--site`")
    if len(known) > 1:
        names = " and ".join(f"`{name}`" for name in known)
        raise click.UsageError(f"{address} is bound at {names}; say which it is at with `--site`")
    return known[0]
