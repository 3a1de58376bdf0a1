"""The table of programs that nothing may stop, and the apps that keep off it."""

from __future__ import annotations

from pathlib import Path

import pytest

from aipol.catalogue.lint import lint

ROW = "  - {{kind: {kind}, value: {value}, breaks: {breaks}, source: page:acme.example, tier: A}}\n"
FINE = ROW.format(kind="process", value="acmed", breaks="the management of Macs")
WRONG = {
    ROW.format(kind="team_id", value="AB12CD34EF", breaks="all"): "`team_id` is not one of",
    ROW.format(kind="process", value="a", breaks='""'): "`breaks` is missing",
    FINE + FINE: "`acmed` stands here twice",
    ROW.format(kind="bundle_id", value="example.acme.*", breaks="all"): (
        "`example.acme.chat` is protected: to stop it would break all"
    ),
}


def faults(catalogue: Path, rows: str) -> list[str]:
    """What the lint says of a table."""
    table = catalogue / "protected_programs.yaml"
    table.write_text(f"acme:\n{rows}", encoding="utf-8")
    return [fault.message for fault in lint(catalogue)]


def test_a_table_without_a_fault_is_none(catalogue: Path) -> None:
    """A catalogue may have the table, and one that was written before it may lack it."""
    assert lint(catalogue) == ()
    assert faults(catalogue, FINE) == []


@pytest.mark.parametrize(("rows", "message"), WRONG.items())
def test_the_lint_names_what_is_wrong(catalogue: Path, rows: str, message: str) -> None:
    """In the table, and in an app that takes what it holds."""
    assert any(message in fault for fault in faults(catalogue, rows))
