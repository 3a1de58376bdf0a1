"""Turns the entries of a category into URL lists that can be uploaded.

Newer documents say that `*.d` takes `d` along, older ones that it does not (URL List Best
Practices). So `d` is always written by its own name: in this list, or in that of another category.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from aipol_targets.common.network.nested import Entry
from aipol_targets.netskope.model import UrlList


def url_lists(
    name: str, entries: Sequence[Entry], apart: Collection[str], most: int
) -> tuple[UrlList, ...]:
    """The lists of a category; `apart` are hosts with an entry of their own in any category."""
    urls = [url for entry in entries for url in _urls(entry, apart)]
    return tuple(
        UrlList(f"{name}_{number}" if number else name, part)
        for number, part in enumerate(_parts(urls, most))
    )


def _urls(entry: Entry, apart: Collection[str]) -> Iterator[str]:
    if not entry.wide:
        yield entry.host
        return
    if entry.host not in apart:
        yield entry.host
    yield f"*.{entry.host}"


def _parts(urls: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    """As many parts as are needed for each to take `most` octets in a request at the most."""
    part: list[str] = []
    left = 0
    for url in urls:
        octets = len(url) + _AROUND
        if octets > left and part:
            yield tuple(part)
            part = []
        if not part:
            left = most - _ENVELOPE
        part.append(url)
        left -= octets
    if part:
        yield tuple(part)


# What a request has around its URLs, and around each: quotes, a comma, an end of line, a margin.
_ENVELOPE = 512
_AROUND = 16
