"""What the repository holds: nothing of one machine, nothing half merged, every target alike."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = ROOT / "targets" / "aipol_targets"

# The same file names every time; remote.py is for the targets that can push.
TARGET_FILES = ("README.md", "__init__.py", "lower.py", "read.py", "render.py", "target.py")
NOT_TARGETS = {"common", "standins", "__pycache__"}

# A checkout right below the root of a container may share its name with any folder.
_CHECKOUT = rf"|{re.escape(str(ROOT))}(?![\w-])" if len(ROOT.parts) > 2 else ""

MOST_OCTETS = 3_000_000
FORBIDDEN = {
    "a path of one machine": re.compile(
        rf"(?<![\w.-])(?:/(?:work|farm|root|home/\w+)/{_CHECKOUT})"
    ),
    "a registry host": re.compile(
        r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|debian\.org/debian"
    ),
    "a merge marker": re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |$)", re.MULTILINE),
}


def findings(text: str) -> list[str]:
    """Say what in a file does not belong in the repository."""
    return [
        f"{what}: {hit.group()!r}"
        for what, pattern in FORBIDDEN.items()
        if (hit := pattern.search(text))
    ]


def _repository_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def _test_functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name.startswith("test_"):
                    yield node
            case _:
                pass


def without_a_sentence(source: str) -> list[str]:
    """Name the tests that do not say which fact they prove."""
    return [node.name for node in _test_functions(source) if not ast.get_docstring(node)]


def test_no_file_names_a_machine_a_registry_or_a_merge() -> None:
    """Nothing in the repository depends on where it was written."""
    found: list[str] = []
    for path in _repository_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {each}" for each in findings(text)]
    assert found == []


def test_every_file_is_text_that_somebody_reads() -> None:
    """A server's cache, an image or a dump that a test left behind is not committed."""
    odd = [
        path.relative_to(ROOT).as_posix()
        for path in _repository_files()
        if path.stat().st_size > MOST_OCTETS or b"\0" in path.read_bytes()
    ]
    assert odd == []


@pytest.mark.parametrize(
    "text",
    [
        f"see {'/'}root/x",
        f"cd {'/'}home/ann/aipol",
        f"open {'/'}work/aipol",
        f"from files.{'python'}hosted.org",
        "<" * 7 + " ours",
        "a\n" + ">" * 7,
    ],
)
def test_what_does_not_belong_is_found(text: str) -> None:
    """Each kind of leftover is reported."""
    assert findings(text)


def test_every_test_says_which_fact_it_proves() -> None:
    """Every test function opens with a docstring."""
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for name in without_a_sentence(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_test_without_a_sentence_is_found() -> None:
    """A missing docstring is reported, in a class too."""
    assert without_a_sentence("class T:\n    def test_x(self):\n        pass\n") == ["test_x"]


def test_every_target_has_the_same_files() -> None:
    """A target is one folder with the same file names every time."""
    folders = [each for each in TARGETS.iterdir() if each.is_dir() and each.name not in NOT_TARGETS]
    missing = {
        folder.name: absent
        for folder in folders
        if (absent := [name for name in TARGET_FILES if not (folder / name).is_file()])
    }
    assert folders
    assert missing == {}
