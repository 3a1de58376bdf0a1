"""Whoever is sent to an app may use it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.pipeline import open_policy

HEAD = """version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups: {everyone: {all: true}, staff: {jamf: S}, guests: {jamf: G}}
data_classes: [{id: public}]
rules:
"""
COPILOT = "{id: copilot, apps: [m365-copilot], groups: [%s], effect: allow}"
SEND = "{id: send, apps: [claude], groups: [%s], effect: block, redirect_to: m365-copilot}"
REST = '{id: rest, apps: ["*"], groups: [everyone], effect: block}'


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([COPILOT % "everyone", SEND % "everyone"], ""),
        ([COPILOT % "staff", SEND % "staff"], ""),
        ([COPILOT % "staff", SEND % "everyone"], "blocked for some of them"),
        ([COPILOT % "staff", SEND % "guests"], "blocked for some of them"),
        ([SEND % "staff"], "blocked for them"),
        # The same people by the order of the rules, although the groups differ.
        (
            [
                '{id: none, apps: ["*"], groups: [guests], effect: block}',
                COPILOT % "everyone",
                SEND % "everyone",
            ],
            "",
        ),
        # One account, or a question first, is a way to use it.
        (
            [
                COPILOT.replace("allow", "justify, account: {corporate: [w]}") % "everyone",
                SEND % "everyone",
            ],
            "",
        ),
        # An interface for programs is none.
        (
            [COPILOT.replace("allow", "allow, surfaces: [connector]") % "everyone", SEND % "staff"],
            "blocked for them",
        ),
    ],
)
def test_the_people_of_a_redirect_are_told_apart_exactly(
    rules: list[str], told: str, tmp_path: Path
) -> None:
    """It is decided for whom the rule decides for, by what the app's own rulings give them."""
    file = tmp_path / "p.yaml"
    text = HEAD + "".join(f"  - {rule}\n" for rule in [*rules, REST])
    file.write_text(text, encoding="utf-8")
    findings = open_policy(str(file), date(2026, 12, 1), load_catalogue(), ()).findings
    found = [finding for finding in findings if finding.code == "AIP307"]
    assert [finding.message.endswith(told) for finding in found] == ([True] if told else [])


def test_a_locked_rule_that_speaks_for_another_is_the_one_that_is_told_of(tmp_path: Path) -> None:
    """Where a floor stops people, it is the floor that sends them elsewhere."""
    (tmp_path / "base.yaml").write_text(
        HEAD
        + "  - {id: floor, apps: [claude], groups: [everyone], effect: block, locked: true, "
        + "redirect_to: m365-copilot}\n",
        encoding="utf-8",
    )
    child = tmp_path / "child.yaml"
    child.write_text(
        "version: 1\nextends: base.yaml\nrules:\n"
        "  - {id: claude, apps: [claude], groups: [staff], effect: allow}\n",
        encoding="utf-8",
    )
    findings = open_policy(str(child), date(2026, 12, 1), load_catalogue(), ()).findings
    (found,) = [finding for finding in findings if finding.code == "AIP307"]
    assert found.message == "`floor` sends people to `m365-copilot`, which is blocked for them"
    assert Path(found.span.file).name == "base.yaml"
