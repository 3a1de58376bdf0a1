"""Matches web addresses against the patterns that squid compares them with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.target import UnreadableArtifact

_PORT = "(:[0-9]+)?"
# A host and the beginning of a path, all of it plain: what else a pattern may mean is not known.
_PATTERN = re.compile(
    rf"\^https://[a-z0-9-]+(?:\\\.[a-z0-9-]+)+{re.escape(_PORT)}/(?:[A-Za-z0-9_~/-]|\\\.)*"
)


class Urls:
    """A list of patterns, each for all that begins with an address."""

    __slots__ = ("_beginnings",)

    def __init__(self, lines: Sequence[str], path: str) -> None:
        for line in lines:
            if not _PATTERN.fullmatch(line):
                raise UnreadableArtifact(path, f"{line!r} is no pattern of addresses that is known")
        self._beginnings = tuple(
            line.removeprefix("^").replace(_PORT, "").replace("\\.", ".") for line in lines
        )

    def hold(self, url: str) -> bool:
        """Whether a pattern is for the address."""
        return url.startswith(self._beginnings)

    def __iter__(self) -> Iterator[str]:
        return iter(self._beginnings)


def host_of(url: str) -> str:
    """The host of an address without a port."""
    return url.removeprefix("https://").partition("/")[0]
