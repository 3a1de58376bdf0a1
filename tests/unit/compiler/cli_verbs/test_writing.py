"""Writing a directory is all or nothing for each target, whenever it is killed."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.cli import writing
from aipol.cli.writing import EscapingPath, check_paths, write_build
from aipol.durable import OutputError
from aipol.report.manifest import (
    COVERAGE,
    MANIFEST,
    Inputs,
    Manifest,
    ManifestError,
    fingerprint,
    manifest_bytes,
    read_manifest,
)

Tree = dict[str, dict[str, bytes]]
OLD: Tree = {"alpha": {"a.txt": b"old", "gone.txt": b"x"}, "beta": {"deep/b.txt": b"old"}}
NEW: Tree = {"alpha": {"a.txt": b"new"}, "beta": {"deep/b.txt": b"new", "more.txt": b"y"}}


def top(targets: Tree) -> dict[str, bytes]:
    """A coverage record and a manifest that fit."""
    files = {
        f"{target}/{name}": fingerprint(content)
        for target, contents in targets.items()
        for name, content in contents.items()
    }
    coverage = repr(sorted(files)).encode()
    inputs = Inputs("0", date(2026, 12, 1), {}, "")
    manifest = Manifest(inputs, {}, files | {COVERAGE: fingerprint(coverage)})
    return {COVERAGE: coverage, MANIFEST: manifest_bytes(manifest)}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {name: (folder / name).read_bytes() for name in writing.files_below(folder)}


def flat(targets: Tree) -> dict[str, bytes]:
    """What a directory with these targets holds."""
    return top(targets) | {
        f"{target}/{name}": content
        for target, contents in targets.items()
        for name, content in contents.items()
    }


def killed_after(directory: Path, steps: int, how: str) -> bool:
    """Write NEW over `directory` and die after some steps; False when it came to its end."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # the child has one thread, and no locks
        child = os.fork()
    if child == 0:
        try:
            _deadly(steps, how)
            write_build(directory, NEW, top(NEW))
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, -signal.SIGKILL}
    return code != 0


def _deadly(steps: int, how: str) -> None:
    """Let this process be killed when so many calls that change files have been made."""
    left = [steps]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            return real(*arguments, **options)

        return call

    for owner, names in (
        (Path, ("mkdir", "rename", "replace")),
        (writing, ("_swapped", "write_file", "sync_folder")),
        (os, ("unlink", "rmdir")),
    ):
        for name in names:
            setattr(owner, name, counted(getattr(owner, name)))
    if how == "plain":
        writing._swapped = lambda *_: False


@pytest.mark.parametrize("how", ["exchange", "plain"])
def test_a_kill_at_any_step_leaves_each_target_old_or_new_and_the_next_run_mends_it(
    tmp_path: Path, how: str
) -> None:
    """At no step is a folder half written, and a run after the kill gives exactly the new files.

    Where the system cannot exchange folders in one step, a folder may be absent for a moment.
    """
    steps = 0
    while True:
        out = tmp_path / f"{steps}" / "generated"
        write_build(out, OLD, top(OLD))
        dead = killed_after(out, steps, how)
        found = tree(out)
        for target in OLD:
            files = {
                name.removeprefix(f"{target}/"): content
                for name, content in found.items()
                if name.startswith(f"{target}/")
            }
            absent = how == "plain" and not files
            assert absent or files in (OLD[target], NEW[target]), (steps, target)
        read_manifest(found[MANIFEST])
        write_build(out, NEW, top(NEW))
        assert tree(out) == flat(NEW)
        assert [path.name for path in out.parent.iterdir()] == ["generated"]
        if not dead:
            break
        steps += 1
    assert steps > 15


def test_two_kills_in_a_row_are_mended_too(tmp_path: Path) -> None:
    """What a killed run had put in place is known to be ours after the next kill as well."""
    out = tmp_path / "generated"
    write_build(out, OLD, top(OLD))
    steps = 0
    while not (out / "beta/more.txt").exists():
        assert killed_after(out, steps, "exchange")
        steps += 1
    for early in range(12):
        assert killed_after(out, early, "exchange")
    write_build(out, OLD, top(OLD))
    assert tree(out) == flat(OLD)


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    """While one run holds the staging folder another is refused."""
    out = tmp_path / "generated"
    with (
        writing._staging(out),
        pytest.raises(OutputError, match="another compile"),
    ):
        write_build(out, NEW, top(NEW))
    assert not out.exists()


