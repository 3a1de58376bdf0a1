"""The limits of a firewall of Palo Alto Networks."""

from __future__ import annotations

import re
from typing import Any

from aipol_targets.common.network import edl
from aipol_targets.paloalto import facts as paloalto
from tests.unit.targets.network.limits.measures import longest, most, number
from tests.unit.targets.network.limits.needs import (
    closed,
    deepest,
    external_lists,
    hosts,
    named,
    restricted,
)
from tests.unit.targets.network.limits.rows import Refused, Row, Split, Within


def insertions(emitted: Any) -> list[int]:
    """Domains of every entry that inserts a header."""
    found = re.findall(r"<domains>.*?</domains>", emitted.text["xml/aipol.xml"], re.DOTALL)
    return [each.count("<member>") for each in found]


def edl_names(emitted: Any) -> list[str]:
    """The external lists."""
    paths = (name for name in emitted.files if name.startswith("edl/lists/"))
    return [name.rpartition("/")[2].removesuffix(".txt") for name in paths]


_EDL = {"outputs": ["edl"], "edl_url": "https://lists.test/a", "capacity": {}}
_XML = {"outputs": ["xml"], "edl_url": "", "capacity": {}}

_HOME = "aipol_targets.paloalto"
ROWS: tuple[Row, ...] = (
    Within("paloalto", paloalto.RULE_NAME, deepest, longest(r'entry name="(aipol[^"]*)"', "xml")),
    Within(
        "paloalto",
        paloalto.CATEGORY_NAME,
        deepest,
        longest(r"set profiles custom-url-category (\S+)", "set"),
        read=f"{_HOME}.read_objects._LONGEST_NAMES[custom-url-category]",
    ),
    Within(
        "paloalto",
        paloalto.LIST_NAME,
        deepest,
        most(lambda emitted: [len(each) for each in edl_names(emitted)]),
        read=f"{_HOME}.read_objects._LONGEST_LIST",
    ),
    Within(
        "paloalto",
        paloalto.PROFILE_NAME,
        deepest,
        longest(r"set profiles url-filtering (\S+)", "set"),
        read=f"{_HOME}.read_objects._LONGEST_NAMES[url-filtering]",
    ),
    Refused(
        "paloalto",
        edl.URL_ENTRY,
        lambda small, count: named(small, count - 3),
        longest(r"<member>(.*\.test/)</member>", "xml"),
        _XML,
        f"{_HOME}.read_objects._LONGEST_ENTRY",
        what="characters of the URL entry",
        checked=f"{_HOME}.limits.URL_ENTRY",
    ),
    Refused(
        "paloalto",
        paloalto.LIST_SOURCE,
        hosts,
        longest(r"<url>(https.*)</url>", "xml"),
        _EDL,
        f"{_HOME}.read_objects._LONGEST_SOURCE",
        what="characters of the list's address",
        checked=f"{_HOME}.limits.LIST_SOURCE",
        at=1,
        sized=False,
    ),
    Split(
        "paloalto",
        paloalto.INSERTION_DOMAINS,
        lambda small, count: restricted(small, *(f"h{n}.test" for n in range(count))),
        most(insertions),
        _XML,
        f"{_HOME}.read_objects._MOST_DOMAINS",
        parts=insertions,
    ),
    Refused(
        "paloalto",
        paloalto.HEADER_NAME,
        lambda small, count: restricted(small, "one.test", header="h" * count),
        longest(r"<header>(.*)</header>", "xml"),
        _XML,
        f"{_HOME}.read_objects._LONGEST_HEADER",
        what="characters of the header",
        checked=f"{_HOME}.limits.HEADER_NAME",
    ),
    Refused(
        "paloalto",
        paloalto.HEADER_VALUE,
        lambda small, count: restricted(small, "one.test", tenants=("t" * count,)),
        longest(r"<value>(.*)</value>", "xml"),
        _XML,
        f"{_HOME}.read_objects._LONGEST_VALUE",
        what="characters of the value",
        checked=f"{_HOME}.limits.HEADER_VALUE",
    ),
    Refused(
        "paloalto",
        edl.LISTS,
        external_lists,
        number(r"<recurring>", "xml"),
        _EDL,
        what="external lists",
        setting="capacity.lists",
    ),
    Refused(
        "paloalto",
        edl.URLS,
        hosts,
        number(r"^h\d+\.test/$", "edl/lists"),
        _EDL,
        what="entries of URL lists",
        setting="capacity.list_urls",
        at=20,
    ),
    Refused(
        "paloalto",
        edl.ADDRESSES,
        closed,
        number(r"^\d.*/\d+$", "edl/lists"),
        _EDL,
        what="entries of address lists",
        setting="capacity.list_addresses",
        at=20,
    ),
)
