"""The limits of Netskope."""

from __future__ import annotations

import json
from typing import Any

from aipol_targets.netskope import facts as netskope
from tests.unit.targets.network.limits.measures import json_of, longest, most
from tests.unit.targets.network.limits.needs import deepest, subtrees
from tests.unit.targets.network.limits.rows import Row, Split, Within


def url_bodies(emitted: Any) -> list[int]:
    """Octets of each body that makes a URL list, without blanks."""
    bodies = [each["body"] for each in json_of(emitted, "requests.json") if "body" in each]
    return [len(json.dumps(body, separators=(",", ":"))) for body in bodies]


_HOME = "aipol_targets.netskope"
ROWS: tuple[Row, ...] = (
    Split(
        "netskope",
        netskope.LIST_OCTETS,
        subtrees,
        most(url_bodies),
        read=f"{_HOME}.read_policies._MOST_OCTETS",
        parts=url_bodies,
        checked=(f"{_HOME}.lower.LIST_OCTETS",),
        at=600,
    ),
    Within("netskope", netskope.NAME, deepest, longest(r'"name": "([^"]*)"', "requests")),
)
