"""Names of objects: stable, and short enough whatever the segment is called."""

from __future__ import annotations

import hashlib

from aipol.target import Limit

PREFIX = "aipol"


def name(limit: Limit, segment: str, *parts: str) -> str:
    """`aipol-finance_0-block`, cut off with a digest where that is too long.

    No segment has an underscore, so that none is called like a list of another one.
    """
    whole = "_".join((f"{PREFIX}-{segment}", *filter(None, ("-".join(parts),))))
    if len(whole) <= limit.value:
        return whole
    return f"{whole[: limit.value - 9].rstrip('-')}-{digest(whole)}"


def digest(text: str) -> str:
    """Eight characters that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def address_name(network: str) -> str:
    """`aipol-10-20-0-0_24`: no colon or slash is in it, and no two networks share it."""
    return f"{PREFIX}-{network.translate(_PLAIN)}"


_PLAIN = str.maketrans({".": "-", ":": "-", "/": "_"})
