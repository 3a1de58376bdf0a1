"""The lists between a policy and its files: what each segment of source addresses gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aipol.domains import Intent, reversed_labels
from aipol_targets.common.network.levels import Level, Levels
from aipol_targets.common.network.sources import folder_of
from aipol_targets.lists.contained import Contained
from aipol_targets.lists.facts import LIST_CHARACTERS, LIST_URIS

EDL_RULES = "edl/rules.csv"
DOMAIN_RULES = "domains/rules.csv"
SONICWALL_POLICIES = "sonicwall/policies.csv"
WATCHGUARD_POLICIES = "watchguard/policies.csv"
GATEWAYS = "segments/gateways.txt"
"""The addresses of the gateways, for devices that try policies by source address."""
PLAIN = frozenset({"domains", "edl"})
"""Outputs with one rule for every list; the others have one policy for every segment."""

Parts = tuple[tuple[str, tuple[str, ...]], ...]
"""Paths with the names that are in each."""


@dataclass(frozen=True, slots=True)
class SegmentLists:
    """Everything one segment's addresses get; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    native: Levels
    """For formats that can say `children only`."""
    flat: Levels
    """For formats that know only a host and a subtree."""
    contained: Contained
    """For the one that finds a name anywhere in a host; empty unless it is asked for."""

    def edl_file(self, level: Level) -> str:
        """One level as a URL list."""
        return f"{folder_of(self)}/edl/{level.name}.txt"

    def domains_file(self, level: Level, intent: Intent) -> str:
        """One level's plain names of one meaning."""
        return f"{folder_of(self)}/domains/{level.name}-{intent.value}.txt"

    @property
    def exceptions_file(self) -> str:
        """All levels as exceptions of a WebBlocker action."""
        return f"{folder_of(self)}/watchguard/exceptions.txt"

    @property
    def allowed(self) -> Parts:
        """The allowed URI lists of a SonicWall."""
        return tuple(_parts(f"{folder_of(self)}/sonicwall/allowed", self.contained.allowed))

    @property
    def forbidden(self) -> Parts:
        """The forbidden URI lists of a SonicWall."""
        return tuple(_parts(f"{folder_of(self)}/sonicwall/forbidden", self.contained.forbidden))


@dataclass(frozen=True, slots=True)
class Lists:
    """All outputs of one policy; the default segment is the last one."""

    outputs: tuple[str, ...]
    segments: tuple[SegmentLists, ...]
    exempt: tuple[str, ...]
    """Source networks that the default segment's lists are not for."""
    gateways: tuple[str, ...]
    """Source networks that no list is for."""


def _parts(stem: str, names: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """As many lists as the names need; the first one is called the same however many there are."""
    number, part, size = 1, list[str](), 0
    for name in sorted(names, key=reversed_labels):
        # A line end stands between two names, and none after the last.
        if part and (size + 1 + len(name) > LIST_CHARACTERS.value or len(part) == LIST_URIS.value):
            yield _path(stem, number), tuple(part)
            number, part, size = number + 1, [], 0
        size += len(name) + bool(part)
        part.append(name)
    if part:
        yield _path(stem, number), tuple(part)


def _path(stem: str, number: int) -> str:
    return f"{stem}.txt" if number == 1 else f"{stem}-{number}.txt"
