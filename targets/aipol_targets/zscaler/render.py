"""Turns objects of Zscaler Internet Access into the requests that make them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from aipol.target import Artifact
from aipol_targets.common.network.categories import Rule
from aipol_targets.common.network.nested import Entry
from aipol_targets.zscaler.model import FILE, Zia

_API = "/zia/api/v1"


def render(model: Zia) -> tuple[Artifact, ...]:
    """The requests in the order to send them; nothing holds before the last."""
    text = json.dumps(list(_requests(model)), allow_nan=False, ensure_ascii=True, indent=1)
    return (Artifact(FILE, f"{text}\n".encode()),)


def _requests(model: Zia) -> Iterator[dict[str, Any]]:
    for group in model.made.sources:
        yield _post("ipSourceGroups", {"name": group.name, "ipAddresses": list(group.networks)})
    for category in model.made.categories:
        body = {
            "configuredName": category.name,
            "superCategory": "USER_DEFINED",
            "type": "URL_CATEGORY",
            "customCategory": True,
            "urls": [_url(entry) for entry in category.entries],
        }
        yield _post("urlCategories", body)
    for order, rule in enumerate(model.made.rules, start=model.first_order):
        yield _post("urlFilteringRules", _rule(rule, order, model.rank))
    yield {"method": "POST", "path": f"{_API}/status/activate"}


def _url(entry: Entry) -> str:
    """A leading period stands for what is below the host as well."""
    return f".{entry.host}" if entry.wide else entry.host


def _rule(rule: Rule, order: int, rank: int) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": rule.name,
        "order": order,
        "rank": rank,
        "state": "ENABLED",
        "action": "BLOCK" if rule.blocks else "ALLOW",
        "protocols": ["ANY_RULE"],
        "urlCategories": [_made(rule.category)],
    }
    if rule.sources:
        body["sourceIpGroups"] = [{"id": _made(source)} for source in rule.sources]
    return body


def _made(name: str) -> str:
    """Stands for the id in the answer to the request that makes `name`."""
    return f"${{{name}}}"


def _post(resource: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"method": "POST", "path": f"{_API}/{resource}", "body": body}
