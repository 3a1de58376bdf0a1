"""An editor that follows a policy's first line finds the schema, and judges as aipol does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aipol.cli.init import STARTER
from aipol.cli.schema import POLICY, as_text

ROOT = Path(__file__).parents[4]
EXAMPLE = ROOT / "policy" / "ai-usage.yaml"
# https://github.com/redhat-developer/yaml-language-server: the path is relative to the YAML file.
_MODELINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)$")


def schema_of(policy: Path) -> Path:
    """The file that a policy's first line names."""
    named = _MODELINE.match(policy.read_text(encoding="utf-8").splitlines()[0])
    assert named is not None, policy
    return policy.parent / named[1]


def _judged(policy: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", schema_of(policy), policy],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def policies(tmp_path: Path) -> list[Path]:
    """The example policy and the one to start from, each beside the schema."""
    folder = tmp_path / "policy"
    folder.mkdir()
    shutil.copy(EXAMPLE, folder / "example.yaml")
    (folder / "starter.yaml").write_text(STARTER, encoding="utf-8")
    (folder / "ai-usage.schema.json").write_text(as_text(POLICY), encoding="utf-8")
    return [folder / "example.yaml", folder / "starter.yaml"]


def test_the_committed_schema_is_what_aipol_prints() -> None:
    """`make generate` after a change of the language, or of a target's settings."""
    assert schema_of(EXAMPLE).read_text(encoding="utf-8") == as_text(POLICY)


def test_a_validator_that_follows_the_first_line_accepts_the_policies(
    policies: list[Path],
) -> None:
    """What aipol ships is not underlined in anybody's editor."""
    for policy in policies:
        judged = _judged(policy)
        assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize("slip", [("effect: block", "efect: block"), ("rules:", "rulez:")])
def test_a_validator_that_follows_the_first_line_sees_a_slip(
    policies: list[Path], slip: tuple[str, str]
) -> None:
    """A key that the language does not have is underlined while it is typed."""
    for policy in policies:
        policy.write_text(policy.read_text(encoding="utf-8").replace(*slip, 1), encoding="utf-8")
        judged = _judged(policy)
        assert judged.returncode == 1, policy
        assert slip[1].partition(":")[0] in judged.stdout
