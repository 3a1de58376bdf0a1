"""The page about the language shows policies that work."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.diagnostics.report_text import report_text
from aipol.language.layout import canonical
from aipol.language.model import Clause, Exemption, Policy, Rule
from aipol.pipeline import open_policy
from aipol_targets import ALL

PAGE = (Path(__file__).parents[4] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


SITES = (Path(__file__).parents[4] / "docs" / "sites.md").read_text(encoding="utf-8")
POLICY_OF_SITES = re.findall(r"```yaml\n(version.*?)```", SITES, re.DOTALL)


@pytest.mark.parametrize(
    ("page", "example"),
    [*((PAGE, each) for each in EXAMPLES), *((SITES, each) for each in POLICY_OF_SITES)],
)
def test_an_example_is_free_of_findings(page: str, example: str, tmp_path: Path) -> None:
    """Whoever copies it has a policy that passes, its own tests included."""
    for name, text in re.findall(r"```yaml (\S+)\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    file = tmp_path / "p.yaml"
    file.write_text(example, encoding="utf-8")
    opened = open_policy(str(file), date(2026, 12, 1), load_catalogue(), ALL)
    assert report_text(opened.findings, opened.sources) == ""


def test_every_key_of_a_policy_and_of_a_clause_is_on_the_page() -> None:
    """Nothing of the language is left to be found in the schema alone."""
    keys = {*Policy.model_fields, *Clause.model_fields, *Rule.model_fields, *Exemption.model_fields}
    assert {key for key in keys if not re.search(rf"\b{key}\b", PAGE)} == set()


def test_the_examples_are_in_the_canonical_layout() -> None:
    """A page about the language is written as `aipol fmt` writes."""
    assert EXAMPLES
    for example in EXAMPLES:
        assert canonical(example) == example
