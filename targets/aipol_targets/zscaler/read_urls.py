"""Turns the URLs of all categories into which categories a host is in, as Zscaler matches them.

A leading period stands for the name itself and for up to five levels of names below it, a URL
without one for exactly that host; the right side is always open. The most specific entry of all
custom categories decides which of them a host is in (URL Format Guidelines; URL Filtering
Deployment and Operations Guide).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.domains import parents
from aipol_targets.common.network.read_json import refuse
from aipol_targets.common.network.reading import HOST_NAME

_LEVELS = 5
_MOST_URLS = 25_000 + 5 * 50_000
_LONGEST = 1_024
_URL = re.compile(rf"\.?{HOST_NAME}")


class Urls:
    """The entries of all categories."""

    __slots__ = ("_exact", "_path", "_wide")

    def __init__(self, path: str) -> None:
        self._path = path
        self._exact: dict[str, str] = {}
        self._wide: dict[str, str] = {}

    def add(self, category: str, urls: Sequence[str]) -> None:
        """The URLs of one category."""
        for url in urls:
            host = url.removeprefix(".")
            table = self._exact if host == url else self._wide
            if not _URL.fullmatch(url) or len(url) > _LONGEST or not _listable(host):
                refuse(self._path, f"{url[:80]!r} is no URL that a category takes")
            if host in table:
                refuse(self._path, f"{url!r} is in {table[host]} and in {category}")
            table[host] = category
        if len(self._exact) + len(self._wide) > _MOST_URLS:
            refuse(self._path, f"has more than {_MOST_URLS} custom URLs")

    def category(self, host: str) -> str | None:
        """The category of the most specific entry for a host."""
        return next(self._matching(host), None)

    def categories(self, host: str) -> tuple[str, ...]:
        """The categories of all entries that stand for a host."""
        return tuple(self._matching(host))

    def _matching(self, host: str) -> Iterator[str]:
        """The categories of the entries for a host, the most specific first."""
        if host in self._exact:
            yield self._exact[host]
        if host in self._wide:
            yield self._wide[host]
        for _, above in zip(range(_LEVELS), parents(host), strict=False):
            if above in self._wide:
                yield self._wide[above]

    def hosts(self) -> Iterator[str]:
        """Every name in any entry."""
        yield from self._exact
        yield from self._wide

    def edges(self) -> Iterator[str]:
        """A host that each entry stands for and no deeper one does, unless it is beyond reach."""
        yield from self._exact
        yield from self._wide
        yield from (f"*.{host}" for host in self._wide)


def _listable(host: str) -> bool:
    """Whether it is more than a top-level domain, with underscores where they may be."""
    labels = host.split(".")
    return len(labels) > 1 and "_" not in "".join(labels[-2:]) and "_" not in labels
