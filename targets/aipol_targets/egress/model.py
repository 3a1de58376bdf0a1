"""The lists between a policy and its files: what each segment of source addresses gets."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.domains import Intent
from aipol_targets.common.network.levels import Level, Levels
from aipol_targets.common.network.tenants import TenantHeader

DEFAULT_FOLDER = "segments/default"
SQUID_CONF = "squid/aipol.conf"
EDL_RULES = "edl/rules.csv"
DOMAIN_RULES = "domains/rules.csv"
EXCEPT = f"{DEFAULT_FOLDER}/except.txt"


@dataclass(frozen=True, slots=True)
class SegmentLists:
    """Everything one segment's addresses get; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    native: Levels
    """For formats that can say `children only`."""
    flat: Levels
    """For formats that know only a host and a subtree."""
    squid: Levels
    inspect: Levels
    logged: Levels
    headers: tuple[TenantHeader, ...]

    @property
    def folder(self) -> str:
        """Where the segment's files are."""
        return f"segments/{self.id}"

    @property
    def networks_file(self) -> str:
        """The segment's own addresses."""
        return f"{self.folder}/networks.txt"

    def edl_file(self, level: Level) -> str:
        """One level as a URL list."""
        return f"{self.folder}/edl/{level.name}.txt"

    def domains_file(self, level: Level, intent: Intent) -> str:
        """One level's plain names of one meaning."""
        return f"{self.folder}/domains/{level.name}-{intent.value}.txt"

    def squid_file(self, list_name: str) -> str:
        """One list for squid."""
        return f"{self.folder}/squid/{list_name}.txt"


@dataclass(frozen=True, slots=True)
class Egress:
    """All outputs of one policy; the default segment is the last one."""

    identifier: str
    outputs: tuple[str, ...]
    squid_directory: str
    """Where the files will be on the proxy that reads them."""
    squid_log: str
    segments: tuple[SegmentLists, ...]
    exempt: tuple[str, ...]
    """Source networks that the default segment's lists are not for."""
