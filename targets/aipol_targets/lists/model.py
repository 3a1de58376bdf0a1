"""The lists between a policy and its files: what each segment of source addresses gets."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.domains import Intent
from aipol_targets.common.network.levels import Level, Levels
from aipol_targets.common.network.sources import folder_of

EDL_RULES = "edl/rules.csv"
DOMAIN_RULES = "domains/rules.csv"


@dataclass(frozen=True, slots=True)
class SegmentLists:
    """Everything one segment's addresses get; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    native: Levels
    """For formats that can say `children only`."""
    flat: Levels
    """For formats that know only a host and a subtree."""

    def edl_file(self, level: Level) -> str:
        """One level as a URL list."""
        return f"{folder_of(self)}/edl/{level.name}.txt"

    def domains_file(self, level: Level, intent: Intent) -> str:
        """One level's plain names of one meaning."""
        return f"{folder_of(self)}/domains/{level.name}-{intent.value}.txt"


@dataclass(frozen=True, slots=True)
class Lists:
    """All outputs of one policy; the default segment is the last one."""

    outputs: tuple[str, ...]
    segments: tuple[SegmentLists, ...]
    exempt: tuple[str, ...]
    """Source networks that the default segment's lists are not for."""
