"""Hosts that serve a whole company are nobody's own app."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.pipeline import open_policy

POLICY = """\
version: 1
organization: {{name: Acme Ltd, identifier: com.acme}}
groups: {{everyone: {{all: true}}}}
apps:
  own: {{name: Own, vendor: acme, category: chat, domains: [{{domain: {host}, match: {match}}}]}}
rules: [{{id: no-own, apps: [own], groups: [everyone], effect: block}}]
"""
# Host -> the code that refuses it, and what a block would break.
REFUSED = {
    "sharepoint.com": ("AIP211", "SharePoint and OneDrive"),
    "atlassian.net": ("AIP211", "Jira and Confluence"),
    "service-now.com": ("AIP211", "help desks"),
    "myworkday.com": ("AIP211", "Workday"),
    "squarespace.com": ("AIP211", "Squarespace"),
    "office365.com": ("AIP225", "mail and Office"),
    "outlook.office.com": ("AIP225", "Outlook"),
    "teams.microsoft.com": ("AIP225", "calls in Teams"),
    "linkedin.com": ("AIP225", "LinkedIn"),
    "www.linkedin.com": ("AIP225", "LinkedIn"),
    "youtube.com": ("AIP225", "YouTube"),
    "shopify.com": ("AIP225", "Shopify"),
    "twilio.com": ("AIP225", "text messages"),
    "docker.io": ("AIP225", "images"),
    "unpkg.com": ("AIP225", "scripts"),
    "cdnjs.cloudflare.com": ("AIP225", "scripts"),
    "app.slack.com": ("AIP225", "Slack"),
    "mail.google.com": ("AIP225", "Gmail"),
    "docs.google.com": ("AIP225", "Google Docs"),
    "objects.githubusercontent.com": ("AIP225", "releases"),
    "hexnode.com": ("AIP225", "Hexnode"),
    "netskope.com": ("AIP225", "Netskope"),
    "crowdstrike.com": ("AIP210", "the protection of devices"),
    "pingidentity.com": ("AIP210", "signing in"),
    "workspaceone.com": ("AIP210", "the management of devices"),
    "awmdm.com": ("AIP210", "the management of devices"),
    "meraki.com": ("AIP210", "the management of devices"),
}


def errors(path: Path, host: str, match: str) -> list[tuple[str, str]]:
    """What keeps a policy from having `host` for its own app's."""
    path.write_text(POLICY.format(host=host, match=match), encoding="utf-8")
    found = open_policy(path.as_posix(), date(2026, 12, 1), load_catalogue(), ())
    return [(each.code, each.message) for each in found.findings if each.severity == "error"]


@pytest.mark.parametrize("match", ["exact", "subtree"])
@pytest.mark.parametrize("host", REFUSED)
def test_a_host_that_a_company_needs_is_refused(host: str, match: str, tmp_path: Path) -> None:
    """The message names what a block would break."""
    code, breaks = REFUSED[host]
    found = errors(tmp_path / "p.yaml", host, match)
    assert any(each == code and breaks in message for each, message in found), found


@pytest.mark.parametrize(
    "host", ["ai.acme.example", "acme-gpt.sharepoint.com", "acme-gpt.atlassian.net"]
)
def test_a_name_of_ones_own_is_not(host: str, tmp_path: Path) -> None:
    """A customer's own name below such a host is the customer's to block."""
    assert errors(tmp_path / "p.yaml", host, "exact") == []
