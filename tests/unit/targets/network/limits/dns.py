"""The limits of resolvers."""

from __future__ import annotations

import re
from typing import Any

from aipol_targets.dns import facts as dns
from tests.unit.targets.network.limits.measures import longest
from tests.unit.targets.network.limits.needs import named, opened
from tests.unit.targets.network.limits.rows import Refused, Row


def zone_name(emitted: Any) -> int:
    """The longest owner in a zone: labels with their lengths, and the root."""
    found: list[int] = []
    for text in emitted.text.values():
        for zone in re.findall(r"^\$ORIGIN (\S+)\.$", text, re.MULTILINE):
            owners = re.findall(r"^(\S+) CNAME ", text, re.MULTILINE)
            labels = (f"{owner}.{zone}".split(".") for owner in owners)
            found += (sum(len(label) + 1 for label in each) + 1 for each in labels)
    return max(found)


_HOME = "aipol_targets.dns"
ROWS: tuple[Row, ...] = (
    Refused(
        "dns",
        dns.NAME_OCTETS,
        # `*.` before it, the zone's 21 characters behind it, a length octet and the root.
        lambda small, octets: named(small, octets - 26),
        zone_name,
        {"outputs": ["knot"]},
        f"{_HOME}.read_zone._OCTETS",
        what="in zone default.aipol.invalid:",
        checked=f"{_HOME}.lower.NAME_OCTETS",
    ),
    Refused(
        "dns",
        dns.RULE_OCTETS,
        opened,
        longest(r"^.*$", "^adguard/rules"),
        {"outputs": ["adguard"]},
        f"{_HOME}.read_adguard._LONGEST",
        what="octets of the rule for one.test in adguard/rules.txt:",
        checked=f"{_HOME}.lower.RULE_OCTETS",
        at=50,
        sized=False,
    ),
)
