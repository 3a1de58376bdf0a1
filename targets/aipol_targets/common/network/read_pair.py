"""Turns a list that blocks and one that allows into decisions: what is allowed always wins.

A name on a list stands for itself and all below it, compared label by label: Cisco, "Wildcards and
Destination Lists" and "Add a DNS Destination List"; for Meraki see the target's README.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import HOST_NAME, NOTHING, Found, Network

_HOST = re.compile(HOST_NAME)
_LONGEST = 253


class NameList:
    """Names, each with the file that has it."""

    __slots__ = ("_files",)

    def __init__(self) -> None:
        self._files: dict[str, str] = {}

    def add(self, name: Any, path: str) -> None:
        """One name more. Raises UnreadableArtifact."""
        # A path, a scheme, an address or an asterisk would be another kind of entry.
        if not isinstance(name, str) or len(name) > _LONGEST or not _HOST.fullmatch(name):
            raise UnreadableArtifact(path, f"{name!r} is not a host name")
        if name.replace(".", "").isdigit():
            raise UnreadableArtifact(path, f"{name!r} is an address")
        if name in self._files:
            raise UnreadableArtifact(path, f"{name!r} is listed twice")
        self._files[name] = path

    def file_for(self, host: str) -> str:
        """The file with the nearest name at or above a host, empty when there is none."""
        return next((self._files[n] for n in (host, *parents(host)) if n in self._files), "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)


@dataclass(frozen=True, slots=True)
class NamePair:
    """What is allowed, and what is blocked."""

    allowed: NameList
    blocked: NameList

    def __post_init__(self) -> None:
        """Raises UnreadableArtifact: an exception from nothing opens what other filters close."""
        for name in self.allowed:
            if not self.blocked.file_for(name):
                path = self.allowed.file_for(name)
                raise UnreadableArtifact(path, f"{name!r} is an exception from no block of these")

    def decide(self, host: str) -> Found:
        """What is done about a host."""
        if path := self.allowed.file_for(host):
            return Found(Effect.ALLOW, path)
        if path := self.blocked.file_for(host):
            return Found(Effect.BLOCK, path)
        return NOTHING

    def hosts(self) -> Iterator[str]:
        """Every name on either list."""
        yield from self.allowed
        yield from self.blocked


def networks_of(value: Any, path: str) -> tuple[Network, ...]:
    """A list of IPv4 networks that has some. Raises UnreadableArtifact."""
    if not isinstance(value, list) or not value:
        raise UnreadableArtifact(path, f"{value!r} does not list networks")
    return tuple(_network(each, path) for each in value)


def _network(value: Any, path: str) -> Network:
    if not isinstance(value, str):
        raise UnreadableArtifact(path, f"{value!r} is not a network")
    if ":" in value:
        raise UnreadableArtifact(path, f"{value} is of IPv6, which is not documented to be taken")
    return Network.parse(value, path)
