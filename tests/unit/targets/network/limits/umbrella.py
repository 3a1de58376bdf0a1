"""The limits of Cisco Umbrella."""

from __future__ import annotations

from typing import Any

from aipol_targets.common.network import facts as shared
from aipol_targets.umbrella import facts as umbrella
from tests.unit.targets.network.limits.measures import json_of, longest, most
from tests.unit.targets.network.limits.needs import named, subtrees
from tests.unit.targets.network.limits.rows import Row, Split, Within


def destinations(emitted: Any) -> list[int]:
    """Of every request that fills a list."""
    names = [name for name in emitted.files if name.startswith("lists/")]
    bodies = [json_of(emitted, name) for name in names]
    return [len(body["destinations"] if isinstance(body, dict) else body) for body in bodies]


_HOME = "aipol_targets.umbrella"
ROWS: tuple[Row, ...] = (
    Split(
        "umbrella",
        umbrella.DESTINATIONS,
        subtrees,
        most(destinations),
        read=f"{_HOME}.read.MOST",
        parts=destinations,
    ),
    Within(
        "umbrella",
        umbrella.NAME_LENGTH,
        lambda small, _: named(small, shared.HOST.value),
        longest(r'"(\S+\.test)"'),
        read="aipol_targets.common.network.read_pair._LONGEST",
    ),
)
