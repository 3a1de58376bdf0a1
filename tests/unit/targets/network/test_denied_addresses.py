"""What a tenant restriction denies besides is held against the protected hosts once more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aipol.vocabulary import Account, Effect

ADDRESSES = {
    "https://accounts.test/anonymous/": [],
    "https://sign-in.test/": ["sign-in.test"],
    "https://any.sign-in.test/x": ["any.sign-in.test"],
}


@pytest.mark.parametrize(("address", "hosts"), ADDRESSES.items())
def test_a_denied_address_on_a_protected_host_is_a_lock_out(
    small: Any, address: str, hosts: list[str]
) -> None:
    """Whatever let it into the catalogue, it does not get into a proxy's configuration unsaid."""
    restriction = small.tenant(small.HEADER, "accounts.test", also_block=(address,))
    policy = small.Policy(
        apps=(small.app("accounts", small.domain("accounts.test"), tenant=restriction),),
        rules=(
            small.Rule(("accounts",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("ws-1",)),
        ),
        inspect_tls="ai-only",
    )
    ir = replace(small.resolve(policy), protected_hosts=(("sign-in.test", "subtree", "identity"),))
    found = small.compiled(ir).findings
    assert [(each.code, each.message.rpartition(" ")[2].strip("`")) for each in found] == [
        ("AIP505", host) for host in hosts
    ]
