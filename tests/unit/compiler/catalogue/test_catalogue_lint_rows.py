"""What the lint says of one row by itself: the whole sentence, its place, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aipol.catalogue.lint import lint

if TYPE_CHECKING:
    from pathlib import Path

ROW = (
    "    - {domain: chat.acme.example, role: ui, match: subtree, source: page:acme.example, "
    "tier: A}\n"
)
TIER_C = "tier C takes a second source: `also:`, or `sources:` above 1"
# What stands in place of the rows of `domains` -> what is said.
SAID = {
    "    - {}\n": [
        "chat.yaml:7:7: `domain` is missing",
        "chat.yaml:7:7: `match` is missing",
        "chat.yaml:7:7: `role` is missing",
        "chat.yaml:7:7: `source` is missing",
        "chat.yaml:7:7: `tier` is missing",
    ],
    "    []\n": ["chat.yaml:6:3: must be a list, and not empty"],
    "    {a: b}\n": ["chat.yaml:6:3: must be a list, and not empty"],
    "    - chat.acme.example\n": ["chat.yaml:7:7: must be a mapping"],
    ROW: [],
    ROW.replace("A}", "C}"): [f"chat.yaml:7:7: {TIER_C}"],
    ROW.replace("A}", "C, sources: 1}"): [f"chat.yaml:7:7: {TIER_C}"],
    ROW.replace("A}", "C, sources: 2}"): [],
    ROW.replace("A}", 'C, also: "page:acme.example/help"}'): [],
    ROW.replace("A}", 'C, also: "page:acme.example (its help)"}'): [
        "chat.yaml:7:97: `also` is the source itself, not a second one"
    ],
    # What a row says is looked at once it has its form.
    ROW.replace("A}", "C, sources: many}"): ["chat.yaml:7:97: must be a number from 1"],
    ROW.replace("A}", "A, also: page:acme.example}"): [
        "chat.yaml:7:97: `also` is the source itself, not a second one"
    ],
    ROW.replace("A}", "A, rol: ui}"): ["chat.yaml:7:97: unknown key `rol`"],
}


@pytest.mark.parametrize(("rows", "said"), SAID.items())
def test_a_row_is_held_to_its_shape(catalogue: Path, rows: str, said: list[str]) -> None:
    """A list that is none, a row that is none, a key too many, and a source too few."""
    path = catalogue / "chat.yaml"
    text = path.read_text(encoding="utf-8")
    assert ROW in text
    path.write_text(text.replace(ROW, rows), encoding="utf-8")
    assert [str(fault) for fault in lint(catalogue)] == said
