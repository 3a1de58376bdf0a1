"""The limits of proxy auto-config files."""

from __future__ import annotations

from aipol_targets.pac import facts as pac
from tests.unit.targets.network.limits.needs import hosts
from tests.unit.targets.network.limits.rows import Refused, Row

_HOME = "aipol_targets.pac"
ROWS: tuple[Row, ...] = (
    Refused(
        "pac",
        pac.FILE_SIZE,
        hosts,
        lambda emitted: max(len(each) for name, each in emitted.files.items() if ".pac" in name),
        read=f"{_HOME}.read_script.LONGEST",
        what="octets of segments/default.pac:",
        checked=f"{_HOME}.lower.FILE_SIZE",
        at=20,
        sized=False,
    ),
)
