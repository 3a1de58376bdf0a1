"""Each case under tests/cases gives the outputs that are checked in beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from aipol.pipeline import Build, build
from aipol_targets import ALL
from tests.cases import kit

Golden = Callable[[Path, Mapping[str, bytes] | Path], None]
FOLDER = Path(__file__).parents[1] / "cases"
MOST_LINES = 120
# What is longer: a script that is the same whatever the policy says, and vendors' nesting.
LONG = (
    "apply-dlp.ps1",
    "export-dlp.ps1",
    "deviceManagementConfigurationPolicy.json",
    "fortigate/aipol.conf",
    "paloalto/edl/aipol.xml",
    "paloalto/xml/aipol.xml",
)


@cache
def _built(case: str) -> Build:
    policy = kit.opened(case, ALL)
    assert policy.ir is not None, policy.findings
    return build(policy.ir, policy.settings, ALL)


@pytest.mark.parametrize("case", kit.CASES)
def test_a_case_gives_the_expected_files(golden: Golden, case: str) -> None:
    """Every artefact of every target of the case and the account of them are as checked in."""
    made = _built(case)
    coverage = kit.coverage_text(made.matrix).encode()
    golden(FOLDER / case / "expected", {**made.files, "coverage.txt": coverage})


@pytest.mark.parametrize("case", kit.CASES)
def test_a_case_has_nothing_to_complain_about(case: str) -> None:
    """Reading the artefacts back finds nothing in any case."""
    assert _built(case).findings == ()


@pytest.mark.parametrize("case", kit.CASES)
def test_a_case_is_short_enough_to_read(case: str) -> None:
    """A README of one line says what it shows, and no expected file takes long to read."""
    assert len((FOLDER / case / "README.md").read_text(encoding="utf-8").splitlines()) == 1
    long = {
        path.relative_to(FOLDER).as_posix(): lines
        for path in (FOLDER / case / "expected").rglob("*")
        if path.is_file() and not path.as_posix().endswith(LONG)
        if (lines := len(path.read_bytes().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_every_target_has_cases() -> None:
    """No target is without expected files."""
    shown = {run.target.id for case in kit.CASES for run in _built(case).runs}
    assert shown == {target.id for target in ALL}
