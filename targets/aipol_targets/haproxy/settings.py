"""Turns what a policy says under `targets.haproxy` into checked settings."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from aipol_targets.common.network.settings import AbsolutePath

_BIND = re.compile(r"(?:(?P<four>[0-9.]+)|\[(?P<six>[0-9a-f:]+)\]|\*)?:(?P<port>[1-9][0-9]{0,4})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,62}")
_PORTS = 65_535


def _bind(text: str) -> str:
    found = _BIND.fullmatch(text)
    address = (found["four"] or found["six"]) if found else None
    if not found or int(found["port"]) > _PORTS or (address and not _is_address(address)):
        raise ValueError("must be a port with or without an address, such as `:443`")
    return text


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("must be the name of a backend: letters, digits, `.`, `_`, `:` and `-`")
    return text


Bind = Annotated[str, AfterValidator(_bind)]
"""Where HAProxy listens."""
Backend = Annotated[str, AfterValidator(_name)]
"""The name of a backend that is in the proxy's own configuration."""


class HaProxySettings(BaseModel):
    """What `targets.haproxy` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    tls_backend: Backend
    """The backend of yours that TLS connections go on to, such as `to-internet`."""
    http_backend: Backend
    """The backend of yours that plain requests go on to, such as `to-internet-http`."""
    tls_bind: Bind = ":443"
    """Where TLS connections come in, such as `:443` or `192.0.2.1:8443`."""
    http_bind: Bind = ":80"
    """Where plain requests come in, such as `:80`."""
    directory: AbsolutePath = "/etc/haproxy/aipol"
    """Where the files will be on the proxy, such as `/etc/haproxy/aipol`."""
    nameless: Literal["pass", "reject"] = "reject"
    """What becomes of connections that name no host, such as `reject`."""

    @model_validator(mode="after")
    def _apart(self) -> HaProxySettings:
        if self.tls_bind == self.http_bind:
            raise ValueError("`tls_bind` and `http_bind` must differ")
        return self

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        names = ("tls_backend", "http_backend", "tls_bind", "http_bind", "directory", "nameless")
        return {name: getattr(self, name) for name in names}
