"""The limits of PAN-OS, each with where it was read."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit
from aipol_targets.common.network.edl import ADDRESSES, LISTS, URL_ENTRY, URLS, WILDCARDS
from aipol_targets.common.network.unlisted import by_hand

_READ = date(2026, 11, 28)
_HELP = "PAN-OS 11.1 web interface help"

RULE_NAME = Limit("characters of a rule's name", 63, f"{_HELP}, Policies > Security", _READ)
CATEGORY_NAME = Limit(
    "characters of a custom URL category's name",
    31,
    f"{_HELP}, Custom Objects > URL Category",
    _READ,
)
LIST_NAME = Limit(
    "characters of an external list's name", 32, f"{_HELP}, Objects > External Dynamic Lists", _READ
)
PROFILE_NAME = Limit(
    "characters of a profile's name", 31, f"{_HELP}, Objects > Security Profiles", _READ
)
LIST_SOURCE = Limit(
    "characters of an external list's address", 255, "pan-os-codegen, external-dynamic-list", _READ
)
INSERTION_DOMAINS = Limit(
    "domains of a header insertion entry", 50, f"{_HELP}, HTTP Header Insertion", _READ
)
HEADER_NAME = Limit(
    "characters of an inserted header's name", 100, f"{_HELP}, HTTP Header Insertion", _READ
)
# The configuration takes 16,384 (pan-os-codegen), which is more than a firewall can manage.
HEADER_VALUE = Limit(
    "characters of an inserted header's value",
    512,
    "PAN-OS 10.1, Understand SaaS Custom Headers; unverified for later versions",
    _READ,
)
LIMITS = (
    RULE_NAME,
    CATEGORY_NAME,
    LIST_NAME,
    PROFILE_NAME,
    URL_ENTRY,
    LIST_SOURCE,
    INSERTION_DOMAINS,
    HEADER_NAME,
    HEADER_VALUE,
    LISTS,
    URLS,
    ADDRESSES,
    WILDCARDS,
)

AI_CATEGORY = by_hand(
    "the URL category `artificial-intelligence`",
    "a rule for it would deny what is listed and open too, unless a rule before it allows that",
)
"""Palo Alto Networks, knowledge base, "Why aren't parent domains associated with Machine Learning
and Generative AI categorized as Artificial Intelligence in PanDB?" (such as openai.com), and its
community, "New Advanced URL Filtering Category: Artificial Intelligence"; read 2026-11-29."""
