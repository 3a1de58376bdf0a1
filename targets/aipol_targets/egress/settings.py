"""Turns what a policy says under `targets.egress` into checked settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from aipol_targets.common.network.settings import AbsolutePath, as_tuple, distinct


class EgressSettings(BaseModel):
    """What `targets.egress` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    outputs: Annotated[
        tuple[Literal["domains", "edl", "squid"], ...],
        BeforeValidator(as_tuple),
        Field(min_length=1),
        AfterValidator(distinct),
    ] = ("domains", "edl", "squid")
    """Which formats to write, such as `[edl, squid]`."""
    squid_directory: AbsolutePath = "/etc/squid/aipol"
    """Where the files will be on the proxy, such as `/etc/squid/aipol`."""
    squid_log: AbsolutePath = "/var/log/squid/aipol.log"
    """Where the proxy writes what it is asked to record, such as `/var/log/squid/aipol.log`."""
    edl_capacity: Annotated[int, Field(ge=1)] | None = None
    """How many list entries the firewall holds in all, such as `50000`; more is an error."""
