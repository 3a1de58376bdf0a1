"""The limits of a FortiGate."""

from __future__ import annotations

from typing import Any

from aipol_targets.fortigate import facts as fortigate
from tests.unit.targets.network.limits.measures import json_of, most
from tests.unit.targets.network.limits.needs import deepest
from tests.unit.targets.network.limits.rows import Row, Within


def object_names(emitted: Any, *, addresses: bool) -> list[str]:
    """What objects are called: addresses and their groups, or all others."""
    made = [each for each in json_of(emitted, "rest.json") if "name" in each["body"]]
    return [
        each["body"]["name"] for each in made if ("/firewall/addr" in each["path"]) is addresses
    ]


def longest_pattern(emitted: Any) -> int:
    """The longest of any filter."""
    bodies = [each["body"] for each in json_of(emitted, "rest.json")]
    entries = [entry for body in bodies for entry in body.get("entries", ())]
    return max(len(str(entry.get("url", entry.get("domain")))) for entry in entries)


_HOME = "aipol_targets.fortigate"
ROWS: tuple[Row, ...] = (
    Within(
        "fortigate",
        fortigate.OBJECT_NAME,
        deepest,
        most(lambda emitted: [len(each) for each in object_names(emitted, addresses=False)]),
        read=f"{_HOME}.read_policies._LONGEST[firewall policy]",
    ),
    Within(
        "fortigate",
        fortigate.ADDRESS_NAME,
        deepest,
        most(lambda emitted: [len(each) for each in object_names(emitted, addresses=True)]),
        read=f"{_HOME}.read_policies._LONGEST[firewall address6]",
    ),
    Within(
        "fortigate",
        fortigate.PATTERN,
        # Every second character a dot, each of which is escaped.
        lambda small, _: small.Policy((small.app("one", "a." * 124 + "test"),)),
        longest_pattern,
        {"outputs": ["rest"]},
        f"{_HOME}.read_patterns._LONGEST",
    ),
)
