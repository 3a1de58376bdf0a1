"""Limits and gaps of Zscaler Internet Access, each with where it was read."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason
from aipol_targets.common.network.categories import LONGEST_NAME
from aipol_targets.common.network.families import untold

_READ = date(2026, 11, 28)
_RANGES = "Ranges & Limitations (ZIA)"

LEVELS = Limit(
    "labels below a name that its leading period stands for",
    5,
    "URL Format Guidelines: `up to 5 subdomain levels deep`; that five are included is how we read"
    " it, the examples end at four",
    _READ,
)
URLS = Limit(
    "custom URLs of an organisation, in all categories and lists",
    25_000,
    f"{_RANGES}; Configuring Custom URL Categories. More by subscription",
    _READ,
)
CATEGORIES = Limit(
    "custom URL categories of an organisation",
    64,
    f"{_RANGES} and Configuring Custom URL Categories: 64, up to 1,024 by support. Documents of the"
    " API and zscaler-sdk-python say 48",
    _READ,
)
MOST_CATEGORIES = 1_024
URL_LENGTH = Limit("characters of a URL", 1_024, "URL Format Guidelines", _READ)
LABEL = Limit("characters between two periods of a URL", 63, "URL Format Guidelines", _READ)
RULES = Limit("URL filtering rules", 1_000, _RANGES, _READ)
SOURCES = Limit("source IP groups", 4_000, _RANGES, _READ)
SOURCES_OF_RULE = Limit("source IP groups of a rule", 1_000, _RANGES, _READ)
ADDRESSES_OF_RULE = Limit("address entries of all source groups of a rule", 8_000, _RANGES, _READ)
ADDRESSES = Limit("address entries of all IP groups", 16_000, f"{_RANGES}: `16K`", _READ)
NAME = Limit(
    "characters of a category's or rule's name", LONGEST_NAME, "our own: short names fit", _READ
)

LIMITS = (
    LEVELS,
    URLS,
    CATEGORIES,
    URL_LENGTH,
    LABEL,
    RULES,
    SOURCES,
    SOURCES_OF_RULE,
    ADDRESSES_OF_RULE,
    ADDRESSES,
    NAME,
)

FIVE_LEVELS = Reason(
    "five-levels",
    "an entry stands for a name and five levels of names below it; deeper names are let through",
    "name the deeper host, or enforce it by a resolver (`dns`)",
)
AI_CATEGORIES = ("AI_ML_APPS", "GENERAL_AI_ML")
"""The predefined URL categories of AI, as the API names them: Zscaler's own terraform-provider-zia
(2.6.0), zscaler-sdk-python and ziacloud-ansible (`url_categories`), read 2026-11-29."""

AI_CATEGORY = Reason(
    "ai-category-off",
    f"{' and '.join(AI_CATEGORIES)} are not blocked: all that is listed would have to leave its"
    " predefined category",
    "write `ai_categories: true` below `targets.zscaler`, if no rule of yours is about those",
)

IPV6 = untold("source IP groups take IPv4 only", "Zscaler")
