"""Versions of the catalogue by name, and what is said of those that cannot be read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue import CatalogueError, load_catalogue, revision
from aipol.catalogue import files as catalogue_files
from aipol.catalogue.derive import derive
from aipol.catalogue.load import content_digest, source_directory
from aipol.catalogue.lock import lock_bytes, lock_of
from aipol.catalogue.tree import parse
from aipol.catalogue.versions import named

CHAT = """\
chatty:
  name: Chatty
  vendor: acme
  kind: chat
  source: s
  domains:
    - {domain: chatty.example, role: ui, match: exact, source: s, tier: A}
"""
INDEX = "schema: 1\nseen: 2026-08\ncategories:\n  chat: assistants\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped YAML, to be changed."""
    return shutil.copytree(source_directory(), tmp_path / "catalogue")


def small(folder: Path, **files: str) -> Path:
    """A directory with these files."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def fault(text: str | Path) -> str:
    """What is said about a version that cannot be read."""
    with pytest.raises(CatalogueError) as caught:
        named(str(text))
    return str(caught.value)


# --- what is read ---------------------------------------------------------------------------------


def test_shipped_is_the_catalogue_in_use() -> None:
    """The word names the very object that the other verbs ask."""
    assert named("shipped").catalogue is load_catalogue()


def test_a_copy_of_the_shipped_files_is_the_same_catalogue(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the derived form at hand and without it, every app and every list is the same."""
    shipped, quick = load_catalogue(), named(str(copy)).catalogue
    monkeypatch.setattr(catalogue_files, "DERIVED", copy / "none.json")
    slow = named(str(copy)).catalogue
    for found in (quick, slow):
        assert found.apps() == shipped.apps()
        assert found.vendors == shipped.vendors
        assert found.protected == shipped.protected
        assert found.shared_platforms == shipped.shared_platforms
        assert (found.categories, found.digest) == (shipped.categories, shipped.digest)


def test_only_changed_files_are_parsed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What equals a file of the shipped catalogue is taken from the derived form."""
    (copy / "derived.json").write_bytes(derive(copy))
    monkeypatch.setattr(catalogue_files, "DERIVED", copy / "derived.json")
    parsed: list[str] = []

    def watched(file: str, content: bytes) -> Any:
        parsed.append(Path(file).name)
        return parse(file, content)

    monkeypatch.setattr(catalogue_files, "parse", watched)
    path = copy / "chat.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("name: ChatGPT\n", "name: Changed\n"), encoding="utf-8")
    assert named(str(copy)).catalogue.app("chatgpt").name == "Changed"
    assert parsed == ["chat.yaml"]


def test_a_lock_holds_the_same_catalogue(copy: Path) -> None:
    """What was locked is what is read, app for app."""
    path = copy / "catalogue.json"
    path.write_bytes(lock_bytes(lock_of(load_catalogue().content, "0.0.9")))
    found = named(str(path)).catalogue
    assert found.apps() == load_catalogue().apps()
    assert found.protected == load_catalogue().protected


def test_one_catalogue_has_one_digest(copy: Path, tmp_path: Path) -> None:
    """Shipped, as a directory, as a lock and in that lock's own words: each says the same."""
    shipped = load_catalogue()
    lock = lock_of(shipped.content, "0.0.9")
    (tmp_path / "lock.json").write_bytes(lock_bytes(lock))
    chat = copy / "chat.yaml"
    chat.write_text("# the same, laid out otherwise\n" + chat.read_text(encoding="utf-8"))
    every = [named(str(each)).catalogue.digest for each in (copy, tmp_path / "lock.json")]
    assert {shipped.digest, lock.digest, *every} == {content_digest(shipped.content)}


