"""Says why no policy carries out obligations that Gateway leaves to settings of the account."""

from __future__ import annotations

from aipol.target import Coverage, Reason, Status
from aipol_targets.common.network.account import Case

_ACCOUNT_WIDE = {
    "inspect_tls": Reason(
        "tls-not-inspected",
        "Gateway decrypts all or nothing, by a setting of the account that no policy here makes",
        "turn TLS decryption on, and keep these hosts out of Do Not Inspect policies",
    ),
    "log": Reason(
        "not-logged",
        "what Gateway records is a setting of the account, and no policy here makes it",
        "turn on activity logging of all DNS, network and HTTP traffic",
    ),
}


def account_wide(case: Case, clause: str, _: str) -> Coverage | None:
    """The account of a clause that is a setting of the account, None for any other."""
    reason = _ACCOUNT_WIDE.get(clause)
    return case.record(clause, Status.UNSUPPORTED, reason) if reason else None
