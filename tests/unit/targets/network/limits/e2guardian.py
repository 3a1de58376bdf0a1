"""The limits of e2guardian."""

from __future__ import annotations

from aipol_targets.common.network import facts as shared
from aipol_targets.e2guardian import facts as e2guardian
from tests.unit.targets.network.limits.measures import longest
from tests.unit.targets.network.limits.needs import named
from tests.unit.targets.network.limits.rows import Row, Within

_HOME = "aipol_targets.e2guardian"
ROWS: tuple[Row, ...] = (
    Within(
        "e2guardian",
        e2guardian.LINE_LENGTH,
        lambda small, _: named(small, shared.HOST.value),
        longest(r"^.*$", r"level-.*\.txt$"),
        read=f"{_HOME}.read_sites._LONGEST",
    ),
)
