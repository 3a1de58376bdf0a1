"""Ask Microsoft Graph: reads are repeated until they succeed, writes are made once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aipol.remote import Clock, InDoubt, Refused, WrongPlace
from aipol_targets.common.microsoft.address import Address
from aipol_targets.common.microsoft.answers import (
    THROTTLED,
    UNAVAILING,
    Answer,
    NoAnswer,
    one_line,
)
from aipol_targets.common.microsoft.tokens import Tokens
from aipol_targets.common.microsoft.transport import Request, Transport
from aipol_targets.common.microsoft.waiting import Patience

GONE = 404
_UNAUTHORIZED, _FORBIDDEN = 401, 403
_PAGES = 10_000  # more than any tenant has; a server that never ends its list is no server


class Gone(Refused):
    """What was asked for is not there, or not any more."""


class Forbidden(Refused):
    """A permission is missing."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The permissions that are told where Graph answers 403."""

    read: str
    write: str


@dataclass(frozen=True, slots=True)
class Graph:
    """One tenant's Graph, for as many threads as like. Paths begin with `v1.0/` or `beta/`."""

    address: Address
    tokens: Tokens
    transport: Transport
    clock: Clock
    needs: Needs

    def get(self, path: str) -> Any:
        """One document. Raises Refused, InDoubt."""
        return self._document(f"GET {_named(path)}", lambda: self._once("GET", self._url(path)))

    def pages(self, path: str) -> list[Any]:
        """Every item of a collection, page after page."""
        return list(self.items(self.get(path)))

    def items(self, page: Any) -> Iterator[Any]:
        """The items of a page and of all after it, which only the same server may hold."""
        followed = set[str]()
        for _ in range(_PAGES):
            yield from page.get("value", ())
            link = page.get("@odata.nextLink")
            if not link:
                return
            if link in followed:
                break
            followed.add(str(link))
            page = self._follow(str(link))
        raise InDoubt("a list of Microsoft Graph's does not end")

    def asks(self, path: str, body: Any) -> Any:
        """A document that is asked for with a POST which changes nothing, such as a batch."""
        url, content = self._url(path), _content(body)
        return self._document(f"POST {_named(path)}", lambda: self._once("POST", url, content))

    def write(
        self, method: str, path: str, body: Any = None, accept: Collection[int] = ()
    ) -> Answer:
        """One change, made once. Raises Refused where nothing was done, InDoubt where nobody knows.

        Only what certainly was not done is sent again: a request that found no connection, one that
        was throttled, and one whose token had ended.
        """
        asked = f"{method} {_named(path)}"
        url, content = self._url(path), b"" if body is None else _content(body)
        patience = Patience(self.clock)
        while True:
            try:
                answer = self._once(method, url, content)
            except NoAnswer as error:
                if error.sent or not patience.wait():
                    raise InDoubt(f"{asked}: no answer ({error})") from None
                continue
            if answer.status in UNAVAILING:
                raise InDoubt(f"{asked}: {answer.says}")
            if answer.status in accept:
                return answer
            if answer.status != THROTTLED or not patience.wait(answer.wait(self.clock.now())):
                return self._accepted(asked, answer, self.needs.write)

    def item(self, asked: str, answer: Answer) -> Any:
        """The document in one item of a batch; None where there is nothing. Raises Refused."""
        if answer.status == GONE:
            return None
        return self._accepted(asked, answer, self.needs.read).json()

    def _follow(self, link: str) -> Any:
        if not self.address.holds(link):
            raise WrongPlace(f"a list of {self.address.url} goes on at another server")
        asked = f"GET {urlsplit(link).path}"
        return self._document(asked, lambda: self._once("GET", link))

    def _document(self, asked: str, once: Callable[[], Answer]) -> Any:
        patience = Patience(self.clock)
        while True:
            why, wait = "", None
            try:
                answer = once()
                if answer.status not in UNAVAILING | {THROTTLED}:
                    return self._accepted(asked, answer, self.needs.read).json()
                why, wait = answer.says, answer.wait(self.clock.now())
            except NoAnswer as error:
                why = f"no answer ({error})"
            except ValueError:
                why = "the answer is cut off, or no JSON"
            if not patience.wait(wait):
                raise InDoubt(f"{asked}: {why}")

    def _once(self, method: str, url: str, body: bytes = b"") -> Answer:
        """One request, with another token where the first one is refused."""
        token = self.tokens.current()
        answer = self.transport.send(Request(method, url, token, body))
        if answer.status == _UNAUTHORIZED:
            token = self.tokens.renew(token, answer.claims)
            answer = self.transport.send(Request(method, url, token, body))
        return answer if answer.done else answer.without(token)

    def _accepted(self, asked: str, answer: Answer, needed: str) -> Answer:
        if answer.done:
            return answer
        said = answer.says
        if answer.status == GONE:
            raise Gone(f"{asked}: {said}")
        if answer.status == _FORBIDDEN:
            raise Forbidden(f"{asked}: {said}; it needs the permission {needed}")
        if answer.status == _UNAUTHORIZED:
            raise Refused(f"{asked}: {said}; Graph takes neither the token nor another one")
        raise Refused(f"{asked}: {said}")

    def _url(self, path: str) -> str:
        return f"{self.address.url}/{path}"


def _content(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _named(path: str) -> str:
    return one_line(f"/{path.partition('?')[0]}")
