"""What e2guardian can take, and where that is known from.

Measured with e2guardian 5.3.5 of Debian 12 on 2026-11-28 unless a source is named: site lists and
their exact form, the order of a story's lines, includes, and that of two settings the last counts.
"""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason

VERIFIED = date(2026, 11, 28)
LINE_LENGTH = Limit(
    "characters of a line in a site list",
    2048,
    "e2guardian 5.3.5, src/ListContainer.cpp: longer lines are left out",
    VERIFIED,
)
"""A host name is at most 253 characters, so no line of ours comes near."""
HANDSHAKE_UNSEEN = Reason(
    "handshake-unseen",
    "the requested host decides: the name in the TLS handshake that follows is not looked at, so a "
    "client that asks for another host, or for an address, gets past",
    "use `squid`, which checks both",
)
"""Measured: a tunnel that was let through carries whatever name its handshake has."""
