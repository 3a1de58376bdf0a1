"""What the lint and a comparison say about catalogues that nobody would write in good faith."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from aipol.catalogue import CatalogueError
from aipol.catalogue.lint import lint
from aipol.catalogue.load import load_from
from aipol.catalogue.versions import named
from aipol.cli.app import main

ROW = "source: page:acme.example, tier: A"
APP = f"""\
acme:
  name: Acme Chat
  vendor: acme-labs
  kind: chat
  source: page:acme.example
  features: [siri]
  domains: [{{domain: chat.acme.example, role: ui, match: exact, {ROW}}}]
  macos: [{{kind: bundle_id, value: example.acme.chat, {ROW}}}]
  extensions: [{{store: chrome, id: {"a" * 32}, name: Acme, {ROW}}}]
  oauth: [{{provider: entra, client_id: 11111111-2222-3333-4444-555555555555, name: A, {ROW}}}]
"""
FILES = {
    "index": "schema: 1\nseen: 2026-08\ncategories:\n  chat: assistants\n",
    "vendors": "acme-labs: {name: Acme Labs}\n",
    "protected": f"acme: [{{host: mdm.acme.example, match: exact, purpose: update, {ROW}}}]\n",
    "shared_platforms": "[{suffix: pages.example, source: page:acme.example}]\n",
    "chat": APP,
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A small catalogue without a fault."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Let one file say something else in one place."""
    assert old in FILES[name]
    (folder / f"{name}.yaml").write_text(FILES[name].replace(old, new, 1), encoding="utf-8")


def test_the_small_catalogue_is_clean(catalogue: Path) -> None:
    """What is found below follows from what was changed."""
    assert lint(catalogue) == ()
    assert named(str(catalogue)).catalogue.ids == ("acme",)


# (file, what stands there, line): each is a word that everything else hangs on
WORDS = {
    "vendor": ("chat", "vendor: acme-labs", 3),
    "kind": ("chat", "kind: bundle_id", 8),
    "kind of app": ("chat", "kind: chat", 4),
    "store": ("chat", "store: chrome", 9),
    "id": ("chat", f"id: {'a' * 32}", 9),
    "provider": ("chat", "provider: entra", 10),
    "features": ("chat", "features: [siri]", 6),
    "feature": ("chat", "features: [siri", 6),
    "match": ("chat", "match: exact", 7),
    "tier": ("chat", "tier: A", 7),
    "categories": ("index", "categories:\n  chat: assistants", 3),
    "category": ("index", "chat: assistants", 4),
    "schema": ("index", "schema: 1", 1),
    "vendor's name": ("vendors", "name: Acme Labs", 1),
    "purpose": ("protected", "purpose: update", 1),
    "suffix": ("shared_platforms", "suffix: pages.example", 1),
}
VALUES = ("[a, b]", "{a: b}", "[[a], {b: c}]", "{}", "17", "true", "null", '"\\e[2J"', '"' * 2)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", WORDS)
def test_a_value_of_another_type_is_a_located_fault(catalogue: Path, name: str, value: str) -> None:
    """A list, a mapping or a number where a name belongs is said in its line, and is no crash."""
    file, old, line = WORDS[name]
    key, colon, _ = old.partition(": ") if "\n" not in old else old.partition(":")
    edit(catalogue, file, old, f"{key}: {value}" if colon else old)
    if name == "feature":
        edit(catalogue, file, "[siri]", f"[{value}]")
    faults = lint(catalogue)
    places = {(fault.file, fault.line) for fault in faults}
    assert (f"{file}.yaml", line) in places or (name == "categories" and places)
    with pytest.raises(CatalogueError) as caught:
        named(str(catalogue))
    # Without the category that it knows, a catalogue is an empty one.
    assert f"{file}.yaml:{line}:" in str(caught.value) or name == "categories"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("? [a, b]\n: c\n", "chat.yaml:1:3: a key must be text"),
        ("a: 1\n? {b: c}\n: d\n", "chat.yaml:2:3: a key must be text"),
        ("a: \xe9\xff\n".encode("latin-1"), "chat.yaml:1:4: not UTF-8 text"),
        ("a: b\nc: \x1b[2J\n", "chat.yaml:2:4: the character U+001B is not allowed"),
        ('a: "\\u202e"\n', "chat.yaml:1:4: the text has a character that cannot be seen"),
        (f"a: {'x' * 1025}\n", "chat.yaml:1:4: the text has more than 1024 characters"),
        (f"{'[' * 5000}\n", "chat.yaml:1:1: nested more than 20 levels deep"),
        ("a: b\n---\nc: d\n", "chat.yaml:2:1: not YAML"),
    ],
)
def test_a_text_that_is_no_catalogue_is_refused(
    catalogue: Path, text: str | bytes, place: str
) -> None:
    """The file, the line and the column of what cannot be read, from either verb."""
    content = text if isinstance(text, bytes) else text.encode()
    (catalogue / "chat.yaml").write_bytes(content)
    assert place in "\n".join(map(str, lint(catalogue)))
    with pytest.raises(CatalogueError) as caught:
        named(str(catalogue))
    assert place in str(caught.value)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(10**10)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("make", [_pipe, _folder, _device, _loop, _huge])
def test_what_is_no_file_of_a_size_is_refused(
    catalogue: Path, make: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing waits for a writer, reads without end, or follows a link for ever."""
    assert callable(make)
    make(catalogue / "odd.yaml")
    assert main(["catalog", "lint", str(catalogue)]) == 1
    assert "odd.yaml:1:1: error[AIP224] cannot be read: " in capsys.readouterr().out
    assert main(["catalog", "diff", "shipped", str(catalogue)]) == 2
    assert "odd.yaml:1:1: cannot be read: " in capsys.readouterr().err
    if make is not _huge:
        with pytest.raises(CatalogueError, match="not a regular file"):
            load_from(catalogue, catalogue / "none.json")


def test_an_edition_of_nothing_is_refused(catalogue: Path) -> None:
    """A comparison takes no catalogue that the other stages could not use."""
    edit(catalogue, "chat", "  features: [siri]", "  edition_of: gone")
    with pytest.raises(CatalogueError, match=r"chat.yaml:6:\d+: there is no app `gone`"):
        named(str(catalogue))


def test_faults_that_are_alike_are_folded(
    catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where all apps collide, a few are shown and the others counted; the answer stays short."""
    apps = "".join(APP.replace("acme:", f"acme-{number}:", 1) for number in range(500))
    (catalogue / "chat.yaml").write_text(apps, encoding="utf-8")
    faults = lint(catalogue)
    assert len(faults) < 100
    folded = [fault.message for fault in faults if "more like this" in fault.message]
    assert any(message.startswith("480 more like this in the file: ") for message in folded)
    assert any("`shared_with` must be ['acme-0', 'acme-1', 'acme-10'" in m for m in folded)
    assert main(["catalog", "lint", str(catalogue), "--format", "json"]) == 1
    out = capsys.readouterr().out
    assert len(out) < 100_000
    assert Counter(f["code"] for f in json.loads(out)["findings"]) == {"AIP224": len(faults)}
