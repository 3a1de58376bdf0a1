"""Limits of content filtering and what it cannot say, each with the document that says so."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason
from aipol_targets.common.network.pairs import Limits

_READ = date(2026, 11, 28)

POLICY_NAME = Limit(
    "name of a group policy, characters",
    127,
    "Cisco, Network as Code data model, Meraki group policies (`name`)",
    _READ,
)
PATTERN = Limit(
    "URL pattern, characters",
    1024,
    "Cisco, Network as Code data model, Meraki content filtering (`blocked_url_patterns`); how many"
    " patterns a list holds is in no document that was found",
    _READ,
)

LIMITS = Limits(
    short=Reason(
        "subtrees-only",
        "a URL pattern is a name with all below it, and an allowed one always wins: this cannot be"
        " blocked without blocking what is to stay open",
        "write `on_gap: tighten`, or block it on a resolver (`dns`) or on the device",
    ),
    wide=Reason(
        "widened",
        "a URL pattern is a name with all below it, and an allowed one always wins: this is blocked"
        " because what is to be blocked cannot be blocked without it",
        "write `on_gap: report`, or block it on a resolver (`dns`) or on the device",
    ),
)
