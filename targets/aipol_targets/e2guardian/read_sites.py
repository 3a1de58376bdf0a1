"""Matches requested hosts against site lists as e2guardian 5.3 does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import HOST_NAME

# A name without a dot is looked up with one before it, so nothing else would ever match.
_SITE = re.compile(rf"(?=[^.]+\.){HOST_NAME}|\.[a-z0-9_-]{{2,63}}")


_LONGEST = 2048
"""Characters of a line: a longer one is left out."""


class SiteList:
    """A site list: `d` is the host and all below it, or the host alone with `sitewild=false`."""

    __slots__ = ("_lines", "_wild")

    def __init__(self, lines: Sequence[str], path: str, *, wild: bool) -> None:
        self._wild = wild
        self._lines: dict[str, int] = {}
        for number, line in enumerate(lines, start=1):
            if len(line) > _LONGEST or not _SITE.fullmatch(line) or line in self._lines:
                raise UnreadableArtifact(path, f"{line!r} is no site, or is listed twice")
            self._lines[line] = number

    def line_for(self, host: str) -> int:
        """The line that matches, 0 when none does."""
        for name in (host, *parents(host)) if self._wild else (host,):
            if line := self._lines.get(name if "." in name else f".{name}"):
                return line
        return 0

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        return (line.removeprefix(".") for line in self._lines)