def test_a_lock_without_a_host_that_ships_as_protected_is_compared_with_it(tmp_path: Path) -> None:
    """Its digest is of what a policy is compiled with, which here is what ships."""
    content = load_catalogue().content
    owner, rows = next(iter(content["protected"].items()))
    content["protected"] = {**content["protected"], owner: rows[:-1]}
    lock = lock_of(content, "0.0.9")
    (tmp_path / "lock.json").write_bytes(lock_bytes(lock))
    assert lock.digest != load_catalogue().digest
    assert named(str(tmp_path / "lock.json")).catalogue.digest == load_catalogue().digest


def test_an_older_layout_is_read(tmp_path: Path) -> None:
    """Missing files are made up for: vendors and categories from the apps, and empty lists."""
    found = named(str(small(tmp_path / "old", chat=CHAT)))
    catalogue = found.catalogue
    assert catalogue.ids == ("chatty",)
    assert catalogue.categories == ("chat",)
    assert catalogue.vendor_name("acme") == "acme"
    assert (catalogue.protected, catalogue.shared_platforms) == ((), ())
    assert found.unread == ()


def test_a_file_that_the_index_does_not_know_is_named(tmp_path: Path) -> None:
    """What an older layout kept beside the categories is left alone, and said."""
    folder = small(tmp_path / "old", chat=CHAT, index=INDEX, reviews="- [1, 2]\n")
    found = named(f"{folder}/")
    assert found.catalogue.ids == ("chatty",)
    assert found.unread == (f"{folder}/reviews.yaml",)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "where", "message"),
    [
        ({"chat": "a: [1\nb: 2\n"}, "chat.yaml:2:", "not YAML"),
        ({"chat": "a: {}\na: {}\n"}, "chat.yaml:2:", "duplicate key `a`"),
        ({"chat": "a: &x {}\nb: *x\n"}, "chat.yaml:1:", "an alias is not allowed"),
        ({"chat": CHAT.replace("  vendor: acme\n", "")}, "chat.yaml:1:", "`vendor` is missing"),
        ({"chat": CHAT.replace("role: ui", "role: boss")}, "chat.yaml:7:", "`boss` is not one of"),
        ({"chat": CHAT.replace("chatty.example", "Upper.x")}, "chat.yaml:7:", "is not a host name"),
        ({"chat": CHAT.replace("kind: chat", "kind: [1]")}, "chat.yaml:4:", "`[1]` is not an id"),
        ({"chat": CHAT + "    - 5\n"}, "chat.yaml:8:", "must be a mapping"),
        ({"chat": CHAT + "  macos: {}\n"}, "chat.yaml:8:", "must be a list"),
        ({"chat": CHAT + "  later: 1\n"}, "chat.yaml:8:", "unknown key `later`"),
        ({"chat": CHAT + "  features: [sirius]\n"}, "chat.yaml:8:", "`sirius` is not one of"),
        ({"chat": CHAT + "  tenant_restriction: 3\n"}, "chat.yaml:8:", "must be a mapping"),
        ({"chat": "Chatty: 1\n"}, "chat.yaml:1:", "is not an id"),
        ({"chat": "- a\n"}, "chat.yaml:1:", "must be a mapping of apps"),
        ({"chat": ""}, ":1:", "there are no apps"),
        ({"chat": CHAT, "more": CHAT}, "more.yaml:1:", "also in chat.yaml"),
        ({"chat": CHAT, "vendors": "b: {name: B}\n"}, "chat.yaml:3:", "not among the vendors"),
        ({"chat": CHAT, "vendors": "acme: {}\n"}, "vendors.yaml:1:", "`name` is missing"),
        ({"chat": CHAT, "vendors": "- acme\n"}, "vendors.yaml:1:", "must be a mapping"),
        ({"chat": CHAT, "index": "schema: 3\n"}, "index.yaml:1:", "schema `3` is not known"),
        ({"chat": CHAT, "protected": "a: [{}]\n"}, "protected.yaml:1:", "`host` is missing"),
        ({"chat": CHAT, "shared_platforms": "- 1\n"}, "shared_platforms.yaml:1:", "be a mapping"),
        ({"chat": "a: 0x1\n"}, "chat.yaml:1:", "is of the type int"),
        ({"chat": f"a: {'9' * 5000}\n"}, "chat.yaml:1:", "is of the type int"),
        ({"chat": "a: " + "[" * 900 + "]" * 900}, "chat.yaml:1:", "levels deep"),
    ],
)
def test_a_malformed_directory_is_refused_with_the_line(
    tmp_path: Path, files: dict[str, str], where: str, message: str
) -> None:
    """Whatever is wrong is an error with its file and line, never a traceback."""
    said = fault(small(tmp_path / "bad", **files))
    assert any(where in line and message in line for line in said.splitlines()), said


