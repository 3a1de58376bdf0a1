"""Limits of destination lists and what they cannot say, each with the document that says so."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason
from aipol_targets.common.network.facts import HOST_LENGTH
from aipol_targets.common.network.pairs import Limits

_READ = date(2026, 11, 28)

DESTINATIONS = Limit(
    "destinations in the body of one request",
    500,
    "Cisco, Destination Lists API overview (POST requests and destination limits)",
    _READ,
)
NAME_LENGTH = Limit(
    "destination, characters",
    HOST_LENGTH,
    "network reference 2.5: Cisco, Add a DNS Destination List",
    _READ,
)

LIMITS = Limits(
    short=Reason(
        "subtrees-only",
        "a destination is a name with all below it, and an allow list always wins: this cannot be"
        " blocked without blocking what is to stay open",
        "write `on_gap: tighten`, or block it on a resolver (`dns`) or on the device",
    ),
    wide=Reason(
        "widened",
        "a destination is a name with all below it, and an allow list always wins: this is blocked"
        " because what is to be blocked cannot be blocked without it",
        "write `on_gap: report`, or block it on a resolver (`dns`) or on the device",
    ),
)
