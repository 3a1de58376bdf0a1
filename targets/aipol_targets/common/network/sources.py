"""Turns segments into files of their source addresses, for devices that load those by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from aipol.target import Artifact

EXCEPT = "segments/default/except.txt"
"""All source addresses that the default segment is not."""


class Sourced(Protocol):
    """A segment that is somewhere; `networks` is empty for the default segment."""

    @property
    def id(self) -> str:
        """What the segment is called."""
        ...

    @property
    def networks(self) -> tuple[str, ...]:
        """Its own source networks."""
        ...


def folder_of(segment: Sourced) -> str:
    """Where the segment's files are."""
    return f"segments/{segment.id}"


def networks_file(segment: Sourced) -> str:
    """The segment's own addresses."""
    return f"{folder_of(segment)}/networks.txt"


def source_files(segments: Iterable[Sourced], exempt: tuple[str, ...]) -> Iterator[Artifact]:
    """Their source addresses, one network a line."""
    for segment in segments:
        if segment.networks:
            yield lines(networks_file(segment), segment.networks)
        elif exempt:
            yield lines(EXCEPT, exempt)


def lines(path: str, found: Iterable[str]) -> Artifact:
    """A file of lines."""
    return Artifact(path, "\n".join((*found, "")).encode())
