"""The wheel, built and installed the way a user gets it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("packaging")]

ROOT = Path(__file__).parents[2]
NEEDED_TO_BUILD = (
    ".gitignore",
    "LICENSE",
    "README.md",
    "compiler",
    "docs",
    "hatch_build.py",
    "policy",
    "pyproject.toml",
    "targets",
)
Golden = Callable[[Path, Mapping[str, bytes] | Path], None]


@dataclass(frozen=True, slots=True)
class Installed:
    """A fresh environment that has the wheel, and nothing of the working tree."""

    bin: Path

    def run(self, *arguments: str | Path, cwd: Path) -> str:
        """Run a program of the environment and give what it printed."""
        program, *rest = arguments
        done = subprocess.run(
            [self.bin / program, *rest],
            cwd=cwd,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(cwd)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program} ended with {done.returncode}:\n{done.stderr}"
        return done.stdout


def _run(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that nothing in the working tree changes."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    derived = shutil.ignore_patterns("__pycache__", "_derived.json")
    for name in NEEDED_TO_BUILD:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=derived)
        else:
            shutil.copy(ROOT / name, source / name)
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=source)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel alone, without an index; its dependencies are borrowed from this run's."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, with_pip=False, symlinks=True)
    paths = {"base": str(home), "platbase": str(home)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    pip = (sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install")
    _run(*pip, "--quiet", "--no-deps", "--no-index", wheel, cwd=home)
    # A line in a .pth file adds this run's packages after the wheel, but none of their .pth files:
    # the editable install of the working tree stays out.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(home / "bin")


def test_the_wheel_holds_both_packages_and_their_data(wheel: Path) -> None:
    """Both import packages are in the wheel with types, the catalogue and its derived form."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "aipol/__init__.py",
        "aipol/py.typed",
        "aipol/catalogue/_derived.json",
        "aipol_targets/__init__.py",
        "aipol_targets/py.typed",
    } <= names
    assert any(re.fullmatch(r"aipol/catalogue/data/.+\.yaml", name) for name in names)


def test_the_wheel_holds_every_file_of_the_source_roots(wheel: Path) -> None:
    """No module, template or page is left behind by an ignore rule."""
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        path.relative_to(source_root).as_posix()
        for source_root in (ROOT / "compiler", ROOT / "targets")
        for path in source_root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sorted(sources - names) == []


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    """No test, cache or output of ours travels to a user."""
    names = zipfile.ZipFile(wheel).namelist()
    roots = {name.split("/")[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"aipol", "aipol_targets"}
    assert [name for name in names if "__pycache__" in name] == []


def test_the_installed_command_gives_its_version(installed: Installed, tmp_path: Path) -> None:
    """`aipol --version` runs from the wheel, not from the working tree."""
    code = "import aipol, aipol_targets; print(aipol.__file__, aipol_targets.__file__)"
    assert str(ROOT / "compiler") not in installed.run("python", "-c", code, cwd=tmp_path)
    version = re.search(
        r'__version__ = "(.+)"', (ROOT / "compiler" / "aipol" / "__init__.py").read_text()
    )
    assert version
    assert version[1] in installed.run("aipol", "--version", cwd=tmp_path)


def test_the_installed_command_compiles_what_is_committed(
    installed: Installed, golden: Golden, tmp_path: Path
) -> None:
    """From the wheel and in another directory, the example compiles to generated/."""
    as_of = re.search(r"^as_of=(\S+)$", (ROOT / "scripts" / "generate").read_text(), re.MULTILINE)
    assert as_of
    shutil.copytree(ROOT / "policy", tmp_path / "policy")
    arguments = ("compile", "--out", "out", "--as-of", as_of[1], "policy/ai-usage.yaml")
    installed.run("aipol", *arguments, cwd=tmp_path)
    golden(ROOT / "generated", tmp_path / "out")
