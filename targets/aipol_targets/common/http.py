"""Sends one request over HTTP and gives what was answered; for vendors' sides without an SDK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aipol.remote import Unusable
from aipol.secret import is_this_machine

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 64 * 1024 * 1024
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0
TIMEOUT, BUSY = 408, 429
_BROKEN = 500


@dataclass(frozen=True, slots=True)
class Request:
    """One request; the URL is whole."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said; `retry_after` are the seconds that it wants to be left alone."""

    status: int
    text: str
    retry_after: float | None = None

    @property
    def undecided(self) -> bool:
        """Whether it leaves open if anything was done."""
        return self.status >= _BROKEN or self.status == TIMEOUT


class NoAnswer(Exception):
    """None came, or none that can be read; `sent` says whether the server may have acted."""

    def __init__(self, why: str, *, sent: bool = True) -> None:
        super().__init__(why)
        self.sent = sent


def client(extra: str, url: str, connections: int | None = None) -> httpx.Client:
    """Follows no redirects, which would take the token elsewhere. Raises Unusable.

    `connections` are the most at once.
    """
    try:
        import httpx
    except ImportError:
        raise Unusable(f"this needs httpx: in a clone of aipol, pip install '.[{extra}]'") from None
    return httpx.Client(
        follow_redirects=False,
        timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=connections),
        # A proxy would get what goes to a stand-in in the clear.
        trust_env=not is_loopback(url),
    )


def send(through: httpx.Client, request: Request) -> Answer:
    """One request, once. Raises NoAnswer, which says nothing of what was sent."""
    import httpx

    try:
        with through.stream(
            request.method,
            request.url,
            headers=request.headers,
            content=request.content or None,
        ) as response:
            return _received(response)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as fault:
        raise NoAnswer(f"cannot be reached ({type(fault).__name__})", sent=False) from None
    except (httpx.HTTPError, httpx.StreamError) as fault:
        raise NoAnswer(f"gives no answer ({type(fault).__name__})") from None


def _received(response: httpx.Response) -> Answer:
    # Not the charset that the answer says: what is read is XML and JSON, in UTF-8.
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise NoAnswer(f"answers with more than {MOST_BYTES} bytes")
    waits = _seconds(response.headers.get("Retry-After"))
    return Answer(response.status_code, content.decode("utf-8", errors="replace"), waits)


def _seconds(said: str | None) -> float | None:
    text = (said or "").strip()
    return float(text) if text.isascii() and text.isdecimal() else None


def growing(first: float, longest: float) -> Iterator[float]:
    """Pauses without end, each twice as long as the one before."""
    pause = first
    while True:
        yield pause
        pause = min(pause * 2, longest)


def is_loopback(url: str) -> bool:
    """Whether an address is one of this machine alone, and nothing but one."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        bare = parts.path in ("", "/") and not (parts.query or parts.fragment)
    except ValueError:
        return False
    bare = bare and "@" not in parts.netloc and parts.scheme in ("http", "https")
    return bare and is_this_machine(host)
