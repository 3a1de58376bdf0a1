"""Turns URL lists into which categories a host is in, as Netskope's documents can be read.

`d` is that host with any path, `*.d` all that is below `d`. Newer documents say that it takes `d`
along, older ones that it does not (URL List Best Practices). Of several entries the longest counts,
or all of them where Netskope has enabled that (URL Lists).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.domains import parents
from aipol_targets.common.network.read_json import refuse

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_URL = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
_LONGEST_NAME = 253


class Lists:
    """The entries of all categories."""

    __slots__ = ("_exact", "_path", "_wide")

    def __init__(self, path: str) -> None:
        self._path = path
        self._exact: dict[str, str] = {}
        self._wide: dict[str, str] = {}

    def add(self, category: str, urls: Sequence[str]) -> None:
        """The URLs of one list of a category."""
        for url in urls:
            host = url.removeprefix("*.")
            table = self._exact if host == url else self._wide
            if not _URL.fullmatch(url) or len(host) > _LONGEST_NAME:
                refuse(self._path, f"{url[:80]!r} is no entry of a URL list")
            if host in table:
                refuse(self._path, f"{url!r} is in {table[host]} and in {category}")
            table[host] = category

    def matching(self, host: str, *, root_taken: bool) -> tuple[str, ...]:
        """The categories of all entries for a host, the most specific first."""
        return tuple(self._matching(host, root_taken=root_taken))

    def _matching(self, host: str, *, root_taken: bool) -> Iterator[str]:
        if host in self._exact:
            yield self._exact[host]
        if root_taken and host in self._wide:
            yield self._wide[host]
        yield from (self._wide[name] for name in parents(host) if name in self._wide)

    def hosts(self) -> Iterator[str]:
        """Every name in any entry."""
        yield from self._exact
        yield from self._wide

    def edges(self) -> Iterator[str]:
        """A host for every way in which an entry stands for one."""
        yield from self.hosts()
        yield from (f"*.{host}" for host in self._wide)
