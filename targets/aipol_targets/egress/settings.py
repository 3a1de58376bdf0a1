"""Turns what a policy says under `targets.egress` into checked settings."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

OUTPUTS = ("domains", "edl", "rpz", "squid")
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
_PATH = re.compile(r"(?:/[A-Za-z0-9._-]+)+")


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("names the same thing twice")
    return tuple(sorted(values))


def _path(text: str) -> str:
    if not _PATH.fullmatch(text) or any(part in {".", ".."} for part in text.split("/")):
        raise ValueError("must be an absolute path of letters, digits, `.`, `_` and `-`")
    return text


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError("must be a network such as 10.20.0.0/24") from None


Path = Annotated[str, AfterValidator(_path)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_tuple)]


class EgressSettings(BaseModel):
    """What `targets.egress` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    outputs: Annotated[
        tuple[Literal["domains", "edl", "rpz", "squid"], ...],
        BeforeValidator(_tuple),
        Field(min_length=1),
        AfterValidator(_distinct),
    ] = ("domains", "edl", "rpz", "squid")
    """Which formats to write, such as `[edl, rpz]`."""
    squid_directory: Path = "/etc/squid/aipol"
    """Where the files will be on the proxy, such as `/etc/squid/aipol`."""
    squid_log: Path = "/var/log/squid/aipol.log"
    """Where the proxy writes what it is asked to record, such as `/var/log/squid/aipol.log`."""
    bind_directory: Path = "/etc/bind/aipol"
    """Where the files will be on a BIND server, such as `/etc/bind/aipol`."""
    bind_view_include: Path | Literal[""] = ""
    """A file of the server's own zones that every view includes, such as
    `/etc/bind/own-zones.conf`."""
    unbound_directory: Path = "/etc/unbound/aipol"
    """Where the files will be on an Unbound server, such as `/etc/unbound/aipol`."""
    resolver_clients: Networks = _PRIVATE
    """Networks an Unbound server answers besides those of groups, such as `[10.0.0.0/8]`."""
    edl_capacity: Annotated[int, Field(ge=1)] | None = None
    """How many list entries the firewall holds in all, such as `50000`; more is an error."""
