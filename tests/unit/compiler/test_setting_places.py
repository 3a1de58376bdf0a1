"""A fault about a target's setting is told where the setting is written, and of which site."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.diagnostics.model import Diagnostic
from aipol.pipeline import Build, build, open_policy, verify_files
from aipol_targets import ALL

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups: {everyone: {all: true}, finance: {}}
network:
  inventory: sites.yaml
  close_bypasses: true
  never_inspect: [bank.example]
rules: [{id: all, apps: [claude], groups: [everyone], effect: block}]
targets:
  nftables:
    priority: -10
"""
SITES = """\
version: 1
sites:
  berlin:
    groups: {finance: {networks: [10.20.0.0/24]}}
    targets:
      nftables:
        inside: [lan0]
  paris:
    groups: {finance: {networks: [10.30.0.0/24]}}
"""


def built(folder: Path, more: str = "") -> Build:
    """The policy with further targets."""
    (folder / "sites.yaml").write_text(SITES, encoding="utf-8")
    file = folder / "p.yaml"
    file.write_text(POLICY + more, encoding="utf-8")
    opened = open_policy(str(file), date(2026, 12, 1), load_catalogue(), ALL)
    assert opened.ir is not None, opened.findings
    return build(opened.ir, opened.settings, ALL)


def place(finding: Diagnostic) -> tuple[str, int]:
    """File and line."""
    return Path(finding.span.file).name, finding.span.line


@pytest.mark.parametrize(
    ("site", "before", "after", "message", "where"),
    [
        (
            "berlin",
            b"priority -10",
            b"priority 5",
            (
                "nftables at berlin: `targets.nftables.priority` is `5` in the files,"
                " the policy says `-10`"
            ),
            ("p.yaml", 11),
        ),
        (
            "berlin",
            b'"lan0"',
            b'"lan1"',
            (
                "nftables at berlin: `targets.nftables.inside` is `lan1` in the files,"
                " the policy says `lan0`"
            ),
            ("sites.yaml", 7),
        ),
        (
            "paris",
            b"reject",
            b"drop",
            (
                "nftables at paris: `targets.nftables.action` is `drop` in the files,"
                " the policy says `reject`"
            ),
            ("p.yaml", 10),
        ),
    ],
)
def test_files_for_another_setting_are_told_at_the_setting(
    site: str, before: bytes, after: bytes, message: str, where: tuple[str, int], tmp_path: Path
) -> None:
    """In the policy or the inventory; where neither says it, where the target is configured."""
    made = built(tmp_path)
    assert made.findings == ()
    (run,) = (each for each in made.runs if each.site == site)
    files = [replace(a, content=a.content.replace(before, after)) for a in run.compiled.artifacts]
    found = [each for each in verify_files(run, files) if "targets.nftables" in each.message]
    assert [(each.message, place(each)) for each in found] == [(message, where)]
    assert "compile again" in found[0].hint


def test_settings_that_do_not_go_together_are_told_where_they_are_written(tmp_path: Path) -> None:
    """With what to change."""
    more = "  cloudflare:\n    on_ramp: wan\n    tls_decryption: true\n    policies: [dns]\n"
    (found,) = built(tmp_path, more).findings
    assert place(found) == ("p.yaml", 15)
    assert found.hint == "add `http` to `policies`, or turn `tls_decryption` off"
    more = '  pac: {gateways: {gat: "proxy.acme.example:8080"}}\n'
    (found,) = built(tmp_path, more).findings
    assert place(found) == ("p.yaml", 12)
    assert found.message.endswith(", at site `paris`")
