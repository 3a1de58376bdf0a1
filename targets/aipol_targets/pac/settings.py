"""Turns what a policy says under `targets.pac` into checked settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_PROXY = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*:([1-9][0-9]{0,4})")
_PORTS = 65_535


def _proxy(text: str) -> str:
    found = _PROXY.fullmatch(text)
    if not found or int(found[1]) > _PORTS:
        raise ValueError("must be a host in lower case and a port, such as `127.0.0.1:9`")
    return text


Proxy = Annotated[str, AfterValidator(_proxy)]
"""A proxy by its host and port."""


class PacSettings(BaseModel):
    """What `targets.pac` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    black_hole: Proxy = "127.0.0.1:9"
    """Where blocked hosts are sent, such as `127.0.0.1:9`: nothing should answer there."""
    gateways: dict[str, Proxy] = Field(default_factory=dict)
    """The proxies of gateways by their ids, such as `{gateway: "proxy.acme.example:8080"}`."""

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        through = {f"gateways.{name}": proxy for name, proxy in self.gateways.items()}
        return {"black_hole": self.black_hole, **through}
