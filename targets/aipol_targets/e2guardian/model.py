"""The groups between a policy and e2guardian's files: what each segment of addresses gets."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.domains import Intent
from aipol_targets.common.network.levels import Level, Levels
from aipol_targets.common.network.sources import folder_of

GROUPS = "ipgroups"
MAIN = "main.conf"
PLUGIN = "ip.conf"
INTENTS = (Intent.EXACT, Intent.SUBTREE)


@dataclass(frozen=True, slots=True)
class SegmentGroup:
    """One filter group; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    levels: Levels
    """Deepest first, as the story tries them."""

    @property
    def story(self) -> str:
        """The file with what the group does."""
        return f"{folder_of(self)}/group.story"

    def list_file(self, level: Level, intent: Intent) -> str:
        """One level's names of one meaning."""
        return f"{folder_of(self)}/{level.name}-{intent.value}.txt"


@dataclass(frozen=True, slots=True)
class E2guardian:
    """All filter groups of one policy: the default segment is group 1, which all others fall to."""

    identifier: str
    directory: str
    """Where the files will be on the proxy that reads them."""
    base: str
    story: str
    groups: tuple[SegmentGroup, ...]
    exempt: tuple[str, ...]
    """Source networks of gateways, which get a group without lists."""
