"""Give short tokens for the credentials of API clients."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

from aipol_targets.standins.server import Request, Response, json_response

LIFETIME = 60
"""Seconds. An API client's own setting, which may be as short as this: a client has to renew by
`expires_in`, and to bear a token that ends in the middle of a run."""


_ALL = ("Read", "Create", "Update", "Delete")
_KINDS = ("Smart Computer Groups", "macOS Configuration Profiles", "Restricted Software")


@dataclass(frozen=True, slots=True)
class ApiClient:
    """An API client as an administrator sets it up; one without `writes` has read privileges."""

    id: str
    secret: str
    writes: bool = True


class Tokens:
    """Those that were given, and until when each holds."""

    def __init__(self, clients: Iterable[ApiClient], lifetime: int, namespace: uuid.UUID) -> None:
        self._clients = {each.id: each for each in clients}
        self._lifetime = lifetime
        self._namespace = namespace
        self._given: dict[str, tuple[ApiClient, float]] = {}

    def grant(self, request: Request, now: float) -> Response:
        """Answer a request for one: a form with a client's id and secret (RFC 6749, 4.4).

        The answer's fields are those that macadmins/jamf-pro-sdk-python reads. The errors follow
        RFC 6749, 5.2; whether Jamf Pro's do is unverified.
        """
        if request.method != "POST":
            return json_response(405, {"error": "invalid_request"})
        form = parse_qs(request.body.decode("utf-8", "replace"))
        client = self._clients.get(_only(form, "client_id"))
        if _only(form, "grant_type") != "client_credentials":
            return json_response(400, {"error": "unsupported_grant_type"})
        if client is None or client.secret != _only(form, "client_secret"):
            return json_response(401, {"error": "invalid_client"})
        token = uuid.uuid5(self._namespace, f"token {len(self._given)}").hex
        self._given[token] = (client, now + self._lifetime)
        answer = {
            "access_token": token,
            "expires_in": self._lifetime,
            "scope": f"api-role:{1 if client.writes else 2}",
            "token_type": "Bearer",
        }
        return json_response(200, answer, {"Cache-Control": "no-store"})

    def told(self, request: Request, now: float) -> Response:
        """Answer what whoever asks may do (ruby-jss, AuthAccountV1).

        That it is so for an API client, too, is unverified.
        """
        client = self.holder(request.token, now)
        if request.method != "GET" or client is None:
            return json_response(405, {"httpStatus": 405, "errors": list[str]()})
        account = {
            "username": client.id,
            "accessLevel": "FullAccess",
            "privilegeSet": "CUSTOM",
            "privilegesBySite": {"-1": list(_privileges(client))},
        }
        return json_response(200, {"account": account, "accountGroups": list[str]()})

    def holder(self, token: str, now: float) -> ApiClient | None:
        """Whose token it is, if it holds still."""
        client, until = self._given.get(token, (None, 0.0))
        return client if now < until else None


def _privileges(client: ApiClient) -> Iterator[str]:
    """As API roles name them (Jamf Pro, Privileges and Deprecations)."""
    for kind in _KINDS:
        yield from (f"{verb} {kind}" for verb in (_ALL if client.writes else _ALL[:1]))
    yield from ("Read Static Computer Groups", "Read Categories")


def _only(form: dict[str, list[str]], name: str) -> str:
    values = form.get(name, [])
    return values[0] if len(values) == 1 else ""
