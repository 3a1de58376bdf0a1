"""What Graph answered, and the sentence that says it to a person without a secret in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from aipol.secret import Secret

_LONGEST = 600
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_CLAIMS = re.compile(r'claims="(?P<claims>[^"]+)"')

THROTTLED = 429
# Nothing is known of what a server did that answers these.
UNAVAILING = frozenset({408, 500, 502, 503, 504, 509})


class NoAnswer(Exception):
    """The connection gave none; `sent` is false where the request never reached the server."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, or one item of a batch's; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = field(default=b"", repr=False)

    @property
    def done(self) -> bool:
        """Whether it says that it did what it was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own numbers

    def json(self) -> Any:
        """The body as a value. Raises ValueError."""
        return json.loads(self.body)

    def without(self, token: Secret) -> Answer:
        """The same, should it repeat the token that it was asked with."""
        if not token:
            return self
        value = token.reveal()
        headers = {name: text.replace(value, "***") for name, text in self.headers.items()}
        return replace(self, headers=headers, body=self.body.replace(value.encode(), b"***"))

    @property
    def claims(self) -> str:
        """What a new token must prove, where a refused one did not."""
        found = _CLAIMS.search(self.headers.get("www-authenticate", ""))
        return found["claims"] if found else ""

    def wait(self, now: float) -> float | None:
        """The seconds to wait that it asks for: a number, or the date when they are over."""
        given = self.headers.get("retry-after", "").strip()
        if given.isdecimal():
            return float(given)
        try:
            when = parsedate_to_datetime(given)
        except ValueError:
            return None
        return max(0.0, when.replace(tzinfo=when.tzinfo or UTC).timestamp() - now)

    @property
    def says(self) -> str:
        """Graph's own words, with the id that Microsoft's support asks for.

        The form of an error is that of microsoftgraph/microsoft-graph-docs-contrib errors.md.
        """
        try:
            error = self.json()["error"]
            inner = error.get("innerError") or {}
            words = f"{self.status} {error.get('code')}: {_innermost(error.get('message'))}"
            request = inner.get("request-id")
        except (ValueError, KeyError, TypeError, AttributeError):
            words, request = f"{self.status}", self.headers.get("request-id")
        words = one_line(words)
        return f"{words} (request-id {one_line(str(request))})" if request else words


def _innermost(message: object) -> str:
    """Intune puts a document into the message: microsoftgraph/powershell-intune-samples#89."""
    try:
        return str(json.loads(str(message))["Message"])
    except (ValueError, KeyError, TypeError):
        return str(message)


def one_line(text: str) -> str:
    """Words of somebody else's, fit for a terminal."""
    plain = _UNPRINTABLE.sub(" ", text).strip()
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