def test_a_full_disk_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the files cannot be written beside, nothing in the directory changes."""
    out = tmp_path / "generated"
    write_build(out, OLD, top(OLD))

    def full(path: Path, *_: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(writing, "write_file", full)
    with pytest.raises(OutputError, match="no space left"):
        write_build(out, NEW, top(NEW))
    assert tree(out) == flat(OLD)
    assert not writing.interrupted(out)


def test_a_file_that_came_from_nowhere_is_named(tmp_path: Path) -> None:
    """A file that no manifest lists stops everything before anything changes."""
    out = tmp_path / "generated"
    write_build(out, OLD, top(OLD))
    (out / "beta" / "deep" / "mine").write_bytes(b"")
    with pytest.raises(OutputError, match="beta/deep/mine"):
        write_build(out, NEW, top(NEW))
    assert tree(out) == flat(OLD) | {"beta/deep/mine": b""}


def test_a_link_in_the_place_of_a_file_is_not_written_through(tmp_path: Path) -> None:
    """A link that replaced one of our files is foreign, and what it points to stays."""
    out, other = tmp_path / "generated", tmp_path / "other"
    other.write_bytes(b"mine")
    write_build(out, OLD, top(OLD))
    (out / "alpha/a.txt").unlink()
    (out / "alpha/a.txt").symlink_to(other)
    with pytest.raises(OutputError, match=r"alpha/a\.txt"):
        write_build(out, NEW, top(NEW))
    assert other.read_bytes() == b"mine"


def test_a_damaged_manifest_can_be_compiled_away(tmp_path: Path) -> None:
    """Merge markers in our manifest do not make our own files foreign."""
    out = tmp_path / "generated"
    write_build(out, OLD, top(OLD))
    path = out / MANIFEST
    path.write_bytes(b"<" * 7 + b" ours\n" + path.read_bytes())
    with pytest.raises(OutputError, match=r"gone\.txt"):
        write_build(out, NEW, top(NEW))
    (out / "alpha/gone.txt").unlink()
    write_build(out, NEW, top(NEW))
    assert tree(out) == flat(NEW)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a//b",
        "./a",
        "a/.",
        "a\\b",
        "C:a",
        "a\nb",
        "a\0b",
        "a\x1bb",
        "a./b",
        "a ",
        "x" * 256,
        "a/",
    ],
)
def test_a_path_that_leaves_the_folder_is_refused(path: str) -> None:
    """No artefact path may be absolute, climb, hide or differ from what it looks like."""
    with pytest.raises(EscapingPath):
        check_paths("alpha", [path])


@pytest.mark.parametrize(
    "paths",
    [("a", "A"), ("a", "a"), ("a", "a/b"), ("A", "a/b")],
)
def test_paths_that_cannot_be_side_by_side_are_refused(paths: tuple[str, ...]) -> None:
    """Equal paths, even in case only, and a file that is also a folder are faults of a target."""
    with pytest.raises(EscapingPath):
        check_paths("alpha", paths)


@pytest.mark.parametrize("target", ["", "..", "Alpha", "a/b", ".hidden"])
def test_a_targets_name_is_a_plain_folder(target: str) -> None:
    """The name of a third party's target cannot lead out of the directory."""
    with pytest.raises(EscapingPath):
        check_paths(target, ["a"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"schema": "aipol.manifest/9"}',
        b'{"schema": "aipol.manifest/1", "files": 3}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_manifest_is_said_to_be_none(content: bytes) -> None:
    """A manifest is data from outside: anything odd in it is a ManifestError."""
    with pytest.raises(ManifestError):
        read_manifest(content)


def test_a_manifest_that_is_read_and_written_is_the_same() -> None:
    """Reading is the inverse of writing."""
    content = top(OLD)[MANIFEST]
    assert manifest_bytes(read_manifest(content)) == content
