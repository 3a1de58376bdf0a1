"""The token with which a Jamf Pro server is asked: got with an API client, renewed in time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from urllib.parse import urlencode

from aipol.remote import Clock, InDoubt, Refused
from aipol.secret import Secret
from aipol_targets.common.asking import Asking, Patience
from aipol_targets.common.http import Answer, Request

_PATHS = ("/api/v1/oauth/token", "/api/oauth/token")  # the second: servers before the first
_SPARE = 0.25  # of a token's life, and at most 30 s: it must last until the answer
_UNAUTHORISED, _FORBIDDEN = 401, 403
_REDIRECTED, _FAILED = 300, 400
_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
}

Send = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Credentials:
    """An API client of Jamf Pro."""

    identifier: Secret
    secret: Secret


@dataclass(frozen=True, slots=True)
class Token:
    """One token, and until when it is used."""

    value: str = field(repr=False)
    until: float


@dataclass(slots=True)
class Tokens:
    """One API client's; several threads may ask for them at once."""

    credentials: Credentials = field(repr=False)
    clock: Clock
    patience: Patience
    _token: Token | None = None
    _lock: Lock = field(default_factory=Lock, repr=False)

    def valid(self, url: str, send: Send) -> Token:
        """One that holds for a while yet. Raises Refused."""
        with self._lock:
            if self._token is None or self.clock.now() >= self._token.until:
                self._token = self._renewed(url, send)
            return self._token

    def forget(self, token: Token) -> None:
        """It was not taken: the next one is another, unless somebody got it meanwhile."""
        with self._lock:
            if self._token is token:
                self._token = None

    def hidden(self, text: str) -> str:
        """A text without what is secret."""
        held = [self.credentials.secret.reveal(), self._token.value if self._token else ""]
        for each in filter(None, held):
            text = text.replace(each, "***")
        return text

    def _renewed(self, url: str, send: Send) -> Token:
        asking = Asking(url, self.clock, self.patience, lambda answer: f"answers {answer.status}")
        for path in _PATHS:
            request = Request("POST", url + path, _HEADERS, self._form())
            asked = self.clock.now()
            try:
                answer = asking.read("no token", partial(send, request))
            except InDoubt as why:
                # Whatever the token was for was not asked.
                raise Refused(str(why)) from None
            if answer is not None:
                return _token_in(answer, url, asked)
        raise Refused(
            f"no token: {url} knows no API clients; is `targets.jamf.url` a Jamf Pro server?"
        )

    def _form(self) -> bytes:
        form = {
            "client_id": self.credentials.identifier.reveal(),
            "client_secret": self.credentials.secret.reveal(),
            "grant_type": "client_credentials",
        }
        return urlencode(form).encode()


def _token_in(answer: Answer, url: str, asked: float) -> Token:
    if answer.status in (_FAILED, _UNAUTHORISED, _FORBIDDEN):
        raise Refused(
            f"{url} does not take JAMF_CLIENT_ID with JAMF_CLIENT_SECRET "
            f"({answer.status}): are both of one API client, and is it enabled?"
        )
    if answer.status >= _REDIRECTED:
        hint = "; is `targets.jamf.url` right?" if answer.status < _FAILED else ""
        raise Refused(f"no token: {url} answers {answer.status}{hint}")
    try:
        said = json.loads(answer.text)
        value, life = said["access_token"], float(said.get("expires_in", 60))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused(f"no token: {url} answers with none") from None
    if not (isinstance(value, str) and value and value.isascii() and value.isprintable()):
        raise Refused(f"no token: {url} answers with none")
    return Token(value, asked + life - min(life * _SPARE, 30.0))
