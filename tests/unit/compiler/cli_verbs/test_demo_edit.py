"""`aipol demo edit` says which vendors are played, and edits nothing anywhere else."""

from __future__ import annotations

import pytest

from tests.unit.compiler.cli_verbs.conftest import Run

_HERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def nothing_played(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the shell has."""
    for name in ("AIPOL_GRAPH_URL", "JAMF_URL", "CLOUDFLARE_API_URL"):
        monkeypatch.delenv(name, raising=False)


def test_what_is_not_played_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing at all, nothing on this machine, or others."""
    nobody = "no vendor is played on this machine: `aipol demo tenant` does"
    assert nobody in run("demo", "edit", "cloudflare").err
    monkeypatch.setenv("JAMF_URL", "https://acme.jamfcloud.example")
    assert nobody in run("demo", "edit", "jamf").err
    monkeypatch.setenv("JAMF_URL", _HERE)
    monkeypatch.setenv("AIPOL_GRAPH_URL", _HERE)
    found = run("demo", "edit", "cloudflare")
    assert found.code == 2
    assert (
        "this demo plays intune and jamf: its policy does not configure `cloudflare`" in found.err
    )


def test_what_cannot_be_edited_is_said(run: Run) -> None:
    """By its name, and with what can be."""
    assert "of these: `cloudflare`, `intune`, `jamf`" in run("demo", "edit", "squid").err
    assert "nothing of `jamf` is edited so; of these: `intune`" in (
        run("demo", "edit", "--foreign", "jamf").err
    )
