"""What a firewall cannot hold, with how much of it there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.ir import Ir
from aipol.target import Limit, Room
from aipol_targets.common.network.edl import URL_ENTRY
from aipol_targets.paloalto.config import sources
from aipol_targets.paloalto.facts import HEADER_NAME, HEADER_VALUE, LIST_SOURCE
from aipol_targets.paloalto.lines import category_lines, list_url
from aipol_targets.paloalto.model import Category, Firewall
from aipol_targets.paloalto.settings import Capacity

Excess = tuple[str, int, int]
"""What there is too much of, how much there is, and how much there may be."""


def over_limits(ir: Ir, target: str, model: Firewall) -> Iterator[Diagnostic]:
    """Everything that is longer than it may be."""
    for what, count, limit in _too_long(model):
        yield LIMIT_EXCEEDED.at(
            ir.unlisted_span, target=target, what=what, count=count, limit=limit
        )


def _too_long(model: Firewall) -> Iterator[Excess]:
    categories = _categories(model)
    lines = (line for category in categories for line in category_lines(category))
    yield from _longest("characters of the URL entry", lines, URL_ENTRY)
    inserted = [part for each in model.segments for rule in each.rules for part in rule.inserted]
    yield from _longest("characters of the header", (x.header for x in inserted), HEADER_NAME)
    yield from _longest("characters of the value", (x.value for x in inserted), HEADER_VALUE)
    if "edl" in model.settings.outputs:
        named = (*(each.name for each in categories), *(each.name for each in sources(model)))
        found = (list_url(model.settings.edl_url, each) for each in named)
        yield from _longest("characters of the list's address", found, LIST_SOURCE)


def _longest(what: str, texts: Iterator[str], limit: Limit) -> Iterator[Excess]:
    for text in texts:
        if len(text) > limit.value:
            yield f"{what} `{text[:40]}...`", len(text), limit.value


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a firewall is to hold: as objects of its own, and as lists that it fetches."""

    objects: tuple[Room, ...]
    lists: tuple[Room, ...]


def rooms(model: Firewall) -> Rooms:
    """What the outputs take up of a firewall."""
    outputs, room = set(model.settings.outputs), partial(_room, model.settings.capacity)
    categories = _categories(model)
    entries = sum(len(category_lines(category)) for category in categories)
    groups = sources(model)
    used = {network for group in groups for network in group.networks}
    addresses = sum(len(group.networks) for group in groups)
    objects = (
        room("entries of URL categories", entries, "category_entries"),
        room("address objects", len(used), "addresses"),
    )
    lists = (
        room("external lists", len(categories) + len(groups), "lists"),
        room("entries of URL lists", entries, "list_urls"),
        room("entries of address lists", addresses, "list_addresses"),
    )
    return Rooms(objects if outputs & {"set", "xml"} else (), lists if "edl" in outputs else ())


def _room(capacity: Capacity, what: str, used: int, name: str) -> Room:
    limit: int | None = getattr(capacity, name)
    assumed = limit is not None and name not in capacity.model_fields_set
    return Room(what, used, limit, f"capacity.{name}", assumed)


def _categories(model: Firewall) -> tuple[Category, ...]:
    return tuple(category for each in model.segments for category in each.categories)
