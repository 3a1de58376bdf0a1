"""The files between a policy and browsers: what each segment's addresses are handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HANDOUT = "handout.csv"
BLOCK, DIRECT = "block", "direct"


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """One segment's file; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    ways: Mapping[str, str]
    """What to answer, by a name of ours."""
    rules: Mapping[str, str]
    """The name of the answer for a host, `=host`, and for what is below one, `.host`."""

    @property
    def path(self) -> str:
        """Where it is."""
        return f"segments/{self.id}.pac"


@dataclass(frozen=True, slots=True)
class Pac:
    """All of one policy; the default segment is the last one."""

    identifier: str
    files: tuple[SegmentFile, ...]
    gateways: tuple[str, ...]
    """Source networks that are handed no file."""
