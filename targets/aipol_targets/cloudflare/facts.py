"""Limits of Cloudflare Gateway, each with the page that says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aipol.target import Limit
from aipol_targets.common.network.families import untold

_READ = date(2026, 11, 28)
_ACCOUNT_LIMITS = "Cloudflare One docs, Account limits"

# Without it a DNS policy about a category is also for names that lead to one that is in it: "When
# off, evaluate categories in this rule against all CNAME domain categories in the response"
# (cloudflare-go, zero_trust gateway rules, RuleSetting; the same in the Terraform provider's schema
# of zero_trust_gateway_policy; read 2026-11-29).
CATEGORY_SETTINGS: Mapping[str, bool] = {"ignore_cname_category_matches": True}
"""Of a DNS policy about a category: it is for names in it, not for those that lead there."""

IPV6 = untold("that Gateway sees private IPv6 addresses is not documented", "Gateway")

LISTS = Limit("lists of an account", 100, f"{_ACCOUNT_LIMITS} (Gateway)", _READ)
STANDARD_ENTRIES = Limit(
    "entries of a list, Standard plans", 1_000, f"{_ACCOUNT_LIMITS}; Lists (List size)", _READ
)
ENTERPRISE_ENTRIES = Limit(
    "entries of a list, Enterprise plans", 5_000, f"{_ACCOUNT_LIMITS}; Lists (List size)", _READ
)
POLICIES = Limit("policies of one type", 500, f"{_ACCOUNT_LIMITS} (Gateway)", _READ)
EXPRESSION = Limit(
    "characters of an expression sent to the API",
    140_000,
    f"{_ACCOUNT_LIMITS} (Maximum number of characters)",
    _READ,
)
LIST_CALLS = Limit(
    "requests about lists in a minute", 600, f"{_ACCOUNT_LIMITS}; Lists (API rate limit)", _READ
)