def test_faults_past_the_first_twenty_are_counted(tmp_path: Path) -> None:
    """A file of another kind does not fill the screen."""
    said = fault(small(tmp_path / "bad", chat="".join(f"a{n}: 1\n" for n in range(50))))
    assert len(said.splitlines()) == 20
    assert said.endswith("(and 30 more faults)")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\xff\xfe\x80", "not a lock"),
        (b"a: 1\n", "not a lock"),
        (b"[]", "not a lock"),
        (b"{}", "not a lock"),
        (b'{"apps": {"a": 1}, "apps": {}}', "gives a key twice"),
        (b'{"schema": "aipol.catalogue-lock/2", "apps": {}}', "aipol.catalogue-lock/1"),
        (b'{"apps": ' + b"[" * 100_000, "not a lock"),
        (b'{"apps": ' + b"9" * 5000 + b"}", "not a lock"),
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Garbage, another schema, a wrong type: each says where and what."""
    path = tmp_path / "catalogue.json"
    path.write_bytes(content)
    said = fault(path)
    assert message in said
    assert said.startswith(f"`{path}` cannot be used: ")


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """Bytes that are no text name the line that they are on."""
    folder = small(tmp_path / "bad", chat=CHAT)
    (folder / "chat.yaml").write_bytes(CHAT.encode() + b"# \xff\n")
    assert fault(folder) == f"{folder}/chat.yaml:8:3: not UTF-8 text"


def test_a_place_without_a_catalogue_is_said(tmp_path: Path) -> None:
    """An empty directory, a missing one and a name that is nothing are three different things."""
    (tmp_path / "empty").mkdir()
    assert "holds no `.yaml` file" in fault(tmp_path / "empty")
    (tmp_path / "empty" / "chat.yaml").mkdir()
    assert "chat.yaml:1:1: cannot be read: it is a directory" in fault(tmp_path / "empty")
    assert "no directory, no file, and no revision" in fault(tmp_path / "missing")
    assert "NUL" in fault("a\0b")


# --- git ------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two versions of a small catalogue, and a working tree that is neither."""
    place = tmp_path / "repository"
    catalogue = place / "policy" / "catalogue"
    catalogue.mkdir(parents=True)
    monkeypatch.chdir(place)
    git("init", "-q", "-b", "main")
    small(catalogue, chat=CHAT)
    commit("one")
    git("tag", "-a", "-m", "one", "v1")
    small(catalogue, chat=CHAT.replace("chatty.example", "new.example"), index=INDEX)
    shutil.copytree(catalogue, place / "elsewhere")
    content = named(str(catalogue)).catalogue.content
    content["apps"] = {"locked": {**json.loads(ENTRY), "category": "chat"}}
    content["vendors"] = {"v": {"name": "V"}}
    (place / "lock.json").write_bytes(lock_bytes(lock_of(content, "0.0.9")))
    commit("two")
    (catalogue / "chat.yaml").write_text("neither", encoding="utf-8")
    return place


ENTRY = '{"name": "L", "vendor": "v", "kind": "chat", "source": "s"}'
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "t"), ("EMAIL", "t@t.example"), ("DATE", "2026-01-01T00:00:00Z"))
}


