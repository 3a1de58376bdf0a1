"""No rule stops a program that a device cannot do without."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.kinds import IdentifierKind
from aipol.catalogue.load import load_catalogue
from aipol.pipeline import open_policy
from aipol.programs import Indispensable

POLICY = """\
version: 1
organization: {{name: Acme Ltd, identifier: com.acme}}
groups: {{everyone: {{all: true}}}}
{more}
rules: [{{id: no-own, apps: [own], groups: [everyone], effect: block}}]
"""
# How an app is known -> what a block would break, empty where nothing.
DECLARED = {
    "macos: {processes: [jamf]}": "the management of Macs by Jamf",
    "macos: {processes: [JamfDaemon]}": "the management of Macs by Jamf",
    "macos: {processes: [/usr/local/jamf/bin/jamf]}": "the management of Macs by Jamf",
    "macos: {processes: [LoginWindow]}": "signing in to a Mac",
    "macos: {processes: [Finder.app]}": "files and the desktop of a Mac",
    "macos: {bundle_ids: [com.apple.dock]}": "the programs of macOS itself",
    "macos: {bundle_ids: [com.microsoft.CompanyPortalMac]}": "the management of Macs by Intune",
    "windows: {executables: [LSASS.EXE]}": "signing in to Windows",
    "windows: {executables: [explorer.exe]}": "files and the desktop of Windows",
    "windows: {executables: [MsMpEng.exe]}": "the protection of devices by Microsoft Defender",
    "windows: {executables: [CSFalconService.exe]}": "the protection of devices by CrowdStrike",
    "windows: {executables: [SentinelAgent.exe]}": "the protection of devices by SentinelOne",
    "binaries: [jamf]": "the management of Macs by Jamf",
    "binaries: [svchost]": "every service of Windows",
    "macos: {processes: [AcmeGPT]}": "",
    "macos: {bundle_ids: [com.appleseed.gpt]}": "",
    "windows: {executables: [finder.exe]}": "",
}


def errors(path: Path, more: str) -> list[tuple[str, str]]:
    """What keeps a policy from being compiled."""
    path.write_text(POLICY.format(more=more), encoding="utf-8")
    found = open_policy(path.as_posix(), date(2026, 12, 1), load_catalogue(), ())
    return [
        (each.code, each.message.partition(" would break ")[2])
        for each in found.findings
        if each.severity == "error"
    ]


@pytest.mark.parametrize(("known_by", "breaks"), DECLARED.items())
def test_an_app_of_a_policy_is_not_known_by_one(known_by: str, breaks: str, tmp_path: Path) -> None:
    """The message says what would break."""
    apps = f"apps: {{own: {{name: Own, vendor: acme, category: chat, {known_by}}}}}"
    assert errors(tmp_path / "p.yaml", apps) == ([("AIP225", breaks)] if breaks else [])


ROWS = {
    ("macos", "process", "jamf", False): "the management of Macs by Jamf",
    ("macos", "app_name", "Company Portal.app", False): "the management of Macs by Intune",
    ("cli", "binary", "mdmclient", False): "the management of a Mac",
    ("windows", "exe", "services.exe", False): "every service of Windows",
    ("windows", "exe", "services.exe", True): "",
}


@pytest.mark.parametrize(("row", "breaks"), ROWS.items())
def test_an_app_of_an_overlay_is_not_known_by_one(
    row: tuple[str, str, str, bool], breaks: str, tmp_path: Path
) -> None:
    """What is shared there is never stopped."""
    section, kind, value, shared = row
    sourced = {"source": "own: seen here", "tier": "A"}
    told = {
        "kind": kind,
        "value": value,
        **({"shared": True, "breaks": "mail"} if shared else {}),
        **sourced,
    }
    mine = {"kind": "exe", "value": "own.exe", **sourced}
    rows = {"windows": [mine]} | {section: [told, *([mine] if section == "windows" else [])]}
    app = {"name": "Own", "vendor": "acme", "category": "chat", "kind": "chat", **rows}
    overlay = {
        "vendors": {"acme": {"name": "Acme"}},
        "apps": {"own": {**app, "source": "own: ours"}},
    }
    (tmp_path / "ours.yaml").write_text(json.dumps(overlay), encoding="utf-8")
    found = errors(tmp_path / "p.yaml", "catalogue: {overlay: [ours.yaml]}")
    assert found == ([("AIP225", breaks)] if breaks else [])


REQUIREMENTS = {
    "anchor apple": True,
    'identifier "com.apple.dock" and anchor apple': True,
    "anchor apple generic": True,
    'anchor apple generic and certificate leaf[subject.OU] = "AB12CD34EF"': False,
    'identifier "example.acme" and anchor apple generic': False,
}


@pytest.mark.parametrize(("requirement", "wide"), REQUIREMENTS.items())
def test_a_requirement_that_apples_own_programs_meet_is_too_wide(
    requirement: str, wide: bool
) -> None:
    """So is one that any signed program meets."""
    kind = IdentifierKind.REQUIREMENT
    guard = Indispensable.of([(kind, "anchor apple", "all")])
    assert bool(guard.broken_by(kind, requirement)) is wide


def test_no_app_of_the_catalogue_is_known_by_one() -> None:
    """The shipped table protects both systems, and the shipped apps keep off it."""
    catalogue = load_catalogue()
    assert {row.kind for row in catalogue.protected_programs} >= {"process", "exe", "bundle_id"}
    taken = [
        (app.id, row.value)
        for app in catalogue.apps()
        for row in (*app.macos, *app.windows, *app.cli)
        if not row.shared and catalogue.indispensable.broken_by(row.kind, row.value)
    ]
    assert taken == []
