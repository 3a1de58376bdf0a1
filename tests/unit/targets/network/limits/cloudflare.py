"""The limits of Cloudflare Gateway."""

from __future__ import annotations

import re
from typing import Any

from aipol_targets.cloudflare import facts as cloudflare
from tests.unit.targets.network.limits.measures import json_of, most
from tests.unit.targets.network.limits.needs import alike, opened, people, subtrees
from tests.unit.targets.network.limits.rows import Refused, Row, Split, Within


def entries(emitted: Any) -> list[int]:
    """Of every list."""
    return [len(each["items"]) for each in json_of(emitted, "lists.json")]


def lists(emitted: Any) -> int:
    """All of them."""
    return len(json_of(emitted, "lists.json"))


def policies(emitted: Any) -> int:
    """Of the type that has most."""
    return max(len(each or ()) for each in json_of(emitted, "rules.json").values())


def expression(emitted: Any) -> int:
    """The longest, with ids of 36 characters for the names of lists."""
    rules = [each for some in json_of(emitted, "rules.json").values() for each in some or ()]
    ids = (re.sub(r"<[^>]*>", "-" * 36, each["traffic"]) for each in rules)
    return max(map(len, ids))


_ONE_TYPE = {"policies": ["dns"]}
_HOME = "aipol_targets.cloudflare"
ROWS: tuple[Row, ...] = (
    Refused(
        "cloudflare",
        cloudflare.LISTS,
        lambda small, count: people(small, count - 1),
        lists,
        _ONE_TYPE,
        f"{_HOME}.read_json._MOST_LISTS",
        what="lists:",
        setting="lists",
    ),
    Split(
        "cloudflare",
        cloudflare.STANDARD_ENTRIES,
        subtrees,
        most(entries),
        _ONE_TYPE,
        parts=entries,
    ),
    Split(
        "cloudflare",
        cloudflare.ENTERPRISE_ENTRIES,
        subtrees,
        most(entries),
        {**_ONE_TYPE, "plan": "enterprise"},
        f"{_HOME}.read_json._MOST_ENTRIES",
        parts=entries,
    ),
    Refused(
        "cloudflare",
        cloudflare.POLICIES,
        lambda small, count: alike(small, count - 1),
        policies,
        _ONE_TYPE,
        f"{_HOME}.read_json._MOST_POLICIES",
        what="dns policies:",
        checked=f"{_HOME}.limits.POLICIES",
    ),
    Refused(
        "cloudflare",
        cloudflare.EXPRESSION,
        opened,
        expression,
        _ONE_TYPE,
        what="characters of the expression of `aipol_default_dns`:",
        checked=f"{_HOME}.limits.EXPRESSION",
        at=50,
        sized=False,
    ),
    Within(
        "cloudflare",
        cloudflare.LIST_CALLS,
        lambda small, _: people(small, cloudflare.LISTS.value - 1),
        lists,
        _ONE_TYPE,
    ),
)
