"""Turns objects of Zscaler Internet Access into the requests that make them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from aipol.target import Artifact
from aipol_targets.common.network.categories import Rule
from aipol_targets.common.network.nested import Entry
from aipol_targets.zscaler.facts import AI_CATEGORIES
from aipol_targets.zscaler.model import FILE, LISTED, UNLISTED, Zia

_API = "/zia/api/v1"


def render(model: Zia) -> tuple[Artifact, ...]:
    """The requests in the order to send them; nothing holds before the last."""
    text = json.dumps(list(_requests(model)), allow_nan=False, ensure_ascii=True, indent=1)
    return (Artifact(FILE, f"{text}\n".encode()),)


def _requests(model: Zia) -> Iterator[dict[str, Any]]:
    for group in model.made.sources:
        yield _post("ipSourceGroups", {"name": group.name, "ipAddresses": list(group.networks)})
    for category in model.made.categories:
        yield _post("urlCategories", _category(category.name, category.entries))
    if model.listed:
        yield _post("urlCategories", _category(LISTED, model.listed))
    for order, (rule, categories) in enumerate(_rules(model), start=model.first_order):
        yield _post("urlFilteringRules", _rule(rule, categories, order, model.rank))
    yield {"method": "POST", "path": f"{_API}/status/activate"}


def _url(entry: Entry) -> str:
    """A leading period stands for what is below the host as well."""
    return f".{entry.host}" if entry.wide else entry.host


def _category(name: str, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "configuredName": name,
        "superCategory": "USER_DEFINED",
        "type": "URL_CATEGORY",
        "customCategory": True,
        "urls": [_url(entry) for entry in entries],
    }


def _rules(model: Zia) -> Iterator[tuple[Rule, list[str]]]:
    """The rules in their order with their categories; those about predefined ones come last."""
    for rule in model.made.rules:
        yield rule, [_made(rule.category)]
    if model.spared:
        yield Rule(UNLISTED, blocks=False, sources=(model.spared,)), list(AI_CATEGORIES)
    if model.blocks_ai:
        yield Rule(UNLISTED, blocks=True, sources=()), list(AI_CATEGORIES)


def _rule(rule: Rule, categories: list[str], order: int, rank: int) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": rule.name,
        "order": order,
        "rank": rank,
        "state": "ENABLED",
        "action": "BLOCK" if rule.blocks else "ALLOW",
        "protocols": ["ANY_RULE"],
        "urlCategories": categories,
    }
    if rule.sources:
        body["sourceIpGroups"] = [{"id": _made(source)} for source in rule.sources]
    return body


def _made(name: str) -> str:
    """Stands for the id in the answer to the request that makes `name`."""
    return f"${{{name}}}"


def _post(resource: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"method": "POST", "path": f"{_API}/{resource}", "body": body}
