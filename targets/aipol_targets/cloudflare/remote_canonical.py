"""What of a body means something: equal where Cloudflare merely wrote it differently."""

from __future__ import annotations

from typing import Any

from aipol.remote import Json
from aipol_targets.cloudflare.precedence import middle
from aipol_targets.cloudflare.remote_expression import meaning
from aipol_targets.cloudflare.remote_kinds import LIST, said

# RFC 9110: names of headers are compared without case.
_HEADERS = frozenset({"add_headers", "set_headers"})


def canonical(kind: str, body: Json) -> Json:
    """A body in one form; one that is not known stays so."""
    if not isinstance(body, dict):
        return body
    return _list(body) if kind == LIST else _policy(body)


def _list(body: dict[str, Any]) -> Json:
    """Entries are a set: they come in another order (terraform-provider-cloudflare 5788)."""
    items = {each["value"]: each.get("description", "") for each in body["items"]}
    return {
        "name": body["name"],
        "description": body["description"],
        "type": body["type"],
        "items": [
            {"value": value, "description": about} if about else {"value": value}
            for value, about in sorted(items.items())
        ],
    }


def _policy(body: dict[str, Any]) -> Json:
    found: dict[str, Any] = {
        "name": body["name"],
        "description": body["description"],
        "action": body["action"],
        "enabled": body["enabled"],
        "filters": sorted(body["filters"] or ()),
        "precedence": _place(body["precedence"]),
        "traffic": meaning(body["traffic"]),
    }
    for name in ("identity", "device_posture"):
        if expression := meaning([body.get(name, "")]):
            found[name] = expression
    for name in ("schedule", "expiration", "rule_settings"):
        if settings := _settings(body, name):
            found[name] = settings
    return found


def _place(precedence: Any) -> Any:
    return middle(precedence) if type(precedence) is int else precedence


def _settings(body: dict[str, Any], name: str) -> Any:
    found = said(body.get(name))
    if not isinstance(found, dict):
        return found
    return {key: _lower(value) if key in _HEADERS else value for key, value in found.items()}


def _lower(headers: Any) -> Any:
    if not isinstance(headers, dict):
        return headers
    return {name.lower(): values for name, values in headers.items()}
