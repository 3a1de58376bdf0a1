"""What the lists can act on, and their limits."""

from __future__ import annotations

from aipol.vocabulary import Surface

SURFACES = (
    Surface.WEB,
    Surface.API,
    Surface.DESKTOP,
    Surface.EXTENSION,
    Surface.IDE,
    Surface.CLI,
)
NAME_OCTETS = 255
MOST_SEGMENTS = 512
HOST_LENGTH = 253
