"""A tenant restriction of an overlay denies nothing that is not its app's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aipol.catalogue.load import Catalogue
from aipol.pipeline import Opened

Open = Callable[..., Opened]
Overlaying = Callable[..., dict[str, str]]
SOURCED = {"source": "acme/facts:apps.yaml@0123abc", "tier": "A"}
PROTECTED = {
    "acme": [
        {"host": "sign-in.test", "match": "exact", "purpose": "identity", **SOURCED},
        {"host": "mdm.test", "match": "subtree", "purpose": "device-management", **SOURCED},
    ]
}
# Hosts of the header and an address to deny -> what that would break, None where it may be.
CASES = {
    ("chatter.test", "https://chatter.test/anonymous/"): None,
    ("chatter.test", "https://www.chatter.test/"): None,
    ("sign-in.test", "https://chatter.test/x"): None,
    ("chatter.test", "https://sign-in.test/"): "signing in (`sign-in.test`)",
    ("sign-in.test", "https://sign-in.test/common/"): "signing in (`sign-in.test`)",
    ("mdm.test", "https://chatter.test/x"): "the management of devices (`mdm.test`)",
    ("a.mdm.test", "https://chatter.test/x"): "the management of devices (`mdm.test`)",
    ("chatter.test", "https://cdn.shared.test/"): "pictures of other sites (chatter)",
    ("chatter.test", "https://cdn.shared.test/x"): "pictures of other sites (chatter)",
    ("cdn.shared.test", "https://cdn.shared.test/"): "pictures of other sites (chatter)",
    ("cdn.shared.test", "https://cdn.shared.test/x"): None,
    ("chatter.test", "https://answers.test/"): "services that are not this app",
    ("chatter.test", "https://bypass.test/"): None,
}


@pytest.fixture
def known(content: dict[str, Any]) -> Catalogue:
    """The small catalogue with what is protected, and an address that it denies itself."""
    chatter = content["apps"]["chatter"]
    chatter["domains"][1]["serves"] = "pictures of other sites"
    chatter["tenant_restriction"] = {
        "header": "Chatter-Allowed",
        "value": "ids",
        "hosts": [{"host": "chatter.test", "match": "exact"}],
        "also_block": ["https://bypass.test/"],
        **SOURCED,
    }
    content["protected"] = PROTECTED
    return Catalogue(content, "0" * 64)


@pytest.mark.parametrize(("said", "breaks"), CASES.items())
def test_a_restriction_that_denies_what_others_need_is_refused(
    opened: Open,
    overlaying: Overlaying,
    known: Catalogue,
    said: tuple[str, str],
    breaks: str | None,
) -> None:
    """It is told at the value, with what would break."""
    host, address = said
    restriction = (
        f"{{header: Chatter-Allowed, value: ids, hosts: [{{host: {host}, match: exact}}],\n"
        f"      also_block: ['{address}'], source: 'own: ours', tier: A}}"
    )
    overlay = f"apps:\n  chatter:\n    tenant_restriction: {restriction}\n"
    policy = opened(overlaying(overlay), catalogue=known)
    found = [each for each in policy.findings if each.severity == "error"]
    assert [each.code for each in found] == ["AIP225"] * bool(breaks)
    assert [each.message.partition(" would break ")[2] for each in found] == [breaks] * bool(breaks)
    of_host = host.endswith("mdm.test")
    assert {each.span.line for each in found} <= {3 if of_host else 4}
