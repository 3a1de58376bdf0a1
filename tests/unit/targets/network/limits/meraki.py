"""The limits of a Meraki MX."""

from __future__ import annotations

from aipol_targets.meraki import facts as meraki
from tests.unit.targets.network.limits.measures import longest
from tests.unit.targets.network.limits.needs import deepest, named
from tests.unit.targets.network.limits.rows import Row, Within

_HOME = "aipol_targets.meraki"
ROWS: tuple[Row, ...] = (
    Within("meraki", meraki.PATTERN, lambda small, _: named(small, 253), longest(r'"(\S+\.test)"')),
    Within(
        "meraki",
        meraki.POLICY_NAME,
        deepest,
        longest(r'"(aipol_[^"]*)"'),
        read=f"{_HOME}.read._LONGEST_NAME",
    ),
)
