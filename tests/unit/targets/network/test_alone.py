"""Whichever output or policies a target is told to write alone, what comes out is fine."""

from __future__ import annotations

from typing import Any

import pytest

from aipol.vocabulary import Effect

CHOICES: dict[str, tuple[str, tuple[dict[str, Any], ...]]] = {
    "FORTIGATE": ("outputs", ({"inside": ["lan"], "outside": ["wan1"]},)),
    "LISTS": ("outputs", ({},)),
    "PALOALTO": ("outputs", ({"edl_url": "https://lists.acme.test/aipol"},)),
    "DNS": ("outputs", ({},)),
    "CLOUDFLARE": (
        "policies",
        ({"on_ramp": "wan", "tls_decryption": True}, {"on_ramp": "wan"}),
    ),
}
ALONE = {
    "FORTIGATE": ("cli", "rest"),
    "LISTS": ("domains", "edl", "sonicwall", "watchguard"),
    "PALOALTO": ("set", "xml", "edl"),
    "CLOUDFLARE": ("dns", "network", "http"),
}


def policies(small: Any) -> dict[str, Any]:
    """With everything, with one open app, with one blocked app, and with ways around closed."""
    one = (small.app("one", "one.test"),)
    allowed = (small.Rule(("one",), ("everyone",), Effect.ALLOW),)
    return {
        "everything": small.everything(),
        "open": small.Policy(apps=one, rules=allowed),
        "blocked": small.Policy(apps=one),
        "closed": small.Policy(apps=one, close_bypasses=True),
    }


@pytest.mark.parametrize("policy", ["everything", "open", "blocked", "closed"])
@pytest.mark.parametrize("target", sorted(CHOICES))
def test_one_output_alone_is_what_the_policy_says(target: str, policy: str, small: Any) -> None:
    """It compiles, and is read back as meant, settings included."""
    name, given = CHOICES[target]
    found = dict[str, list[str]]()
    for settings in given:
        for alone in ALONE.get(target) or small.RESOLVERS:
            if alone == "http" and "tls_decryption" not in settings:
                continue  # refused: without decryption there are no requests to see
            chosen = {**settings, name: [alone]}
            emitted = small.emit(policies(small)[policy], getattr(small, target), **chosen)
            errors = [each for each in emitted.compiled.findings if each.severity == "error"]
            messages = [each.message for each in (*errors, *emitted.findings())]
            if messages:
                found[f"{alone} {settings}"] = messages
    assert found == {}
