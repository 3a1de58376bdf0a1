"""The limits of Zscaler Internet Access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aipol_targets.zscaler import facts as zscaler
from tests.unit.targets.network.limits.measures import json_of, longest
from tests.unit.targets.network.limits.needs import (
    audiences,
    closed,
    deepest,
    named,
    opened_by,
    separate,
    subtrees,
)
from tests.unit.targets.network.limits.rows import Measure, Refused, Row, Within


def bodies(emitted: Any, resource: str) -> Iterator[Any]:
    """Of all requests that make one."""
    for each in json_of(emitted, "requests.json"):
        if each["path"].endswith(f"/{resource}"):
            yield each["body"]


def made(resource: str) -> Measure:
    """How many requests make one."""
    return lambda emitted: len(list(bodies(emitted, resource)))


def urls(emitted: Any) -> int:
    """In all categories."""
    return sum(len(each["urls"]) for each in bodies(emitted, "urlCategories"))


def place(emitted: Any) -> int:
    """Of the last rule."""
    return max(int(each["order"]) for each in bodies(emitted, "urlFilteringRules"))


def sources_of_rule(emitted: Any) -> int:
    """Of the rule that has most."""
    rules = bodies(emitted, "urlFilteringRules")
    return max(len(each.get("sourceIpGroups", ())) for each in rules)


def addresses(emitted: Any) -> int:
    """In all source groups."""
    return sum(len(each["ipAddresses"]) for each in bodies(emitted, "ipSourceGroups"))


def addresses_of_rule(emitted: Any) -> int:
    """Of the rule that has most."""
    groups = {each["name"]: each["ipAddresses"] for each in bodies(emitted, "ipSourceGroups")}
    rules = bodies(emitted, "urlFilteringRules")
    by_rule = ([e["id"][2:-1] for e in each.get("sourceIpGroups", ())] for each in rules)
    return max(sum(len(groups[name]) for name in names) for names in by_rule)


_HOME = "aipol_targets.zscaler"
ROWS: tuple[Row, ...] = (
    Refused(
        "zscaler",
        zscaler.URLS,
        subtrees,
        urls,
        what="custom URLs:",
        setting="urls",
        at=30,
    ),
    Refused(
        "zscaler",
        zscaler.CATEGORIES,
        audiences,
        made("urlCategories"),
        what="custom URL categories:",
        setting="categories",
    ),
    Within(
        "zscaler",
        zscaler.URL_LENGTH,
        lambda small, _: named(small, 253),
        longest(r'"(\S+\.test)"'),
        read=f"{_HOME}.read_urls._LONGEST",
    ),
    Refused(
        "zscaler",
        zscaler.RULES,
        lambda small, count: audiences(small, count - 991),
        place,
        {"first_order": 990},
        f"{_HOME}.read_rules._MOST[urlFilteringRules]",
        what="URL filtering rules:",
        checked=f"{_HOME}.limits.RULES",
        at=994,
        sized=False,
    ),
    Refused(
        "zscaler",
        zscaler.SOURCES,
        separate,
        made("ipSourceGroups"),
        read=f"{_HOME}.read_rules._MOST[ipSourceGroups]",
        what="source IP groups:",
        checked=f"{_HOME}.limits.SOURCES",
        at=5,
    ),
    Refused(
        "zscaler",
        zscaler.SOURCES_OF_RULE,
        opened_by,
        sources_of_rule,
        read=f"{_HOME}.read_rules._SOURCES_OF_RULE",
        what="source IP groups of a rule:",
        checked=f"{_HOME}.limits.SOURCES_OF_RULE",
        at=5,
    ),
    Refused(
        "zscaler",
        zscaler.ADDRESSES_OF_RULE,
        closed,
        addresses_of_rule,
        read=f"{_HOME}.read_rules._OF_RULE",
        what="addresses of a rule:",
        checked=f"{_HOME}.limits.ADDRESSES_OF_RULE",
    ),
    Refused(
        "zscaler",
        zscaler.ADDRESSES,
        lambda small, count: closed(small, 6_000, 6_000, count - 12_000),
        addresses,
        read=f"{_HOME}.read_rules._ADDRESSES",
        what="addresses of source IP groups:",
        checked=f"{_HOME}.limits.ADDRESSES",
    ),
    Within("zscaler", zscaler.NAME, deepest, longest(r'"(aipol-\d-[^"]*)"')),
)
