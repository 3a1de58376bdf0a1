"""What the verbs say about an app that is a part of a site, from the policy to the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.cli.app import main

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: example.acme}
groups: {everyone: {all: true}}
network: {inspect_tls: ai-only}
apps:
  portal-assistant:
    name: Portal Assistant
    vendor: acme
    category: chat
    urls: [{url: "https://portal.example/assistant/"}]
rules:
  - {id: rest, apps: ["*"], groups: [everyone], effect: block}
targets:
  dns: {outputs: [unbound]}
  squid: {}
"""
WITHOUT_SQUID = POLICY.replace("  squid: {}\n", "")
AT = "https://portal.example/assistant"
DAY = ("--as-of", "2026-12-01")
EXPLAIN = ("explain", "--app", "portal-assistant", "--surface", "web", *DAY)

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Run:
    """Run a command line in a folder with a policy."""
    monkeypatch.chdir(tmp_path)

    def go(policy: str, *arguments: str) -> tuple[int, str]:
        Path("p.yaml").write_text(policy, encoding="utf-8")
        code = main((*arguments, "p.yaml"))
        return code, capsys.readouterr().out

    return go


def test_explain_names_the_address_and_the_file_that_denies_it(run: Run) -> None:
    """For people and for programs."""
    code, text = run(POLICY, *EXPLAIN)
    assert code == 0
    assert f"  at {AT}\n" in text
    answer = json.loads(run(POLICY, *EXPLAIN, "--format", "json")[1])
    assert answer["addresses"] == [AT]
    assert [(each["artifact"], each["exactness"]) for each in answer["enforced_by"]] == [
        ("squid/aipol.conf", "exact"),
        ("squid/segments/default/address-0-block.txt", "exact"),
    ]


def test_where_no_path_is_seen_the_address_is_a_gap(run: Run) -> None:
    """Never blocked by its host, and never silently let through."""
    answer = json.loads(run(WITHOUT_SQUID, *EXPLAIN, "--format", "json")[1])
    assert answer["enforced_by"] == []
    gaps = {each["reason"] for each in answer["gaps"] if each["situation"].endswith("/corporate")}
    assert gaps == {"path-unseen"}


def test_edited_lists_of_addresses_are_found_by_verify(run: Run) -> None:
    """What is denied is asked of the files as they are."""
    assert run(POLICY, "compile", "--out", "out", *DAY)[0] == 0
    assert run(POLICY, "verify", "--generated", "out", *DAY)[0] == 0
    path = Path("out/squid/segments/default/address-0-block.txt")
    path.write_text(path.read_text(encoding="utf-8").replace("assistant", "asistant"), "utf-8")
    code, _ = run(POLICY, "verify", "--generated", "out", *DAY)
    assert code == 1


@pytest.mark.parametrize(("surface", "absent"), [("web", False), ("api", True)])
def test_an_address_makes_the_surface_of_its_role(run: Run, surface: str, absent: bool) -> None:
    """As a host does: of the role `ui` it is the web, and nothing else."""
    who = "apps: [portal-assistant], groups: [everyone]"
    rule = f"{{id: one, {who}, surfaces: [{surface}], effect: block}}"
    _, text = run(POLICY.replace("rules:\n", f"rules:\n  - {rule}\n"), "check")
    assert ("AIP216" in text) is absent
