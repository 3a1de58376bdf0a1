"""The limits of squid."""

from __future__ import annotations

from aipol_targets.squid import facts as squid
from tests.unit.targets.network.limits.measures import longest
from tests.unit.targets.network.limits.needs import deepest, restricted
from tests.unit.targets.network.limits.rows import Refused, Row, Within

_HOME = "aipol_targets.squid"
ROWS: tuple[Row, ...] = (
    Within(
        "squid",
        squid.ACL_NAME,
        deepest,
        longest(r"^acl (\S+)", "aipol.conf"),
        read=f"{_HOME}.read_squid._NAME_LENGTH",
    ),
    Refused(
        "squid",
        squid.CONFIG_LINE,
        lambda small, count: restricted(small, "one.test", tenants=("t" * (count - 68),)),
        longest(r"^.*$", "aipol.conf"),
        read=f"{_HOME}.read_squid._LINE_LENGTH",
        what="of aipol.conf:",
        checked=f"{_HOME}.lower.CONFIG_LINE",
    ),
)
