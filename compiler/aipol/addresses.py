"""Web addresses that an app which is a part of a site of others is known by.

An address is a host and whole segments of a path: `https://site.example/chat` is that page and all
below it, and not `/chats`. Case counts in a path, as in RFC 3986.
"""

from __future__ import annotations

from dataclasses import dataclass

SCHEME = "https://"


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A place on a site, with all that is below it."""

    host: str
    segments: tuple[str, ...]

    @classmethod
    def of(cls, url: str) -> Address:
        """The place that a plain `https://host/path` names, with or without a final slash."""
        host, _, path = url.removeprefix(SCHEME).partition("/")
        return cls(host, tuple(segment for segment in path.split("/") if segment))

    def __str__(self) -> str:
        return f"{SCHEME}{self.host}/{'/'.join(self.segments)}"

    def covers(self, other: Address) -> bool:
        """Whether the other is this one, or below it."""
        here = other.segments[: len(self.segments)]
        return other.host == self.host and here == self.segments
