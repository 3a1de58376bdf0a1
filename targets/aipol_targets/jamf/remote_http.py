"""One session with a Jamf Pro server: its token, its cookies, and what to make of its answers.

Writes go out once. What the server says with 401 and 429 it has not done: those are asked again.
Anything else that leaves a write's outcome open is InDoubt. Reads are repeated.
"""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from aipol.remote import Clock, InDoubt, Refused, Unusable
from aipol.secret import Secret
from aipol_targets.common.http import (
    BUSY,
    Answer,
    NoAnswer,
    Request,
    client,
    growing,
    is_loopback,
    send,
)

if TYPE_CHECKING:
    import httpx

# At most so many connections: developer.jamf.com's scalability guide, read 2026-11-23.
CONCURRENT_READS = 5
PAUSES = (1.0, 2.0, 4.0, 8.0)  # before a read is asked again
MOST_WAITING = 300.0  # in total, for one request that the server has no time for
LONGEST_PAUSE = 60.0  # whatever the server asks for, before a read is asked again

_TOKENS = ("/api/v1/oauth/token", "/api/oauth/token")  # the second: servers before the first
_SPARE = 0.25  # of a token's life, and at most 30 s: it must last until the answer
_LONGEST = 300
_UNAUTHORISED, _FORBIDDEN, _MISSING = 401, 403, 404
_REDIRECTED, _FAILED = 300, 400
_SENTENCE = re.compile(r"<p>\s*Error:\s*(.*?)</p>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Credentials:
    """An API client of Jamf Pro."""

    identifier: Secret
    secret: Secret


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `privilege` is what it takes, `about` what it does, for messages."""

    method: str
    path: str
    privilege: str
    about: str
    content: bytes = b""


@dataclass(slots=True)
class _Token:
    value: str
    until: float


@dataclass(slots=True)
class Session:
    """Asks one server as one API client; reads may be asked by several threads at once.

    The client keeps cookies: a cluster of Jamf Cloud answers with what was written a moment ago
    only where the cookie `jpro-ingress` comes back (developer.jamf.com).
    """

    url: str
    credentials: Credentials = field(repr=False)
    client: httpx.Client = field(repr=False)
    clock: Clock
    _token: _Token | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def read(self, ask: Ask) -> Answer | None:
        """An answer, None where there is no such object. Raises Refused and InDoubt."""
        why = ""
        for pause in (*PAUSES, None):
            wait = pause
            try:
                answer = self._authorised(ask)
            except NoAnswer as lost:
                why = str(lost)
            else:
                if answer.status == _MISSING:
                    return None
                if not answer.undecided:
                    return self._accepted(ask, answer)
                why = self._told(answer)
                wait = pause and max(pause, min(answer.retry_after or 0.0, LONGEST_PAUSE))
            if wait is not None:
                self.clock.sleep(wait)
        raise InDoubt(f"{ask.about}: {self.url} {why}, {len(PAUSES) + 1} times")

    def write(self, ask: Ask) -> Answer | None:
        """An answer to what was done, None where there is no such object.

        Raises Refused where nothing was done, InDoubt where it may be.
        """
        try:
            answer = self._authorised(ask)
        except NoAnswer as lost:
            if lost.sent:
                raise InDoubt(f"{ask.about}: {self.url} {lost}") from None
            raise Refused(f"{ask.about}: {self.url} {lost}") from None
        if answer.undecided:
            raise InDoubt(f"{ask.about}: {self.url} {self._told(answer)}")
        return None if answer.status == _MISSING else self._accepted(ask, answer)

    def _accepted(self, ask: Ask, answer: Answer) -> Answer:
        if answer.status < _REDIRECTED:
            return answer
        said = self._told(answer)
        if answer.status == _FORBIDDEN:
            said += f"; the API client's role needs the privilege `{ask.privilege}`"
        elif answer.status < _FAILED:
            said += ", which is elsewhere: redirects are not followed; correct `targets.jamf.url`"
        raise Refused(f"{ask.about}: {self.url} {said}")

    def _told(self, answer: Answer) -> str:
        told = f"answers {answer.status}"
        # Cut afterwards: a part of a secret is one that nobody finds.
        words = self._without_secrets(_says(answer))[:_LONGEST]
        return f"{told}: {words}" if words else told

    def _without_secrets(self, text: str) -> str:
        held = [self.credentials.secret.reveal(), self._token.value if self._token else ""]
        for each in filter(None, held):
            text = text.replace(each, "***")
        return text

    def _authorised(self, ask: Ask) -> Answer:
        """The answer, after what waiting and what new token it takes; neither has done anything."""
        waited, renewed = 0.0, False
        for pause in growing(1.0, 30.0):
            token = self._valid()
            answer = self._send(ask, {"Authorization": f"Bearer {token.value}"})
            if answer.status == _UNAUTHORISED and not renewed:
                self._forget(token)
                renewed = True
                continue
            wait = pause if answer.retry_after is None else answer.retry_after
            if answer.status != BUSY or waited + wait > MOST_WAITING:
                return answer
            self.clock.sleep(wait)
            waited += wait
        raise AssertionError("pauses do not end")

    def _send(self, ask: Ask, headers: Mapping[str, str]) -> Answer:
        sent = {"Accept": "application/xml", **headers}
        if ask.content and "Content-Type" not in sent:
            sent["Content-Type"] = "application/xml"
        return send(self.client, Request(ask.method, self.url + ask.path, sent, ask.content))

    # --- the token -------------------------------------------------------------------------------

    def _valid(self) -> _Token:
        with self._lock:
            if self._token is None or self.clock.now() >= self._token.until:
                self._token = self._renewed()
            return self._token

    def _forget(self, token: _Token) -> None:
        with self._lock:
            if self._token is token:
                self._token = None

    def _renewed(self) -> _Token:
        for path in _TOKENS:
            asked = self.clock.now()
            answer = self._asked_for_token(path)
            if answer.status != _MISSING:
                return self._token_in(answer, asked)
        raise Refused(
            f"no token: {self.url} knows no API clients; is `targets.jamf.url` a Jamf Pro server?"
        )

    def _asked_for_token(self, path: str) -> Answer:
        from urllib.parse import urlencode

        form = {
            "client_id": self.credentials.identifier.reveal(),
            "client_secret": self.credentials.secret.reveal(),
            "grant_type": "client_credentials",
        }
        ask = Ask("POST", path, "", "a token", urlencode(form).encode())
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        why = ""
        for pause in (*PAUSES, None):
            wait = pause
            try:
                answer = self._send(ask, headers)
            except NoAnswer as lost:
                why = str(lost)
            else:
                if answer.status != BUSY and not answer.undecided:
                    return answer
                why = f"answers {answer.status}"
                wait = pause and max(pause, min(answer.retry_after or 0.0, LONGEST_PAUSE))
            if wait is not None:
                self.clock.sleep(wait)
        # Whatever the token was for was not asked.
        raise Refused(f"no token: {self.url} {why}")

    def _token_in(self, answer: Answer, asked: float) -> _Token:
        if answer.status in (_FAILED, _UNAUTHORISED, _FORBIDDEN):
            raise Refused(
                f"{self.url} does not take JAMF_CLIENT_ID with JAMF_CLIENT_SECRET "
                f"({answer.status}): are both of one API client, and is it enabled?"
            )
        if answer.status >= _REDIRECTED:
            raise Refused(
                f"no token: {self.url} answers {answer.status}; is `targets.jamf.url` right?"
            )
        try:
            said = json.loads(answer.text)
            value, life = said["access_token"], float(said.get("expires_in", 60))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused(f"no token: {self.url} answers with none") from None
        if not (isinstance(value, str) and value and value.isascii() and value.isprintable()):
            raise Refused(f"no token: {self.url} answers with none")
        return _Token(value, asked + life - min(life * _SPARE, 30.0))


def _says(answer: Answer) -> str:
    """The sentence in an error, in one line; Jamf Pro sends errors as HTML."""
    found = _SENTENCE.search(answer.text)
    plain = html.unescape(_TAG.sub(" ", found[1] if found else ""))
    return " ".join("".join(each if each.isprintable() else " " for each in plain).split())


def address(configured: str, variable: str) -> str:
    """The server that is asked: the policy's, or a stand-in on loopback. Raises Unusable."""
    if variable:
        if not is_loopback(variable):
            raise Unusable(
                "JAMF_URL is for stand-ins on this machine, such as http://127.0.0.1:8080; "
                "set `targets.jamf.url` to the server's address"
            )
        return variable.rstrip("/")
    if not configured:
        raise Unusable(
            "the policy names no server: set `targets.jamf.url`, "
            "such as https://acme.jamfcloud.example"
        )
    if not configured.startswith("https://"):
        raise Unusable("`targets.jamf.url` has to begin with https://: secrets go there")
    return configured.rstrip("/")


def open_session(url: str, credentials: Credentials, clock: Clock | None) -> Session:
    """A session that has asked nothing yet. Raises Unusable."""
    through = client("jamf", url, CONCURRENT_READS)
    return Session(url, credentials, through, clock or Clock(time.time, time.sleep))
