"""What a firewall cannot hold, with how much of it there is."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.ir import Ir
from aipol.target import Limit
from aipol_targets.paloalto.facts import HEADER_NAME, HEADER_VALUE, LIST_SOURCE, URL_ENTRY
from aipol_targets.paloalto.lines import category_lines, list_url
from aipol_targets.paloalto.model import Firewall

Excess = tuple[str, int, int]
"""What there is too much of, how much there is, and how much there may be."""


def over_limits(ir: Ir, target: str, model: Firewall) -> Iterator[Diagnostic]:
    """Everything that is longer or more than it may be."""
    for what, count, limit in (*_too_long(model), *_too_many(model)):
        yield LIMIT_EXCEEDED.at(
            ir.unlisted_span, target=target, what=what, count=count, limit=limit
        )


def _too_long(model: Firewall) -> Iterator[Excess]:
    categories = [category for each in model.segments for category in each.categories]
    lines = (line for category in categories for line in category_lines(category))
    yield from _longest("characters of the URL entry", lines, URL_ENTRY)
    inserted = [part for each in model.segments for rule in each.rules for part in rule.inserted]
    yield from _longest("characters of the header", (x.header for x in inserted), HEADER_NAME)
    yield from _longest("characters of the value", (x.value for x in inserted), HEADER_VALUE)
    if "edl" in model.settings.outputs:
        sources = (list_url(model.settings.edl_url, category.name) for category in categories)
        yield from _longest("characters of the list's address", sources, LIST_SOURCE)


def _longest(what: str, texts: Iterator[str], limit: Limit) -> Iterator[Excess]:
    for text in texts:
        if len(text) > limit.value:
            yield f"{what} `{text[:40]}...`", len(text), limit.value


def _too_many(model: Firewall) -> Iterator[Excess]:
    capacity, outputs = model.settings.capacity, set(model.settings.outputs)
    categories = [category for each in model.segments for category in each.categories]
    entries = sum(len(category_lines(category)) for category in categories)
    used = {network for each in model.segments for network in each.networks} | {*model.exempt}
    sources = sum(bool(each.networks) for each in model.segments) + bool(model.exempt)
    counts: list[tuple[str, int, int | None]] = []
    if outputs & {"set", "xml"}:
        counts += [
            ("entries of URL categories", entries, capacity.category_entries),
            ("address objects", len(used), capacity.addresses),
        ]
    if "edl" in outputs:
        addresses = sum(len(each.networks) for each in model.segments) + len(model.exempt)
        counts += [
            ("external lists", len(categories) + sources, capacity.lists),
            ("entries of URL lists", entries, capacity.list_urls),
            ("entries of address lists", addresses, capacity.list_addresses),
        ]
    for what, count, limit in counts:
        if limit is not None and count > limit:
            yield what, count, limit