def git(*arguments: str) -> None:
    """Run git in the current directory."""
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment = {**os.environ, **_IDENTITY, **quiet}
    subprocess.run(["git", *arguments], check=True, env=environment, capture_output=True)


def commit(message: str) -> None:
    """Commit everything."""
    git("add", "-A")
    git("commit", "-q", "-m", message)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("HEAD", "new.example"),
        ("HEAD~1", "chatty.example"),
        ("v1", "chatty.example"),
        ("main:policy/catalogue", "new.example"),
        ("main:elsewhere/", "new.example"),
        ("main:", "new.example"),
    ],
)
def test_a_revision_is_read_from_git(repository: Path, name: str, host: str) -> None:
    """A commit, an annotated tag or a branch, with a path or without, whatever lies in the tree."""
    status = subprocess.run(["git", "status", "-s"], check=True, capture_output=True).stdout
    assert named(name).catalogue.app("chatty").domains[0].domain == host
    assert (repository / "policy/catalogue/chat.yaml").read_text(encoding="utf-8") == "neither"
    after = subprocess.run(["git", "status", "-s"], check=True, capture_output=True).stdout
    assert after == status


def test_a_revision_is_read_from_below_the_top(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are of the repository, wherever in it one stands."""
    monkeypatch.chdir(repository / "elsewhere")
    assert named("main").catalogue.app("chatty").domains[0].domain == "new.example"


@pytest.mark.usefixtures("repository")
def test_a_file_in_a_revision_is_read() -> None:
    """A lock is found in a revision as it is on disk."""
    assert named("HEAD:lock.json").catalogue.ids == ("locked",)


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("-h", "is no git revision"),
        ("--output=x", "is no git revision"),
        ("--upload-pack=touch x:policy", "is no git revision"),
        (":policy/catalogue", "is no git revision"),
        ("HEAD\n--help", "is no git revision"),
        ("HEAD..v1", "no revision that git knows here"),
        ("HEAD:policy", "holds no `.yaml` file"),
        ("HEAD:nowhere", "`nowhere` is not in the revision `HEAD`"),
        ("HEAD:./nowhere", "must count from the top of the repository"),
        ("HEAD:policy/../policy/catalogue", "must count from the top of the repository"),
        ("nothing", "no directory, no file, and no revision"),
        ("HEAD^{tree}", "no revision that git knows here"),
    ],
)
def test_a_revision_that_is_none_is_refused(name: str, message: str) -> None:
    """An option, a range, a missing path and a word that git does not know each get an error."""
    assert message in fault(name)


def test_a_fault_in_a_revision_names_it(repository: Path) -> None:
    """The file and the line are of the revision."""
    small(repository / "policy" / "catalogue", chat=CHAT + "  later: 1\n")
    commit("three")
    assert fault("HEAD") == "HEAD:policy/catalogue/chat.yaml:8:3: unknown key `later`"


@pytest.mark.usefixtures("repository")
def test_a_file_of_a_revision_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """What git holds is no smaller than what lies in a directory, and is not read either."""
    monkeypatch.setattr(revision, "LIMIT", 10)
    monkeypatch.setattr(revision, "LOCK_LIMIT", 10)
    assert "`chat.yaml` has more than 10 bytes" in fault("HEAD")
    assert "has more than 10 bytes" in fault("HEAD:policy/catalogue/chat.yaml")


def test_a_link_in_a_revision_is_not_followed(repository: Path) -> None:
    """A symbolic link among the files could lead anywhere, so it is refused."""
    (repository / "policy/catalogue/more.yaml").symlink_to("/etc/passwd")
    commit("three")
    assert "`more.yaml` of the revision `HEAD` is no plain file" in fault("HEAD")


def test_outside_a_repository_a_revision_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a repository, and without git, it is said and no more."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "no revision that git knows here" in fault("HEAD")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in fault("HEAD")
