"""The lists between a policy and the files of HAProxy: what each segment's addresses get."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.domains import Intent
from aipol_targets.common.network.levels import Level, Levels
from aipol_targets.haproxy.settings import HaProxySettings

CONF = "aipol.cfg"
EXCEPT = "segments/default/except.lst"


@dataclass(frozen=True, slots=True)
class SegmentLists:
    """Everything one segment's addresses get; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    levels: Levels

    @property
    def networks_file(self) -> str:
        """The segment's own addresses."""
        return f"segments/{self.id}/networks.lst"

    def lists(self, level: Level) -> tuple[HostList, ...]:
        """The files of one level: names that are meant themselves, and what is below names."""
        found = (
            HostList(self._file(level, "names"), "str", _hosts(level, Intent.CHILDREN, "")),
            HostList(self._file(level, "below"), "end", _hosts(level, Intent.EXACT, ".")),
        )
        return tuple(each for each in found if each.lines)

    def _file(self, level: Level, kind: str) -> str:
        return f"segments/{self.id}/{level.name}-{kind}.lst"


@dataclass(frozen=True, slots=True)
class HostList:
    """One file of hosts with the way in which HAProxy is to compare them."""

    path: str
    method: str
    lines: tuple[str, ...]


def _hosts(level: Level, without: Intent, mark: str) -> tuple[str, ...]:
    return tuple(f"{mark}{each.host}" for each in level.entries if each.intent is not without)


@dataclass(frozen=True, slots=True)
class HaProxy:
    """All of one policy; the default segment is the last one."""

    identifier: str
    settings: HaProxySettings
    segments: tuple[SegmentLists, ...]
    exempt: tuple[str, ...]
    """Source networks that the default segment's lists are not for."""
