"""Limits of FortiOS, each with the document that says so."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit

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
