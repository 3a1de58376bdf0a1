"""The form of every answer of Cloudflare's API: success, errors, messages and a result."""

from __future__ import annotations

import json
from typing import Any

from aipol_targets.standins.server import Request, Response, json_response

AUTHENTICATION = (10000, "Authentication error")
MISSING_HEADER = (9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
NO_ROUTE = (7003, "No route for the URI")
"""Codes that Cloudflare documents (Workers docs, "API requests"; the schema of a failure in
cloudflare/api-schemas). With which status each comes is not told."""

UNAUTHORIZED = 401
UNKNOWN_CODE = 1000
"""For every other error: the least that the schema allows. The real codes are not published, so
that a client must go by the status."""


class Refused(Exception):
    """What the API answers instead of doing it."""

    def __init__(self, status: int, message: str, code: int = UNKNOWN_CODE) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


def success(result: Any, info: dict[str, int] | None = None) -> Response:
    """The result; an empty list comes as null (terraform-provider-cloudflare 6258, of items;
    luxysiv/Cloudflare-Gateway-Pihole allows for it of lists and policies).
    """
    document = {"success": True, "errors": [], "messages": [], "result": result}
    if info is not None:
        document["result_info"] = info
    return json_response(200, document)


def failure(status: int, message: str, code: int = UNKNOWN_CODE) -> Response:
    """An error."""
    errors = [{"code": code, "message": message}]
    document = {"success": False, "errors": errors, "messages": [], "result": None}
    return json_response(status, document)


def refusal(status: int, reason: str) -> Response:
    """What the server itself has to refuse."""
    if status == UNAUTHORIZED:
        code, message = MISSING_HEADER
        return failure(status, message, code)
    return failure(status, reason)


def body_of(request: Request) -> dict[str, Any]:
    """The object that was sent; the words for anything else are ours."""
    try:
        value = json.loads(request.body)
        json.dumps(value, ensure_ascii=False).encode()  # half a character cannot be given back
    except (RecursionError, ValueError) as fault:
        raise Refused(400, "the body is not JSON") from fault
    if not isinstance(value, dict):
        raise Refused(400, "the body is not an object")
    return value


def text(body: dict[str, Any], name: str, *, required: bool = False) -> str:
    """A string of the body, or the empty one."""
    value = body.get(name, "")
    if not isinstance(value, str) or (required and not value):
        raise Refused(400, f"{name} is required" if required else f"{name} is not a string")
    return value
