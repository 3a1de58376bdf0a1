"""What lists of hosts can act on, and the limits that all of them share."""

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
HOST = Limit(
    "octets of a host name",
    253,
    "RFC 1035, 2.3.4: 255 octets in a message, two of them not written",
    date(2026, 11, 23),
)
LABEL = Limit("octets between two dots of a host name", 63, "RFC 1035, 2.3.4", date(2026, 11, 23))
SEGMENTS = Limit(
    "network segments", 512, "our own: every segment has its own lists", date(2026, 11, 23)
)
SHARED = (HOST, LABEL, SEGMENTS)
"""What holds for every target of this kind."""
