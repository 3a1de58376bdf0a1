"""What a tenant restriction of the catalogue may deny, and to what hosts a header may go."""

from __future__ import annotations

from pathlib import Path

import pytest

from aipol.catalogue.lint import lint

ANCHOR = "  oauth:\n"
OWN = "https://chat.acme.example/anonymous/"
# What the restriction says -> what the lint says a block would break, None where all is well.
CASES = {
    ("chat.acme.example", OWN, "A"): None,
    ("chat.acme.example", "https://chat.acme.example/", "A"): None,
    ("cdn.example", "https://cdn.example/anonymous/", "A"): None,
    ("cdn.example", "https://cdn.example/", "A"): "pictures of many sites",
    ("chat.acme.example", "https://files.cdn.example/x", "A"): "pictures of many sites",
    ("chat.acme.example", "https://pages.example/", "A"): "unrelated services",
    ("chat.acme.example", "https://elsewhere.example/", "A"): None,
    ("chat.acme.example", "https://elsewhere.example/", "B"): "services that are not this app",
    ("chat.acme.example", "https://mdm.acme.example/x/", "A"): "updates (`mdm.acme.example`)",
    ("mdm.acme.example", OWN, "A"): "updates (`mdm.acme.example`)",
    ("acme.example", OWN, "A"): None,
}


def restricted(host: str, address: str, tier: str) -> str:
    """A restriction as a file of apps says it."""
    match = "subtree" if host == "acme.example" else "exact"
    return (
        "  tenant_restriction:\n    header: Acme-Allowed\n    value: ids\n"
        f"    hosts: [{{host: {host}, match: {match}}}]\n    also_block: ['{address}']\n"
        f"    source: page:acme.example\n    tier: {tier}\n"
    )


@pytest.mark.parametrize(("said", "breaks"), CASES.items())
def test_a_restriction_denies_only_what_is_its_apps(
    catalogue: Path, said: tuple[str, str, str], breaks: str | None
) -> None:
    """The fault names what would break, at the value."""
    chat = catalogue / "chat.yaml"
    text = chat.read_text(encoding="utf-8")
    chat.write_text(text.replace(ANCHOR, restricted(*said) + ANCHOR, 1), encoding="utf-8")
    found = [fault.message for fault in lint(catalogue)]
    value = said[0] if said[0] == "mdm.acme.example" else said[1]
    assert found == ([f"`{value}` would break {breaks}: leave it out"] if breaks else [])


@pytest.mark.parametrize("address", ["http://chat.acme.example/", "https://chat.acme.example", "x"])
def test_an_address_that_could_not_be_denied_is_refused(catalogue: Path, address: str) -> None:
    """The compiler would pass over what is not plain, and nobody would know."""
    chat = catalogue / "chat.yaml"
    text = chat.read_text(encoding="utf-8")
    row = restricted("chat.acme.example", address, "A")
    chat.write_text(text.replace(ANCHOR, row + ANCHOR, 1), encoding="utf-8")
    (fault,) = lint(catalogue)
    assert "is not a web address of the form `https://host/path`" in fault.message
