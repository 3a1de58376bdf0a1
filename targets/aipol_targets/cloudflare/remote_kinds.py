"""Turns what the API says of a list or a policy into a body, and a body into what it takes.

A body has what can be written (SDK `cloudflare` 5.9: `list_create_params`, `rule_create_params`)
and is set; the rest is the server's: ids, times, counts, versions, who shares a policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from aipol.remote import Json, Live, Mark, mark_in, marked, without_mark
from aipol_targets.cloudflare.remote_expression import joined, parts

LIST, POLICY = "list", "policy"

_REQUIRED = ("name", "action", "enabled", "filters", "precedence")
_EXPRESSIONS = ("identity", "device_posture")
# `expired` is told of a policy and cannot be said.
_TOLD = {"expiration": ("expired",)}
_OPTIONAL = (*_EXPRESSIONS, "schedule", "expiration", "rule_settings")


@dataclass(frozen=True, slots=True)
class Kind:
    """Where objects of a kind are, below `gateway/`."""

    id: str
    folder: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {each.id: each for each in (Kind(LIST, "lists"), Kind(POLICY, "rules"))}
)


def mark_of(shown: Mapping[str, Any]) -> Mark | None:
    """Whose an object is."""
    return mark_in(_text(shown, "description"))


def live_list(shown: Mapping[str, Any], items: list[Any] | None) -> Live:
    """A list; without its entries there is no body, for a read of many does not have them."""
    name = _text(shown, "name")
    body = {
        "name": name,
        "description": without_mark(_text(shown, "description")),
        "type": _text(shown, "type"),
        "items": [_item(each) for each in items or ()],
    }
    mark = mark_of(shown)
    return Live(LIST, shown["id"], name, mark, None if items is None else body)


def _item(shown: Mapping[str, Any]) -> dict[str, str]:
    value, about = _text(shown, "value"), _text(shown, "description")
    return {"value": value, "description": about} if about else {"value": value}


def live_policy(shown: Mapping[str, Any]) -> Live:
    """A policy; lists that its traffic refers to stand by themselves."""
    body: dict[str, Any] = {name: shown.get(name) for name in _REQUIRED}
    body["description"] = without_mark(_text(shown, "description"))
    body["traffic"] = parts(_text(shown, "traffic"))
    for name in _OPTIONAL:
        value = shown.get(name)
        if isinstance(value, dict):
            value = {key: inner for key, inner in value.items() if key not in _TOLD.get(name, ())}
        if value:
            body[name] = value
    return Live(POLICY, shown["id"], _text(shown, "name"), mark_of(shown), body)


def list_payload(body: Json, mark: Mark | None) -> dict[str, Any]:
    """A list as it is created."""
    return {**body, "description": marked(body["description"], mark)}


def policy_payload(body: Json, mark: Mark | None, precedence: int) -> dict[str, Any]:
    """A policy as it is written: always whole."""
    return {
        **body,
        "description": marked(body["description"], mark),
        "precedence": precedence,
        "traffic": joined(body["traffic"]),
    }


def resets(live: Json, body: Json) -> dict[str, Any]:
    """What takes away the parts of a policy that it has and should not have.

    That a part which is not sent goes by itself is unverified, and that these take it away, too:
    whoever wrote looks back at what came of it.
    """
    found: dict[str, Any] = {
        name: "" if name in _EXPRESSIONS else None
        for name in _OPTIONAL
        if live.get(name) and name not in body and name != "rule_settings"
    }
    wanted = body.get("rule_settings") or {}
    unset = {
        name: _nothing(value)
        for name, value in (live.get("rule_settings") or {}).items()
        if name not in wanted and said(value) is not None
    }
    return found | ({"rule_settings": {**wanted, **unset}} if unset else {})


def said(settings: Any) -> Any:
    """What settings say, without what is as if it were not there: null, false or empty.

    "The API returns what the user set, or null when unset" (terraform-provider-cloudflare,
    `zero_trust_gateway_policy/custom_schema.go`, read 2026-11-29).
    """
    if not isinstance(settings, dict):
        return settings or None
    found = {name: inner for name, value in settings.items() if (inner := said(value)) is not None}
    return found or None


def _nothing(value: Any) -> Any:
    match value:
        case bool():
            return False
        case str():
            return ""
        case _:
            return None


def _text(shown: Mapping[str, Any], name: str) -> str:
    value = shown.get(name)
    return value if isinstance(value, str) else ""
