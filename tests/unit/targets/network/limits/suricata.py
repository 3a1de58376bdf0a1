"""The limits of Suricata."""

from __future__ import annotations

from aipol_targets.suricata import facts as suricata
from tests.unit.targets.network.limits.measures import longest, number
from tests.unit.targets.network.limits.needs import hosts, spared
from tests.unit.targets.network.limits.rows import Refused, Row

_HOME = "aipol_targets.suricata"
ROWS: tuple[Row, ...] = (
    Refused(
        "suricata",
        suricata.RULES,
        hosts,
        number(r"^drop ", "rules"),
        read=f"{_HOME}.read_rules.MOST",
        what="rules:",
        checked=f"{_HOME}.lower.MOST_RULES",
        at=4,
        sized=False,
    ),
    Refused(
        "suricata",
        suricata.RULE_LENGTH,
        spared,
        longest(r"^drop .*$", "rules"),
        read=f"{_HOME}.read_rules.LONGEST",
        what="characters of the rule for big.test:",
        checked=f"{_HOME}.lower.RULE_LENGTH",
        at=9,
        sized=False,
    ),
)
