"""Limits of destination lists and what they cannot say, each with the document that says so."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit
from aipol_targets.common.network.facts import HOST
from aipol_targets.common.network.families import untold
from aipol_targets.common.network.pairs import limits_of
from aipol_targets.common.network.unlisted import by_hand

_READ = date(2026, 11, 28)

DESTINATIONS = Limit(
    "destinations in the body of one request",
    500,
    "Cisco, Destination Lists API overview (POST requests and destination limits)",
    _READ,
)
NAME_LENGTH = Limit(
    "destination, characters",
    HOST.value,
    "network reference 2.5: Cisco, Add a DNS Destination List",
    _READ,
)

# An internal network is a subnet that is not routed, or one of RFC 1918; no document shows one of
# IPv6 (Internal Networks Setup Guide, read 2026-11-29).
IPV6 = untold("that an internal network may be one of IPv6 is not documented", "Umbrella")

LIMITS = limits_of("a destination", "an allow list")

AI_CATEGORY = by_hand(
    "the content category Generative AI",
    "the API for destination lists does not write the content settings of a policy",
)
"""Cisco community, "How Umbrella controls access to AI-generated sites", read 2026-11-29: a
post, not the documentation."""
