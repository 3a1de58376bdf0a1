"""Every limit of every network target: a policy that comes to it, and where it is seen to hold.

A row says how to make a policy that needs exactly so much, and how much the emitted files then have
(`measure` looks at the files, not at what was counted). What a limit does is one of three things:
more is an error (`Refused`), more is split (`Split`), or no policy comes to it (`Within`).
"""

from __future__ import annotations

from tests.unit.targets.network.limits import (
    cloudflare,
    dns,
    e2guardian,
    fortigate,
    lists,
    meraki,
    netskope,
    pac,
    paloalto,
    sonicwall,
    squid,
    suricata,
    umbrella,
    zscaler,
)
from tests.unit.targets.network.limits.rows import Row

ROWS: tuple[Row, ...] = (
    *cloudflare.ROWS,
    *dns.ROWS,
    *e2guardian.ROWS,
    *fortigate.ROWS,
    *lists.ROWS,
    *sonicwall.ROWS,
    *meraki.ROWS,
    *netskope.ROWS,
    *pac.ROWS,
    *paloalto.ROWS,
    *squid.ROWS,
    *suricata.ROWS,
    *umbrella.ROWS,
    *zscaler.ROWS,
)
