"""What squid can take, and where that is known from."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit

ACL_NAME = Limit(
    "characters of the name of an access list",
    62,
    "measured with squid 5.7: a name of 63 is cut and not found again, a longer one is refused",
    date(2026, 11, 28),
)
"""Ours have at most 59 and the digits of a level's depth: a segment's id has at most 40."""
CONFIG_LINE = Limit(
    "octets of a line of the configuration",
    8191,
    "measured with squid 5.7: the rest of a longer one is taken for a directive of its own",
    date(2026, 11, 28),
)
"""Only a header that names many tenants comes near."""
