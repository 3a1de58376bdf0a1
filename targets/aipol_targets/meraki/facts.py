"""Limits of content filtering and what it cannot say, each with the document that says so."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason
from aipol_targets.common.network.families import untold
from aipol_targets.common.network.pairs import limits_of

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

IPV6 = untold("that an MX filters IPv6 by group policy is not documented", "the MX")

# A pattern blocks or allows "an entire domain", and a child can be allowed in a blocked parent but
# not blocked in an allowed one: Cisco Meraki, "URL Filtering", read 2026-11-29.
LIMITS = limits_of("a URL pattern", "an allowed one")

# Looked for in the documents of content filtering and of the dashboard's API, read 2026-11-29.
AI_CATEGORY = Reason(
    "ai-category-unknown",
    "no category of AI is blocked: none is documented for content filtering",
    "add a target whose vendor documents one and that blocks it, such as `cloudflare`",
)
