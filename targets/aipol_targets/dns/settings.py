"""Turns what a policy says under `targets.dns` into checked settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from aipol_targets.common.network.settings import (
    AbsolutePath,
    Networks,
    as_tuple,
    distinct,
    in_words,
)

# Private, shared, loopback and link-local addresses: RFC 1918, 6598, 1122, 3927, 4193, 4291.
_PRIVATE = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)

Output = Literal[
    "adguard",
    "bind",
    "dnsmasq",
    "hosts",
    "knot",
    "pihole",
    "powerdns",
    "unbound",
    "unbound-local",
]


class DnsSettings(BaseModel):
    """What `targets.dns` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    outputs: Annotated[
        tuple[Output, ...],
        BeforeValidator(as_tuple),
        Field(min_length=1),
        AfterValidator(distinct),
    ]
    """Which resolvers to write for, such as `[unbound]`."""
    bind_directory: AbsolutePath = "/etc/bind/aipol"
    """Where the files will be on a BIND server, such as `/etc/bind/aipol`."""
    bind_view_include: AbsolutePath | Literal[""] = ""
    """A file of the server's own zones that every view includes, such as
    `/etc/bind/own-zones.conf`."""
    unbound_directory: AbsolutePath = "/etc/unbound/aipol"
    """Where the files will be on an Unbound server, such as `/etc/unbound/aipol`."""
    knot_directory: AbsolutePath = "/etc/knot-resolver/aipol"
    """Where the files will be on a Knot Resolver, such as `/etc/knot-resolver/aipol`."""
    powerdns_directory: AbsolutePath = "/etc/powerdns/aipol"
    """Where the files will be on a PowerDNS Recursor, such as `/etc/powerdns/aipol`."""
    resolver_clients: Networks = _PRIVATE
    """Networks an Unbound server answers besides those of groups, such as `[10.0.0.0/8]`."""

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        return {"outputs": in_words(self.outputs)}
