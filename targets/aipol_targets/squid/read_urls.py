"""Matches web addresses against the patterns that squid compares them with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.target import UnreadableArtifact

_SITE = r"\^https\?://([a-z0-9-]+(?:\\\.[a-z0-9-]+)+)\(:\[0-9\]\+\)\?"
_END = r"\(/\|\\\?\|\$\)"
# A host with whole segments of a path, or with a segment of dots: what else a pattern may mean is
# not known.
_PLACE = re.compile(rf"{_SITE}((?:/\+(?:[A-Za-z0-9_~-]|\\\.)+)*){_END}")
_DOTS = re.compile(rf"{_SITE}/\(\.\*/\)\?\\\.\\\.\?{_END}")
_CODED = re.compile(r"%(?!00)([0-9A-Fa-f]{2})|%%")
_HOST = re.compile(r"(https?://)([^/?:]*)")


class Urls:
    """A list of patterns for addresses, as squid compares them."""

    __slots__ = ("_patterns", "leading_up", "lines", "parted")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        for line in lines:
            if not (_PLACE.fullmatch(line) or _DOTS.fullmatch(line)):
                raise UnreadableArtifact(path, f"{line!r} is no pattern of addresses that is known")
        self.lines = tuple(lines)
        places = [found.groups() for line in lines if (found := _PLACE.fullmatch(line))]
        self.parted = frozenset(host for host, path in places if path)
        """The hosts of which a part is meant."""
        dots = (found[1] for line in lines if (found := _DOTS.fullmatch(line)))
        self.leading_up = frozenset(dots)
        """The hosts of which paths that lead up again are meant."""
        # There `$` is nothing but the end.
        self._patterns = tuple(re.compile(line.replace("$)", r"\Z)")) for line in lines)

    def hold(self, url: str) -> bool:
        """Whether a pattern is for the address."""
        compared = _as_compared(url)
        return any(pattern.match(compared) for pattern in self._patterns)

    def __iter__(self) -> Iterator[str]:
        """The addresses that the patterns are for, and of paths that lead up again one a host."""
        for line in self.lines:
            found = _PLACE.fullmatch(line)
            host, path = found.groups() if found else (_DOTS.sub(r"\1", line), "/..")
            yield f"https://{host}{path.replace('/+', '/') or '/'}".replace("\\.", ".")


def _as_compared(url: str) -> str:
    """Measured with squid 5.7: the host in lower case and without a final dot, all decoded once."""
    site = _HOST.match(url)
    if site:
        url = f"{site[1]}{site[2].lower().removesuffix('.')}{url[site.end() :]}"
    return _CODED.sub(lambda code: chr(int(code[1], 16)) if code[1] else "%", url)


def host_of(url: str) -> str:
    """The host of an address without a port."""
    return url.removeprefix("https://").partition("/")[0]
