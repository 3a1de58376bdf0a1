"""Gateway lists: created, replaced, patched and read as Cloudflare's API does it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aipol_targets.standins.cloudflare.envelope import Refused, success, text
from aipol_targets.standins.server import Request, Response

# The SDK cloudflare 5.9, gateway lists.
TYPES = frozenset(
    "SERIAL URL DOMAIN EMAIL IP CATEGORY LOCATION DEVICE AAGUID".split()  # noqa: SIM905
)
PAGE = 50
"""Items of a page by default: longer lists came cut (pulumi/pulumi-cloudflare 252)."""
LARGEST_PAGE = 1000  # unverified; scripts ask for a whole list of a standard plan at a time


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list."""

    value: str
    description: str
    created_at: str

    def shown(self) -> dict[str, str]:
        """The entry in an answer."""
        described = {"description": self.description} if self.description else {}
        return {"created_at": self.created_at, **described, "value": self.value}


@dataclass(frozen=True, slots=True)
class GatewayList:
    """A list; never changed, only replaced."""

    id: str
    name: str
    description: str
    type: str
    items: tuple[Item, ...]
    created_at: str
    updated_at: str

    def shown(self) -> dict[str, Any]:
        """All but the entries, which a read never gives (terraform-provider-cloudflare 7265)."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "type": self.type,
            "count": len(self.items),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }

    def shown_new(self) -> dict[str, Any]:
        """What its creation answers: the entries, and not how many they are (the SDK's model)."""
        shown = {name: value for name, value in self.shown().items() if name != "count"}
        return {**shown, "items": [each.shown() for each in self.items] or None}


def created(body: Mapping[str, Any], number: str, now: str, most: int) -> GatewayList:
    """A new list."""
    sent = dict(body)
    kind = text(sent, "type", required=True)
    if kind not in TYPES:
        raise Refused(400, f"type {kind} is not known")
    items = _items(sent.get("items"), kind, now)
    _check(items, most)
    name = text(sent, "name", required=True)
    return GatewayList(number, name, text(sent, "description"), kind, items, now, now)


def replaced(old: GatewayList, body: Mapping[str, Any], now: str, most: int) -> GatewayList:
    """A list after a PUT.

    "Skips updating list items if not included in the payload. A non empty list items will
    overwrite the existing list" (Cloudflare's API, Update Zero Trust list): an empty one does not.
    """
    sent = dict(body)
    items = _items(sent.get("items"), old.type, now) or old.items
    _check(items, most)
    name = text(sent, "name", required=True)
    description = text(sent, "description") if "description" in sent else old.description
    return replace(old, name=name, description=description, items=items, updated_at=now)


def patched(old: GatewayList, body: Mapping[str, Any], now: str, most: int) -> GatewayList:
    """A list after a PATCH: removed by value, then appended to (in which order is unverified)."""
    gone = body.get("remove") or []
    if not isinstance(gone, list) or not all(isinstance(each, str) for each in gone):
        raise Refused(400, "remove is not a list of values")
    unwanted = {_normal(each, old.type) for each in gone}
    kept = tuple(each for each in old.items if each.value not in unwanted)
    items = (*kept, *_items(body.get("append"), old.type, now))
    _check(items, most)
    return replace(old, items=items, updated_at=now)


def page(request: Request, found: GatewayList) -> Response:
    """Some of the entries, the newest first: whoever reads them may rely on no order."""
    size = min(_number(request, "per_page", _number(request, "limit", PAGE)), LARGEST_PAGE)
    number = _number(request, "page", 1)
    entries = found.items[::-1]
    shown = [each.shown() for each in entries[(number - 1) * size : number * size]]
    info = {
        "page": number,
        "per_page": size,
        "count": len(shown),
        "total_count": len(entries),
    }
    return success(shown or None, info)


def _number(request: Request, name: str, default: int) -> int:
    asked = request.asked(name)
    if asked is None:
        return default
    if not re.fullmatch("[1-9][0-9]{0,8}", asked):
        raise Refused(400, f"{name} is not a number of pages")
    return int(asked)


def _items(sent: object, kind: str, now: str) -> tuple[Item, ...]:
    if sent is None:
        return ()
    if not isinstance(sent, list):
        raise Refused(400, "items is not a list")
    found = []
    for each in sent:
        if not isinstance(each, dict):
            raise Refused(400, "an item is not an object")
        value = _normal(text(each, "value", required=True), kind)
        found.append(Item(value, text(each, "description"), now))
    return tuple(found)


def _normal(value: str, kind: str) -> str:
    """A URL loses the slash at its end (terraform-provider-cloudflare 6258)."""
    return value.rstrip("/") if kind == "URL" else value


def _check(items: Iterable[Item], most: int) -> None:
    """Duplicates are refused (mrrfv/cloudflare-gateway-pihole-scripts 73), and too many."""
    values = [each.value for each in items]
    if len(values) > most:
        raise Refused(400, f"a list has at most {most} items")
    if len(set(values)) < len(values):
        raise Refused(400, "the list holds duplicate items")
