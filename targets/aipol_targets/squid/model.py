"""The lists between a policy and squid's files: what each segment of source addresses gets."""

from __future__ import annotations

from dataclasses import dataclass

from aipol_targets.common.network.addresses import AddressLevel
from aipol_targets.common.network.levels import Levels
from aipol_targets.common.network.sources import folder_of
from aipol_targets.common.network.tenants import TenantHeader

CONF = "aipol.conf"


@dataclass(frozen=True, slots=True)
class SegmentLists:
    """Everything one segment's addresses get; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    decided: Levels
    inspect: Levels
    logged: Levels
    headers: tuple[TenantHeader, ...]
    addresses: tuple[AddressLevel, ...]
    """What is denied of hosts that are let through: addresses at which apps are, and those by
    which people get around a header."""

    def list_file(self, name: str) -> str:
        """One list of hosts or addresses."""
        return f"{folder_of(self)}/{name}.txt"


@dataclass(frozen=True, slots=True)
class Squid:
    """One policy's configuration; the default segment is the last one."""

    identifier: str
    directory: str
    """Where the files will be on the proxy that reads them."""
    log: str
    segments: tuple[SegmentLists, ...]
    exempt: tuple[str, ...]
    """Source networks that the default segment's lists are not for."""
