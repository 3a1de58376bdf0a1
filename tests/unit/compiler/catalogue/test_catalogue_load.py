"""How the catalogue is read, and that the fast form says what the YAML says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from aipol.catalogue import CatalogueError, load, load_catalogue
from aipol.catalogue.derive import derive
from aipol.catalogue.load import load_from, source_directory

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped YAML, to be changed."""
    return shutil.copytree(source_directory(), tmp_path / "catalogue")


def test_derived_form_says_the_same(copy: Path, tmp_path: Path) -> None:
    """An app read from the derived form equals the app read from the YAML."""
    derived = tmp_path / "_derived.json"
    derived.write_bytes(derive(copy))
    fast, slow = load_from(copy, derived), load_from(copy, tmp_path / "none.json")
    assert fast.apps() == slow.apps()
    assert fast.protected == slow.protected
    assert fast.shared_platforms == slow.shared_platforms
    assert fast.digest == slow.digest


def test_derived_form_holds_the_digest(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it when the catalogue is read."""
    derived = tmp_path / "_derived.json"
    derived.write_bytes(derive(copy))
    found = load_from(copy, derived)
    whole = load.content_digest(found.content)
    monkeypatch.delattr(load, "content_digest")
    assert found.digest == whole


def test_derived_form_is_deterministic(copy: Path) -> None:
    """The same files give the same bytes."""
    assert derive(copy) == derive(copy)


def test_stale_derived_form_is_not_used(copy: Path, tmp_path: Path) -> None:
    """After an edit of the YAML the derived form is ignored, and left as it is."""
    derived = tmp_path / "_derived.json"
    derived.write_bytes(derive(copy))
    before = derived.read_bytes(), load_from(copy, derived).digest
    path = copy / "chat.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("name: ChatGPT\n", "name: Changed\n"),
        encoding="utf-8",
    )
    changed = load_from(copy, derived)
    assert changed.app("chatgpt").name == "Changed"
    assert changed.digest != before[1]
    assert derived.read_bytes() == before[0]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", json.dumps({"files": {}}).encode()])
def test_damaged_derived_form_is_not_used(copy: Path, tmp_path: Path, content: bytes) -> None:
    """Whatever stands in the derived file, the answer is the YAML's."""
    derived = tmp_path / "_derived.json"
    derived.write_bytes(content)
    assert load_from(copy, derived).app("claude").name == "Claude"


def test_slow_path_refuses_a_fault(copy: Path, tmp_path: Path) -> None:
    """A fault in the YAML stops the load instead of losing a row."""
    path = copy / "chat.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("role: ui", "role: web", 1), encoding="utf-8"
    )
    with pytest.raises(CatalogueError, match="`web` is not one of"):
        load_from(copy, tmp_path / "none.json")


def test_fast_path_imports_no_parser(copy: Path, tmp_path: Path) -> None:
    """Reading the derived form imports neither PyYAML nor pydantic nor click."""
    derived = tmp_path / "_derived.json"
    derived.write_bytes(derive(copy))
    code = (
        "import sys; from pathlib import Path; from aipol.catalogue.load import load_from\n"
        "load_from(Path(sys.argv[1]), Path(sys.argv[2])).apps()\n"
        "print(sorted({'yaml', 'pydantic', 'click', 'aipol.catalogue.lint'} & set(sys.modules)))"
    )
    argv = [sys.executable, "-c", code, str(copy), str(derived)]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_catalogue_is_read_once() -> None:
    """A second load is the same object, and so is an app asked for twice."""
    catalogue = load_catalogue()
    assert load_catalogue() is catalogue
    assert catalogue.app("chatgpt") is catalogue.app("chatgpt")


def test_unknown_names_are_key_errors() -> None:
    """An id or vendor that is not there is never an empty answer."""
    catalogue = load_catalogue()
    for ask in (catalogue.app, catalogue.vendor_name):
        with pytest.raises(KeyError):
            ask("no-such-name")
