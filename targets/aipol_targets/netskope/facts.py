"""Limits and gaps of Netskope's URL lists, each with where it was read."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason
from aipol_targets.common.network.categories import LONGEST_NAME
from aipol_targets.common.network.families import untold
from aipol_targets.common.network.unlisted import by_hand

_READ = date(2026, 11, 28)

LIST_OCTETS = Limit(
    "octets of a URL list, a longer one is split",
    8_000_000,
    "URL Lists: `max upload is 8 MB`, taken as 8 x 1,000,000 and for the body of a request too",
    _READ,
)
NAME = Limit(
    "characters of a list's, category's or policy's name",
    LONGEST_NAME,
    "our own: short names fit; letters, digits, `_` and `-` only (Real-time Protection Policies)",
    _READ,
)
LIMITS = (LIST_OCTETS, NAME)

NOT_LISTED = Reason(
    "name-not-listed",
    "a URL list takes host names of letters, digits and dashes, and no label that begins or ends"
    " with a dash: this name is treated as what is above it",
    "enforce it by a resolver (`dns`)",
)
IPV6 = untold("that network locations take IPv6 is not documented", "Netskope")

AI_CATEGORY = by_hand(
    "the category Generative AI",
    "it would stop what is listed and open too, which no policy before it lets through",
)
"""Netskope community, "How to Craft Effective Generative AI Policies: A Walkthrough", read
2026-11-29: a post, not the documentation."""
