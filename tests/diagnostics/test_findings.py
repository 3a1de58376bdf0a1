"""Every code is made by a policy that deserves it, and looks as it should."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from aipol.catalogue.load import load_catalogue
from aipol.diagnostics.codes import ALL
from aipol.diagnostics.model import Diagnostic
from aipol.diagnostics.report_text import report_text
from aipol.pipeline import open_policy
from aipol.source import Sources
from aipol.target import Target

HERE = Path(__file__).parent
PAGES = Path(__file__).parents[2] / "docs" / "rules"
CASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "bad.yaml").is_file())
AS_OF = date(2026, 12, 1)

# Made of more than a page holds, or of a catalogue; tests/unit makes them.
NOT_HERE = {"AIP102", "AIP115", "AIP224"}
# What takes targets, a directory of artefacts, a vendor or an earlier policy to find.
AFTER_THE_POLICY = "4|5|6|7|8"


class _Settings(BaseModel):
    """The settings of a target that has none."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class _Target:
    """As much of a target as a check asks for."""

    id: str
    identity: str
    settings: type[BaseModel] = _Settings


TARGETS = cast("tuple[Target, ...]", (_Target("intune", "entra"), _Target("jamf", "jamf")))


def _check(file: str) -> tuple[tuple[Diagnostic, ...], Sources]:
    opened = open_policy(file, AS_OF, load_catalogue(), TARGETS)
    return opened.findings, opened.sources


@pytest.mark.parametrize("code", CASES)
def test_a_bad_policy_gets_the_expected_report(
    code: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole text a person reads is the expected one, and names the code of the folder."""
    folder = HERE / code
    monkeypatch.chdir(folder)
    findings, sources = _check("bad.yaml")
    assert code in {finding.code for finding in findings}
    actual = report_text(findings, sources)
    expected = folder / "expected.txt"
    if request.config.getoption("--update-golden"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8")


def test_every_code_about_a_policy_has_a_case() -> None:
    """No code that a policy's text alone can earn is without a folder."""
    wanted = {
        rule.code
        for rule in ALL
        if rule.code not in NOT_HERE and not re.match(f"AIP({AFTER_THE_POLICY})", rule.code)
    }
    assert wanted - set(CASES) == set()


PREAMBLE: dict[str, str] = {
    "version": "version: 1\n",
    "organization": "organization: {name: Acme Ltd, identifier: com.acme}\n",
    "groups": "groups: {everyone: {all: true}}\n",
    "rules": "rules: [{id: all, apps: ['*'], groups: [everyone], effect: block}]\n",
}


def _whole(example: str) -> str:
    """A page's example with what every policy needs and the example leaves out."""
    given = set(re.findall(r"^(\w+):", example, re.MULTILINE))
    # First, so that an example that breaks the file breaks it where it says.
    return "".join(text for key, text in PREAMBLE.items() if key not in given) + example


def _section(code: str, heading: str) -> list[str]:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", page, flags=re.MULTILINE)
    text = next(part for part in section if part.startswith(heading))
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


def _lay_down_the_base(code: str, folder: Path) -> None:
    """A page about layers shows the base that its examples extend."""
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    for name, base in re.findall(r"```yaml (\S+)\n(.*?)```", page, re.DOTALL):
        (folder / name).write_text(base, encoding="utf-8")


# Their examples are of another file than a policy.
OF_OTHER_FILES = {"AIP224"}
CODES = [
    rule.code
    for rule in ALL
    if rule.code not in OF_OTHER_FILES and not re.match(f"AIP({AFTER_THE_POLICY})", rule.code)
]


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_page_earns_its_code(code: str, tmp_path: Path) -> None:
    """Whoever copies the example of a page gets the finding that the page explains."""
    _lay_down_the_base(code, tmp_path)
    for number, example in enumerate(_section(code, "Example")):
        file = tmp_path / f"{number}.yaml"
        file.write_text(_whole(example), encoding="utf-8")
        findings, _ = _check(str(file))
        assert code in {finding.code for finding in findings}, _whole(example)


@pytest.mark.parametrize("code", CODES)
def test_the_advice_of_a_page_is_free_of_findings(code: str, tmp_path: Path) -> None:
    """Whoever copies what a page says to write instead gets no finding at all."""
    _lay_down_the_base(code, tmp_path)
    for number, advice in enumerate(_section(code, "Instead")):
        file = tmp_path / f"{number}.yaml"
        file.write_text(_whole(advice), encoding="utf-8")
        findings, sources = _check(str(file))
        assert report_text(findings, sources) == ""


@pytest.mark.parametrize("code", [rule.code for rule in ALL])
def test_every_example_in_a_page_is_yaml_unless_it_shows_that_it_is_not(code: str) -> None:
    """Pages other than the ones about the text itself hold only well-formed YAML."""
    if code in {"AIP103", "AIP104", "AIP105", "AIP106", "AIP113"}:
        return
    for heading in ("Example", "Instead"):
        for block in _section(code, heading):
            loaded: Any = yaml.safe_load(block)
            assert isinstance(loaded, dict)
