"""The script that asks the vendors' schemas."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "check-oracles"
ORACLE = "import sys\nprint('asked', *sys.argv[1:])\nsys.exit(any('bad' in a for a in sys.argv))\n"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Load the script as a module."""
    loader = importlib.machinery.SourceFileLoader("check_oracles", str(SCRIPT))
    spec = importlib.util.spec_from_loader("check_oracles", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_oracles"] = module  # dataclasses look their module up
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("apps.windows10CompliancePolicy.json", ("windows10CompliancePolicy", False)),
        ("apps.beta.deviceShellScript.json", ("deviceShellScript", True)),
        ("01.apps.finance.win32LobApp.json", ("win32LobApp", False)),
        ("a.deviceCompliancePolicy~assign.json", ("deviceCompliancePolicy/assign", False)),
        ("manifest.json", None),
        ("beta.json", None),
        ("finance.Windows.json", None),
        ("apps.windows10CompliancePolicy.xml", None),
    ],
)
def test_the_file_name_gives_the_graph_type(
    script: ModuleType, name: str, expected: tuple[str, bool] | None
) -> None:
    """The last part of a name before .json is the Graph type; `beta` before it is the version."""
    kind = script.graph_type(name)
    assert (kind and (kind.name, kind.beta)) == expected


def _ask(oracles: Path, generated: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [sys.executable, SCRIPT, oracles, generated]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def oracles(tmp_path: Path) -> Path:
    """Lay out oracles that object to every file with `bad` in its path."""
    for name in ("apple/check_profile.py", "graph/check_graph.py"):
        path = tmp_path / "oracles" / name
        path.parent.mkdir(parents=True)
        path.write_text(ORACLE)
    return tmp_path / "oracles"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("jamf/good.mobileconfig", 0),
        ("jamf/worse/bad.mobileconfig", 1),
        ("intune/good.deviceShellScript.json", 0),
        ("intune/bad.deviceShellScript.json", 1),
        ("intune/bad.json", 0),
    ],
)
def test_an_objection_fails_the_run(oracles: Path, tmp_path: Path, name: str, status: int) -> None:
    """A profile or body that an oracle rejects makes the script fail."""
    path = tmp_path / "generated" / name
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    assert _ask(oracles, tmp_path / "generated").returncode == status


def test_without_oracles_nothing_is_asked(tmp_path: Path) -> None:
    """A clone that has no oracles beside it is told so and is not failed."""
    done = _ask(tmp_path / "absent", tmp_path)
    assert (done.returncode, done.stdout) == (
        0,
        "no oracles beside this repository: nothing asked\n",
    )
