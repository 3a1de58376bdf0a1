"""One session with a Jamf Pro server: its token, its cookies, and what to make of its answers."""

from __future__ import annotations

import html
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aipol.remote import Clock, Refused, Unusable
from aipol_targets.common.asking import Asking, Patience
from aipol_targets.common.http import Answer, Request, client, is_loopback, send
from aipol_targets.jamf.remote_token import Credentials, Tokens

if TYPE_CHECKING:
    import httpx

# At most so many connections: developer.jamf.com's scalability guide, read 2026-11-23.
CONCURRENT_READS = 5
PATIENCE = Patience(first=1.0, longest=30.0, most=300.0)

_LONGEST = 300
_UNAUTHORISED, _FORBIDDEN = 401, 403
_REDIRECTED, _FAILED = 300, 400
_SENTENCE = re.compile(r"<p>\s*Error:\s*(.*?)</p>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `privilege` is what it takes, `about` what it does, for messages."""

    method: str
    path: str
    privilege: str
    about: str
    content: bytes = b""
    form: str = "application/xml"


@dataclass(slots=True)
class Session:
    """Asks one server as one API client; reads may be asked by several threads at once.

    The client keeps cookies: a cluster of Jamf Cloud answers with what was written a moment ago
    only where the cookie `jpro-ingress` comes back (developer.jamf.com).
    """

    url: str
    tokens: Tokens = field(repr=False)
    client: httpx.Client = field(repr=False)
    clock: Clock

    def read(self, ask: Ask) -> Answer | None:
        """An answer, None where there is no such object. Raises Refused and InDoubt."""
        answer = self._asking.read(ask.about, lambda: self._once(ask))
        return answer and self._accepted(ask, answer)

    def write(self, ask: Ask) -> Answer | None:
        """An answer to what was done, None where there is no such object.

        Raises Refused where nothing was done, InDoubt where it may be.
        """
        answer = self._asking.write(ask.about, lambda: self._once(ask))
        return answer and self._accepted(ask, answer)

    @property
    def _asking(self) -> Asking:
        return Asking(self.url, self.clock, PATIENCE, self._told)

    def _once(self, ask: Ask) -> Answer:
        """One request, and once more with a new token where the first was not taken."""
        token = self.tokens.valid(self.url, self._send)
        answer = self._send(self._request(ask, token.value))
        if answer.status != _UNAUTHORISED:
            return answer
        self.tokens.forget(token)
        return self._send(self._request(ask, self.tokens.valid(self.url, self._send).value))

    def _request(self, ask: Ask, token: str) -> Request:
        headers = {"Accept": ask.form, "Authorization": f"Bearer {token}"}
        if ask.content:
            headers["Content-Type"] = ask.form
        return Request(ask.method, self.url + ask.path, headers, ask.content)

    def _send(self, request: Request) -> Answer:
        return send(self.client, request)

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
        words = self.tokens.hidden(_says(answer))[:_LONGEST]
        return f"{told}: {words}" if words else told


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
    through, clock = client("jamf", url, CONCURRENT_READS), clock or Clock(time.time, time.sleep)
    return Session(url, Tokens(credentials, clock, PATIENCE), through, clock)
