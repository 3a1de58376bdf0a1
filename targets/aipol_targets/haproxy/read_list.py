"""Matches names against a file of hosts, as HAProxy compares them (manual of 2.6, 7.1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import HOST_NAME

_LINES = {"str": re.compile(HOST_NAME), "end": re.compile(rf"\.{HOST_NAME}")}


class HostList:
    """A file of names: `str` is the whole name, `end` is how the text ends.

    Without a dot before it an end is that of look-alikes too, and with one no name is whole.
    """

    __slots__ = ("_below", "_names")

    def __init__(self, lines: Sequence[str], path: str, method: str) -> None:
        self._names = {line.removeprefix(".") for line in lines}
        self._below = method == "end"
        for line in lines:
            if not _LINES[method].fullmatch(line):
                raise UnreadableArtifact(path, f"{line!r} is no entry of a list for `{method}`")
        if len(self._names) != len(lines):
            raise UnreadableArtifact(path, "has an entry twice")

    def matches(self, host: str) -> bool:
        """Whether any entry is for the name."""
        if self._below:
            return any(parent in self._names for parent in parents(host))
        return host in self._names

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        yield from self._names
