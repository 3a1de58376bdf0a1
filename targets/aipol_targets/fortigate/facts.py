"""Limits of FortiOS, each with the document that says so."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit
from aipol_targets.common.network.unlisted import by_hand

_READ = date(2026, 11, 28)

OBJECT_NAME = Limit(
    "name of a policy or profile, characters",
    35,
    "FortiOS 6.4 CLI reference, firewall policy (`name`, `webfilter-profile`)",
    _READ,
)
ADDRESS_NAME = Limit(
    "name of an address, characters",
    79,
    "FortiOS 6.4 CLI reference, firewall policy (`srcaddr`)",
    _READ,
)
PATTERN = Limit(
    "pattern of a filter entry, characters",
    511,
    "FortiOS 7.6.4 CLI reference, dnsfilter domain-filter (`domain`); 6.0 too. That `url` of"
    " webfilter urlfilter has the same limit is unverified",
    _READ,
)

AI_CATEGORY = by_hand(
    "FortiGuard's category 100 (Artificial Intelligence Technology)",
    "it needs a licence, and what is listed and open would need `exempt fortiguard` in place of"
    " `monitor`",
)
"""FortiOS 7.4.3 and 7.6.6 administration guides, "Configuring web filter profiles to block AI and
cryptocurrency", "Protecting GenAI access using web filter"; Technical Tip 197249 (`exempt`);
read 2026-11-29."""
