"""The shape of an inventory file, version 1: what groups and networks are at each site."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from aipol.language.strict import Model
from aipol.language.types import Cidrs, SiteName, Slug, Version, Vlan


class BoundGroup(Model):
    """Where the people of a group sit at a site."""

    networks: Cidrs
    """Source networks whose addresses belong to the group there, such as `[10.20.0.0/24]`."""
    vlan: Vlan | None = None
    """VLAN the group's devices are in there, such as `20`."""


class BoundNetworks(Model):
    """The addresses that a segment or a gateway has at a site."""

    networks: Cidrs
    """Its addresses there, such as `[10.90.0.0/24]`."""


class Site(Model):
    """One site: what the policy's names stand for there."""

    groups: dict[Slug, BoundGroup] = Field(default_factory=dict)
    """Groups of the policy that sit there, such as `{finance: {networks: [10.20.0.0/24]}}`."""
    segments: dict[Slug, BoundNetworks] = Field(default_factory=dict)
    """Segments of the policy that are there, such as `{guest-wifi: {networks: [10.90.0.0/24]}}`."""
    gateways: dict[Slug, BoundNetworks] = Field(default_factory=dict)
    """Addresses of the policy's gateways there, such as `{gateway: {networks: [10.99.0.8/32]}}`."""
    resolvers: Cidrs | None = None
    """Addresses of the organisation's own resolvers there, such as `[10.0.0.53/32]`."""
    targets: Annotated[dict[Slug, dict[str, Any]], Field(min_length=1)] | None = None
    """Which of the policy's targets that stand at sites are there, with the settings that are
    other there or only there, such as `{nftables: {inside: [lan0]}}`; all of them when absent. An
    account in a cloud is one for all sites, and not named."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            msg = "is empty, which means nothing"
            raise ValueError(msg)
        return self


class Inventory(Model):
    """The sites of an organisation: one inventory file."""

    version: Version
    """Version of the layout: `1`."""
    sites: Annotated[dict[SiteName, Site], Field(min_length=1)]
    """What each site has, by its name, such as `{berlin: {groups: {finance: {networks:
    [10.20.0.0/24]}}}}`."""
