"""One session with Cloudflare's API: what is asked as whom, and what to make of its answers.

Every answer is a document of `success`, `errors`, `messages` and `result` (cloudflare/api-schemas).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from aipol.remote import Clock, InDoubt, Json, Refused, Unusable
from aipol.secret import Secret
from aipol_targets.common.asking import Asking, Patience
from aipol_targets.common.http import Answer, Request, is_loopback, send

if TYPE_CHECKING:
    import httpx

API = "https://api.cloudflare.com"
VARIABLE, TOKEN = "CLOUDFLARE_API_URL", "CLOUDFLARE_API_TOKEN"
BASE = "/client/v4"
# Who asks too much is left without answers for up to five minutes (Rate limits, read 2026-11-29).
PATIENCE = Patience(first=5.0, longest=60.0, most=660.0)
_MOST_PAGES = 1_000
_LONGEST_WORDS = 300
_UNAUTHORISED, _FORBIDDEN, _REDIRECTED = 401, 403, 300


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `about` is what it does, `permission` what it takes, for messages."""

    method: str
    path: str
    about: str
    body: Json = field(default=None, repr=False)
    permission: str = "Zero Trust Read"
    per_page: int = 0


@dataclass(slots=True)
class Session:
    """Asks the API with one token about one account."""

    url: str
    account: str
    token: Secret = field(repr=False)
    client: httpx.Client = field(repr=False)
    clock: Clock

    def path(self, *parts: str) -> str:
        """A path below the account."""
        return "/".join((f"{BASE}/accounts/{self.account}", *(quote(each, "") for each in parts)))

    def read(self, ask: Ask) -> Any:
        """The whole document, None where there is no such object. Raises Refused and InDoubt."""
        answer = self._asking.read(ask.about, lambda: self._once(ask))
        return None if answer is None else self._accepted(ask, answer)

    def all(self, ask: Ask) -> list[Any] | None:
        """The results of all pages; None where there is no such object. Raises InDoubt.

        Where no total is told, what has no length of a page has only one (as the SDK has it for
        lists and policies), and else there are no more when one is empty or the same once more.
        """
        found, last = list[Any](), list[Any]()
        for page in range(1, _MOST_PAGES):
            document = self.read(_paged(ask, page))
            if document is None:
                return None
            shown, total = _flat(document.get("result"), ask), _total(document)
            if not shown or shown == last:
                if total is not None and len(found) < total:
                    raise InDoubt(f"{ask.about}: Cloudflare shows {len(found)} of {total}")
                return found
            found += shown
            if len(found) >= total if total is not None else not ask.per_page:
                return found
            last = shown
        raise InDoubt(f"{ask.about}: Cloudflare's pages do not end")

    def write(self, ask: Ask) -> Any:
        """What was done, None where there is no such object.

        Raises Refused where nothing was done, InDoubt where it may be.
        """
        answer = self._asking.write(ask.about, lambda: self._once(ask))
        return None if answer is None else self._accepted(ask, answer)

    @property
    def _asking(self) -> Asking:
        return Asking("Cloudflare", self.clock, PATIENCE, self._told)

    def _once(self, ask: Ask) -> Answer:
        return send(self.client, self._request(ask))

    def _request(self, ask: Ask) -> Request:
        headers = {"Authorization": f"Bearer {self.token.reveal()}", "Accept": "application/json"}
        if ask.body is None:
            return Request(ask.method, self.url + ask.path, headers)
        headers["Content-Type"] = "application/json"
        return Request(ask.method, self.url + ask.path, headers, json.dumps(ask.body).encode())

    def _accepted(self, ask: Ask, answer: Answer) -> Any:
        said = self._told(answer)
        match answer.status:
            case status if status < _REDIRECTED:
                return self._document(ask, answer)
            case status if status == _UNAUTHORISED:
                said += f"; is {TOKEN} right, and still valid?"
            case status if status == _FORBIDDEN:
                said += f"; the token needs `{ask.permission}` for account {self.account}"
            case _:
                pass
        raise Refused(f"{ask.about}: Cloudflare {said}")

    def _document(self, ask: Ask, answer: Answer) -> Any:
        document = _parsed(answer)
        if document is None or not isinstance(document.get("success"), bool):
            raise InDoubt(f"{ask.about}: Cloudflare answers {answer.status} and says not what")
        if not document["success"]:
            raise Refused(f"{ask.about}: Cloudflare {self._told(answer)}")
        return document

    def _told(self, answer: Answer) -> str:
        # Cut afterwards: a part of a token is one that nobody finds.
        words = _words(_parsed(answer)).replace(self.token.reveal(), "***")[:_LONGEST_WORDS]
        return f"answers {answer.status}: {words}" if words else f"answers {answer.status}"


def _paged(ask: Ask, page: int) -> Ask:
    asked = {"per_page": ask.per_page, "page": page if page > 1 else 0}
    query = urlencode({name: value for name, value in asked.items() if value})
    return replace(ask, path=f"{ask.path}?{query}") if query else ask


def _parsed(answer: Answer) -> dict[str, Any] | None:
    try:
        found = json.loads(answer.text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _words(document: dict[str, Any] | None) -> str:
    """The errors in one line: their messages, with the codes that one can look up."""
    errors = (document or {}).get("errors")
    if not isinstance(errors, list):
        return ""
    told = [
        f"{each.get('message', '')} ({each.get('code', '?')})"
        for each in errors
        if isinstance(each, dict)
    ]
    words = "".join(each if each.isprintable() else " " for each in "; ".join(told))
    return " ".join(words.split())


def _flat(result: Any, ask: Ask) -> list[Any]:
    """A page's results; an empty one is null, and the schema has entries in a list of lists."""
    if result is None:
        return []
    if not isinstance(result, list):
        raise InDoubt(f"{ask.about}: Cloudflare answers with something else than a list")
    if result and all(isinstance(each, list) for each in result):
        result = [each for inner in result for each in inner]
    found = [each for each in result if isinstance(each, dict)]
    if len(found) != len(result):
        raise InDoubt(f"{ask.about}: Cloudflare answers with a list of something else")
    return found


def _total(document: dict[str, Any]) -> int | None:
    info = document.get("result_info")
    total = info.get("total_count") if isinstance(info, dict) else None
    return total if type(total) is int else None


def address(variable: str) -> str:
    """Cloudflare's API, or a stand-in on this machine. Raises Unusable."""
    if not variable:
        return API
    if variable.rstrip("/") != API and not is_loopback(variable):
        raise Unusable(
            f"{VARIABLE} is for stand-ins on this machine, such as http://127.0.0.1:8080"
        )
    return variable.rstrip("/")


def checked(token: Secret) -> Secret:
    """A token that can be sent. Raises Unusable, which does not say it."""
    if not token:
        raise Unusable(f"set {TOKEN} to an API token of Cloudflare")
    value = token.reveal()
    # RFC 6750 has less in a token; whatever is refused here would be told by the HTTP library.
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise Unusable(f"{TOKEN} has characters that no token has")
    return token
