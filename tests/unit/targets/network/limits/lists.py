"""The limits of lists in the notation of PAN-OS."""

from __future__ import annotations

from typing import Any

from aipol_targets.common.network import edl
from tests.unit.targets.network.limits.measures import longest, number
from tests.unit.targets.network.limits.needs import closed, external_lists, hosts, named
from tests.unit.targets.network.limits.rows import Refused, Row


def external(emitted: Any) -> int:
    """Lists that the table of URL lists names."""
    rows = [row.split(",") for row in emitted.text["edl/rules.csv"].splitlines()[1:]]
    return len({row[2] for row in rows if row[2]} | {row[4] for row in rows})


_HOME = "aipol_targets.lists"
ROWS: tuple[Row, ...] = (
    Refused(
        "lists",
        edl.LISTS,
        external_lists,
        external,
        {"outputs": ["edl"]},
        what="external lists",
        setting="edl_lists",
    ),
    Refused(
        "lists",
        edl.URLS,
        hosts,
        number(r"^.+$", "/edl/.*txt$"),
        {"outputs": ["edl"]},
        what="list entries",
        setting="edl_capacity",
    ),
    Refused(
        "lists",
        edl.ADDRESSES,
        closed,
        number(r"^.+$", "(networks|except).txt$"),
        {"outputs": ["edl"]},
        what="entries of address lists",
        setting="edl_addresses",
        at=40,
    ),
    Refused(
        "lists",
        edl.URL_ENTRY,
        lambda small, count: named(small, count - 3),
        longest(r"^.*$", "/edl/"),
        {"outputs": ["edl"]},
        "aipol_targets.common.network.urllist._LONGEST",
        what="characters of the URL entry",
        checked=f"{_HOME}.limits.URL_ENTRY",
    ),
)
