"""What lists of hosts can act on, and their limits."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit
from aipol.vocabulary import Surface

SURFACES = (
    Surface.WEB,
    Surface.API,
    Surface.DESKTOP,
    Surface.EXTENSION,
    Surface.IDE,
    Surface.CLI,
)
"""The ways to reach an app that pass the network."""
GATEWAYS = "aipol__gateways"
"""What the sources of all gateways are called; no segment has an underscore in its name."""
HOST_LENGTH = 253
"""Characters of a host name: 255 octets in a message (RFC 1035, 2.3.4), two of them not written."""
SEGMENTS = Limit(
    "network segments", 512, "our own: every segment has its own lists", date(2026, 11, 23)
)
