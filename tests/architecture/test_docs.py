"""The documentation, the codes and the command line agree."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[2]
RULE_PAGES = ROOT / "docs" / "rules"
HEADINGS = ("What it checks", "Why it matters", "Example", "Instead")


def page_faults(text: str) -> list[str]:
    """Say what is wrong with one rule page: four headings, in order, none of them empty."""
    sections = re.split(r"^## +(.+?) *$", text, flags=re.MULTILINE)[1:]
    headings, bodies = sections[0::2], sections[1::2]
    faults = [] if tuple(headings) == HEADINGS else [f"headings are {headings}"]
    faults += [
        f"nothing under {heading!r}"
        for heading, body in zip(headings, bodies, strict=True)
        if not body.strip()
    ]
    return faults


def test_every_target_says_what_verify_does_not_see() -> None:
    """Each README has the section, with something in it before the next one."""
    pages = sorted((ROOT / "targets" / "aipol_targets").glob("*/README.md"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found = re.search(r"^## What `verify` does not see\n\n(?!#)\S", text, re.MULTILINE)
        assert found, page


def verbs(group: click.Group) -> dict[str, click.Command]:
    """Load every verb of the command line, lazily loaded ones too."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def _command_line() -> click.Group:
    from aipol.cli.app import app  # a start-up fault fails the tests that need it, no others

    return app


def _prose() -> str:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    """The pages in docs/rules are exactly the diagnostic codes."""
    from aipol.diagnostics.codes import ALL

    codes = [rule.code for rule in ALL]
    pages = {page.stem for page in RULE_PAGES.glob("*.md")} - {"README"}
    assert len(codes) == len(set(codes))
    assert sorted(set(codes) ^ pages) == []


def test_every_rule_page_says_what_why_example_and_instead() -> None:
    """A rule page has the four headings in their order, with something under each."""
    pages = sorted(RULE_PAGES.glob("AIP*.md"))
    assert pages
    faults = {page.name: page_faults(page.read_text(encoding="utf-8")) for page in pages}
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    "text",
    [
        "# AIP1\n",
        "## What it checks\na\n## Why it matters\nb\n## Example\nc\n",
        "## Why it matters\na\n## What it checks\nb\n## Example\nc\n## Instead\nd\n",
        "## What it checks\na\n## Why it matters\n\n## Example\nc\n## Instead\nd\n",
    ],
)
def test_an_incomplete_rule_page_is_found(text: str) -> None:
    """A missing, misplaced or empty section is reported."""
    assert page_faults(text)


def test_every_verb_has_help() -> None:
    """`aipol VERB --help` opens with a sentence, for every verb."""
    commands = verbs(_command_line())
    assert commands
    assert [name for name, command in commands.items() if not (command.help or "").strip()] == []


def test_every_verb_is_documented() -> None:
    """Each verb appears as `aipol VERB` in the README or in docs."""
    prose = _prose()
    commands = verbs(_command_line())
    assert [
        name for name in commands if not re.search(rf"\baipol {re.escape(name)}\b", prose)
    ] == []


def test_the_page_of_targets_lists_each_of_them() -> None:
    """Once, with its README, in the order of their names."""
    text = (ROOT / "docs" / "targets.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| \[`(\w+)`\]\(\.\./targets/aipol_targets/(\w+)/README\.md\)", text, re.MULTILINE
    )
    folders = sorted(page.parent.name for page in ROOT.glob("targets/aipol_targets/*/README.md"))
    assert rows == [(name, name) for name in folders]
