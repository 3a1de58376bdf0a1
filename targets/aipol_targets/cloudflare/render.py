"""Turns lists and policies into bodies for the API of Cloudflare Gateway."""

from __future__ import annotations

import json
from typing import Any

from aipol.target import Artifact
from aipol_targets.cloudflare.expression import traffic
from aipol_targets.cloudflare.facts import CATEGORY_SETTINGS
from aipol_targets.cloudflare.model import LISTS, RULES, Gateway, HostList, Layer, Rule
from aipol_targets.cloudflare.precedence import place

_FILTERS: dict[Layer, str] = {"dns": "dns", "http": "http", "network": "l4"}


def render(model: Gateway) -> tuple[Artifact, ...]:
    """The bodies for `gateway/lists`, and for `gateway/rules` by type, with names for list ids.

    A type that the settings leave out is null, so that one that is lost is no such type.
    """
    about = f"AI rules of {model.identifier}, written by aipol"
    lists = [_list(found, about) for found in model.lists]
    bodies = [
        (rule.layer, _rule(rule, about, place(model.first_precedence, index)))
        for index, rule in enumerate(model.rules)
    ]
    rules = {
        name: [body for of, body in bodies if of == layer] if layer in model.layers else None
        for layer, name in _FILTERS.items()
    }
    return (_artifact(LISTS, lists), _artifact(RULES, rules))


def _artifact(path: str, bodies: Any) -> Artifact:
    return Artifact(path, f"{json.dumps(bodies, indent=2)}\n".encode())


def _list(found: HostList, about: str) -> dict[str, Any]:
    return {
        "name": found.name,
        "description": about,
        "type": "DOMAIN",
        "items": [{"value": host} for host in found.hosts],
    }


def _rule(rule: Rule, about: str, precedence: int) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": rule.name,
        "description": about,
        "action": rule.action,
        "enabled": True,
        "filters": [_FILTERS[rule.layer]],
        "precedence": precedence,
        "traffic": traffic(rule),
    }
    if rule.headers:
        body["rule_settings"] = {"add_headers": {name: [value] for name, value in rule.headers}}
    elif rule.category is not None and rule.layer == "dns":
        body["rule_settings"] = dict(CATEGORY_SETTINGS)
    return body
