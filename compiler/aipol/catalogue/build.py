"""Turns one raw entry of the catalogue into its object."""

from __future__ import annotations

from typing import Any

from aipol.catalogue.model import (
    App,
    CommonHost,
    CommonKind,
    Domain,
    Extension,
    Fact,
    Feature,
    FirewallName,
    HostMatch,
    Identifier,
    IdentifierKind,
    Match,
    OAuthClient,
    ProtectedHost,
    ProtectedProgram,
    Purpose,
    Role,
    SharedPlatform,
    Store,
    Team,
    TenantRestriction,
    Tier,
    Url,
    Vendor,
)
from aipol.vocabulary import Surface

Raw = dict[str, Any]

# A Team id, an upgrade code or a path tells apart or finds a program; it is not a way to reach it.
_NO_SURFACE = frozenset(
    {
        "install_path",
        "publisher",
        "requirement",
        "signing_id",
        "store_id",
        "team_id",
        "upgrade_code",
    }
)


def app(app_id: str, raw: Raw) -> App:
    """One app; `raw` passed the lint, so what is missing is meant to be."""
    restriction = raw.get("tenant_restriction")
    return App(
        id=app_id,
        name=raw["name"],
        vendor=raw["vendor"],
        category=raw["category"],
        kind=raw["kind"],
        source=raw["source"],
        homepage=raw.get("homepage"),
        notes=raw.get("notes"),
        edition_of=raw.get("edition_of"),
        domains=tuple(_domain(row) for row in raw.get("domains", ())),
        urls=tuple(_url(row) for row in raw.get("urls", ())),
        macos=tuple(_identifier(row, Surface.DESKTOP) for row in raw.get("macos", ())),
        windows=tuple(_identifier(row, Surface.DESKTOP) for row in raw.get("windows", ())),
        cli=tuple(_identifier(row, Surface.CLI) for row in raw.get("cli", ())),
        extensions=tuple(_extension(row) for row in raw.get("extensions", ())),
        oauth=tuple(OAuthClient(**_tiered(row)) for row in raw.get("oauth", ())),
        firewall=tuple(FirewallName(**_tiered(row)) for row in raw.get("firewall", ())),
        facts=tuple(Fact(**_tiered(row)) for row in raw.get("facts", ())),
        features=tuple(Feature(name) for name in raw.get("features", ())),
        tenant_restriction=None if restriction is None else _restriction(restriction),
    )


def vendor(slug: str, raw: Raw) -> Vendor:
    """One vendor."""
    return Vendor(slug, raw["name"], raw.get("country"))


def protected(owner: str, raw: Raw) -> ProtectedHost:
    """One protected host."""
    return ProtectedHost(
        raw["host"],
        Match(raw["match"]),
        Purpose(raw["purpose"]),
        owner,
        raw["source"],
        Tier(raw["tier"]),
        raw.get("seen", ""),
    )


def protected_program(owner: str, raw: Raw) -> ProtectedProgram:
    """One program that nothing may stop."""
    return ProtectedProgram(
        IdentifierKind(raw["kind"]),
        raw["value"],
        raw["breaks"],
        owner,
        raw["source"],
        Tier(raw["tier"]),
        raw.get("seen", ""),
    )


def shared_platform(raw: Raw) -> SharedPlatform:
    """One suffix that unrelated services share."""
    return SharedPlatform(raw["suffix"], raw["source"], raw.get("serves", ""), raw.get("seen", ""))


def common_host(raw: Raw) -> CommonHost:
    """One host that many apps need."""
    return CommonHost(
        raw["host"],
        Match(raw["match"]),
        CommonKind(raw["kind"]),
        raw["serves"],
        raw["source"],
        Tier(raw["tier"]),
        raw.get("seen", ""),
    )


def team(team_id: str, raw: Raw) -> Team:
    """One signing team of more than AI apps."""
    return Team(
        team_id,
        raw["vendor"],
        tuple(raw["signs"]),
        raw["source"],
        Tier(raw["tier"]),
        raw.get("seen", ""),
    )


def _tiered(row: Raw) -> Raw:
    return {**row, "tier": Tier(row["tier"])}


def _domain(row: Raw) -> Domain:
    fields: Raw = {**_tiered(row), "role": Role(row["role"]), "match": Match(row["match"])}
    return Domain(**fields)


def _url(row: Raw) -> Url:
    fields: Raw = {**_tiered(row), "role": Role(row["role"])}
    return Url(**fields)


def _identifier(row: Raw, usual: Surface) -> Identifier:
    kind = IdentifierKind(row["kind"])
    surface: Surface | None = usual
    if "surface" in row:
        surface = Surface(row["surface"])
    elif kind in _NO_SURFACE:
        surface = None
    elif kind is IdentifierKind.COMMAND:
        surface = Surface.CLI
    fields: Raw = {**_tiered(row), "kind": kind, "surface": surface}
    fields["shared_with"] = tuple(row.get("shared_with", ()))
    return Identifier(**fields)


def _extension(row: Raw) -> Extension:
    fields: Raw = {**_tiered(row), "store": Store(row["store"])}
    return Extension(**fields)


def _restriction(raw: Raw) -> TenantRestriction:
    hosts = tuple(HostMatch(row["host"], Match(row["match"])) for row in raw["hosts"])
    fields: Raw = {**_tiered(raw), "hosts": hosts, "also_block": tuple(raw.get("also_block", ()))}
    return TenantRestriction(**fields)
