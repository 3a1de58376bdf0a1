"""What an overlay gives to an app must not be what others need as well."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from aipol.catalogue.load import Catalogue
from aipol.pipeline import Opened

Open = Callable[..., Opened]
Overlaying = Callable[..., dict[str, str]]
OWN = 'source: "own: proxy logs", tier: A'
SOURCED = {"source": "acme/facts:apps.yaml@0123abc", "tier": "A"}
PAY = {"host": "pay.test", "match": "exact", "kind": "payment", "serves": "all paying"}
NOTES = {"kind": "app_name", "value": "Notes.app", "breaks": "all notes"}
HUB = {"kind": "exe", "value": "Hub.exe"}


@pytest.fixture
def known(content: dict[str, Any]) -> Catalogue:
    """The small catalogue with programs and a host that serve more than an app."""
    chatter = content["apps"]["chatter"]
    chatter["domains"][1]["serves"] = "pictures of other sites"
    bundle = {**NOTES, "kind": "bundle_id", "value": "a.notes"}
    chatter["macos"] = [{**each, **SOURCED, "shared": True} for each in (NOTES, bundle)]
    chatter["windows"].append({**HUB, **SOURCED, "shared": True})
    chatter["macos"].append({"kind": "cask", "value": "notes", **SOURCED, "shared": True})
    sums = {**PAY, "host": "sum.test", "match": "subtree", "serves": "all sums"}
    content["common_hosts"] = [{**PAY, **SOURCED}, {**sums, **SOURCED}]
    return Catalogue(content)


def _host(host: str, **more: str) -> str:
    keys = {"domain": host, "role": "ui", "match": "subtree", **more}
    return f"domains: [{{{', '.join(f'{key}: {it}' for key, it in keys.items())}, {OWN}}}]"


def _name(section: str, kind: str, value: str, more: str = "") -> str:
    return f"{section}: [{{kind: {kind}, value: {value}, {more}{OWN}}}]"


# What an overlay says of an app -> what the app's block would break, None where it is its own.
ROWS = {
    _host("cdn.shared.test"): "`cdn.shared.test`: pictures of other sites (chatter)",
    _host("cdn.shared.test", match="exact"): "`cdn.shared.test`: pictures of other sites (chatter)",
    _host("shared.test"): "`cdn.shared.test`: pictures of other sites (chatter)",
    _host("shared.test", match="exact"): None,
    _host("ai.cdn.shared.test"): None,
    _host("cdn.shared.test", shared="true", serves="all"): None,
    _host("cdn.shared.test", role="marketing"): None,
    _host("pay.test"): "`pay.test`: all paying",
    _name("macos", "app_name", "Notes.app"): "all notes",
    _name("macos", "process", "notes"): "all notes",
    _name("macos", "process", "Notebook"): None,
    _name("macos", "app_name", "Notes.app", "shared: true, breaks: all, "): None,
    _name("macos", "cask", "notes"): None,
    _name("windows", "exe", "hub.exe"): "services that are not this app",
    _name("cli", "binary", "Notes"): None,
    _host("api.sum.test"): "`sum.test`: all sums",
    _host("api.sum.test", match="exact"): "`sum.test`: all sums",
    _host("api.sum.test", shared="true", serves="sums"): None,
    _name("macos", "process", "Notes Helper"): "all notes",
    _name("macos", "process", "Notes Helper (Renderer)"): "all notes",
    _name("macos", "process", "Note Helper"): None,
    _name("macos", "bundle_id", "a.notes.helper"): "all notes",
    _name("macos", "signing_id", "a.notes"): "all notes",
    _name("macos", "signing_id", "A.Notes", "shared: true, breaks: all, "): None,
    _name("macos", "signing_id", "a.note"): None,
    _name("macos", "requirement", "'identifier \"a.notes\"'"): "all notes",
    _name("macos", "requirement", "'anchor apple generic and identifier a.notes'"): "all notes",
    _name("macos", "requirement", "'identifier \"a.note\"'"): None,
}


@pytest.mark.parametrize(("rows", "breaks"), ROWS.items())
def test_a_row_that_others_need_is_refused(
    opened: Open, overlaying: Overlaying, known: Catalogue, rows: str, breaks: str | None
) -> None:
    """It is told at the row, with what a block would break."""
    policy = opened(overlaying(f"apps:\n  twin:\n    {rows}\n"), catalogue=known)
    found = [each for each in policy.findings if each.code == "AIP225"]
    assert [each.message.partition(" would break ")[2] for each in found] == [breaks] * bool(breaks)
    assert {(each.span.file, each.span.line) for each in found} <= {("ours.yaml", 3)}
    assert bool(policy.ir) is not bool(breaks)


def test_what_the_organisation_drops_is_wrong_in_its_eyes(
    opened: Open, overlaying: Overlaying, known: Catalogue
) -> None:
    """A catalogue's row that is dropped holds nobody back; another's stays."""
    drop = "  chatter: {drop: {macos: [{kind: app_name, value: Notes.app}]}}\n"
    twin = f"  twin: {{{_name('macos', 'app_name', 'Notes.app')}, {_host('pay.test')}}}\n"
    policy = opened(overlaying(f"apps:\n{drop}{twin}"), catalogue=known)
    assert [each.message for each in policy.findings if each.code == "AIP225"] == [
        "blocking `twin` by `pay.test` would break `pay.test`: all paying"
    ]
    (hint,) = [each.hint for each in policy.findings if each.code == "AIP225"]
    assert hint == (
        "mark it `shared: true` and say what a block would break: then it is never blocked; or "
        "`drop` the catalogue's row, if that one is wrong"
    )


def test_a_shared_row_is_not_turned_into_an_apps_own_in_passing(
    opened: Open, overlaying: Overlaying, known: Catalogue
) -> None:
    """The row of the very app counts as well, unless it is dropped by name."""
    again = _host("cdn.shared.test")
    policy = opened(overlaying(f"apps:\n  chatter:\n    {again}\n"), catalogue=known)
    assert "AIP225" in {each.code for each in policy.findings}
    dropped = f"apps:\n  chatter:\n    drop: {{domains: [cdn.shared.test]}}\n    {again}\n"
    policy = opened(overlaying(dropped), catalogue=known)
    assert "AIP225" not in {each.code for each in policy.findings}


def test_a_policy_without_overlays_does_not_load_their_checks() -> None:
    """The tables of the catalogue's rows take time that every run would pay."""
    names = "{'aipol.catalogue.rules', 'aipol.catalogue.overlay', 'aipol.check.overlaid'}"
    stages = "aipol.pipeline, aipol.check.shared, aipol.check.names, aipol.check.programs"
    code = f"import sys, {stages}; print({names} & {{*sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.stdout == "set()\n"


def test_a_lock_without_protected_programs_has_those_that_ship(
    opened: Open, locking: Callable[..., dict[str, str]], content: dict[str, Any]
) -> None:
    """A catalogue of before there was such a table protects no less than today's."""
    rows = [{"kind": "exe", "value": "Hub.exe", "breaks": "everything", **SOURCED}]
    shipped = Catalogue({**content, "protected_programs": {"acme": rows}})
    app = "{name: Own, vendor: x, category: chat, windows: {executables: [hub.exe]}}"
    policy = opened(locking(content, f"apps: {{own: {app}}}\n"), catalogue=shipped)
    assert [each.message for each in policy.findings if each.code == "AIP225"] == [
        "blocking `own` by `hub.exe` would break everything"
    ]
