"""The limits of external dynamic lists of PAN-OS, each with where it was read."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit

_READ = date(2026, 11, 28)
_OLD = "PAN-OS 7.1 web interface help; what a model of today holds is unverified and can be set"

LISTS = Limit("external lists of a firewall", 30, _OLD, _READ)
URLS = Limit("entries of all external URL lists", 50_000, _OLD, _READ)
ADDRESSES = Limit("entries of all external address lists", 50_000, _OLD, _READ)
URL_ENTRY = Limit(
    "characters of an entry of a URL list", 255, "Guidelines for URL Category Exceptions", _READ
)
WILDCARDS = Limit("`^` in a row in a URL entry", 9, "Guidelines for URL Category Exceptions", _READ)
"""None of ours has one."""
