"""`aipol catalog lock` writes what ships, and changes a lock only when it is told to."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.catalogue.lock import lock_bytes, lock_of
from aipol.cli import replacing

Run = Callable[..., Any]
Edit = Callable[[str, str], None]
NAMED = "locked/catalogue.json"


@pytest.fixture
def lock(place: Path, edit: Edit) -> Path:
    """Where the policy says that its lock is; there is none yet."""
    edit("rules:\n", "catalogue: {lock: ../locked/catalogue.json}\nrules:\n")
    (place / "locked").mkdir()
    return place / "locked" / "catalogue.json"


@pytest.fixture
def older(lock: Path) -> bytes:
    """A lock in which one app is missing, one is too many and one is other."""
    content = deepcopy(load_catalogue().content)
    content["apps"]["gone"] = {**content["apps"].pop("aider"), "name": "Gone"}
    content["apps"]["chatgpt"]["domains"].pop()
    content["apps"]["chatgpt"]["vendor"] = "anthropic"
    apple = content["protected"]["apple"]
    content["protected"]["apple"] = [row for row in apple if row["host"] != "time.apple.com"]
    lock.write_bytes(lock_bytes(lock_of(content, "0.0.9")))
    return lock.read_bytes()


def test_a_policy_without_a_lock_is_told_what_to_add(run: Run, place: Path) -> None:
    """Wrong usage, with the line to paste; nothing is written."""
    before = sorted(place.rglob("*"))
    done = run("catalog", "lock")
    assert done.code == 2
    assert "catalogue: {lock: catalogue.lock.json}" in done.err
    assert sorted(place.rglob("*")) == before


def test_a_policy_with_errors_is_reported_as_by_check(run: Run, edit: Edit) -> None:
    """What is wrong with the text is said in its place."""
    edit("rules:", "rulez:")
    done = run("catalog", "lock")
    assert done.code == 1
    assert "AIP107" in done.out


def test_the_lock_is_written_where_the_policy_says(run: Run, lock: Path) -> None:
    """Relative to the policy; a second time there is nothing to do."""
    assert run("catalog", "lock", "--check").code == 1
    assert not lock.exists()
    done = run("catalog", "lock")
    assert (done.code, done.err) == (0, "")
    assert lock.read_bytes() == lock_bytes(
        lock_of(load_catalogue().content, json.loads(lock.read_bytes())["aipol"])
    )
    assert run("catalog", "lock", "--check").code == 0
    assert run("check").code == 0
    assert run("catalog", "lock", "--format", "json").json["state"] == "current"


def test_a_lock_that_differs_is_shown_and_left(run: Run, lock: Path, older: bytes) -> None:
    """The apps that would change are listed; the file is as it was, with and without --check."""
    for arguments in ((), ("--check",)):
        done = run("catalog", "lock", *arguments)
        assert done.code == 1
        text = " ".join(done.out.split())
        assert "Taking shipped changes 2 things for people" in text
        assert "everyone: gone (cli): block -> not governed" in text
        assert "everyone: aider (cli): not governed -> block" in text
        assert "protected: time.apple.com" not in text  # it is protected under any lock
        assert "--update" in done.err
        assert lock.read_bytes() == older


def test_an_update_shows_what_changes_and_takes_it(run: Run, lock: Path, older: bytes) -> None:
    """After it the lock is what ships."""
    done = run("catalog", "lock", "--update")
    assert done.code == 0
    assert "aider (cli): not governed -> block" in done.out
    assert lock.read_bytes() != older
    assert run("catalog", "lock", "--check").code == 0


def test_an_update_of_which_nobody_can_say_what_it_does_is_not_taken(
    run: Run, lock: Path, older: bytes, edit: Edit
) -> None:
    """Under a policy with errors the lock stays, and the errors are what to mend first."""
    edit("rules:\n", "rules:\n  - {id: x, apps: [nothing], groups: [everyone], effect: block}\n")
    done = run("catalog", "lock", "--update")
    assert done.code == 1
    assert lock.read_bytes() == older
    assert "nothing was written" in done.err


@pytest.mark.usefixtures("older")
def test_the_answer_for_a_program_has_the_same_numbers(run: Run) -> None:
    """Apps, identifiers and other sections, with both digests."""
    answer = run("catalog", "lock", "--check", "--format", "json").json
    assert (answer["schema"], answer["state"]) == ("aipol.catalog-lock-state/1", "differs")
    apps = {app["app"]: app for app in answer["changes"]["catalogue"]["apps"]}
    assert {name: app["change"] for name, app in apps.items()} == {
        "aider": "added",
        "gone": "removed",
        "chatgpt": "changed",
    }
    assert [row["change"] for row in apps["chatgpt"]["rows"]] == ["added"]
    assert apps["chatgpt"]["keys"] == ["vendor"]
    assert answer["changes"]["affected"] is True
    assert answer["locked"] != answer["shipped"]


def test_a_broken_lock_is_replaced_only_on_request(run: Run, lock: Path, older: bytes) -> None:
    """A lock that was edited says so; `--update` writes it anew."""
    lock.write_bytes(older.replace(b"Gone", b"Here"))
    done = run("catalog", "lock")
    assert done.code == 1
    assert "it was changed after it was written" in done.out
    lock.write_bytes(b"<<<<<<< ours\n" + older)
    assert run("catalog", "lock").code == 1
    assert run("catalog", "lock", "--update").code == 0
    assert run("catalog", "lock", "--check").code == 0


def test_a_broken_locks_effects_are_said_to_be_unknown(run: Run, lock: Path, older: bytes) -> None:
    """Before it is written anew, and to a program as well."""
    lock.write_bytes(older.replace(b"Gone", b"Here"))
    done = run("catalog", "lock")
    assert (done.code, "cannot be said" in done.out) == (1, True)
    answer = run("catalog", "lock", "--check", "--format", "json").json
    assert (answer["state"], answer["locked"], answer["changes"]) == ("differs", None, None)
    lines = run("catalog", "lock", "--update").out.splitlines()
    assert [line.partition(": ")[0] for line in lines[:1]] == [f"{NAMED} cannot be used"]
    assert lines[1:2] == ["What taking what ships in its place changes for people cannot be said."]
    assert lines[2].startswith(f"{NAMED} holds the catalogue of aipol")
    lock.write_bytes(older.replace(b"Gone", b"Here"))
    answer = run("catalog", "lock", "--update", "--format", "json").json
    assert (answer["state"], answer["changes"]) == ("updated", None)
    assert "it was changed after it was written" in answer["why"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_could_not_be_written_is_not_said_to_be_there(
    run: Run, lock: Path, older: bytes, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The effects were shown before; what the lock holds is said after, or never."""
    done = run("catalog", "lock", "--out", "none/c.json", "--format", form)
    assert (done.code, done.out, "cannot write `none/c.json`" in done.err) == (2, "", True)

    def full(file: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file), len(content))

    monkeypatch.setattr(replacing, "write_atomically", full)
    done = run("catalog", "lock", "--update", "--format", form)
    assert (done.code, "no space left" in done.err) == (2, True)
    assert ("aider (cli): not governed -> block" in done.out) == (form == "text")
    assert "holds" not in done.out
    assert "updated" not in done.out
    assert lock.read_bytes() == older


def test_out_names_the_lock_instead_of_the_policy(run: Run, place: Path) -> None:
    """No policy is needed for it, and no other file is replaced by it."""
    (place / "policy" / "ai-usage.yaml").rename(place / "other.yaml")
    assert run("catalog", "lock", "--out", "c.json").code == 0
    assert run("catalog", "lock", "--out", "c.json", "--check").code == 0
    before = (place / "other.yaml").read_bytes()
    for more in ((), ("--update",)):
        assert run("catalog", "lock", "--out", "other.yaml", *more).code in {1, 2}
    assert (place / "other.yaml").read_bytes() == before
    assert run("catalog", "lock", "--out", "none/c.json").code == 2
    (place / "loop").symlink_to("loop")
    assert run("catalog", "lock", "--out", "loop/c.json").code == 2
    assert run("catalog", "lock", "--out", ".", "--update").code == 2
    assert run("catalog", "lock", "--update", "--check").code == 2


@pytest.mark.parametrize("name", ["", "  "])
@pytest.mark.parametrize("verb", [("compile",), ("catalog", "lock")])
def test_an_empty_name_of_what_is_written_is_wrong_usage(
    run: Run, place: Path, verb: tuple[str, ...], name: str
) -> None:
    """An unset variable of a script is neither the current directory nor what the policy names."""
    before = sorted(place.rglob("*"))
    done = run(*verb, "--out", name)
    assert (done.code, "it names no file" in done.err) == (2, True)
    assert sorted(place.rglob("*")) == before


@pytest.mark.usefixtures("older")
def test_a_locks_control_characters_do_not_reach_the_terminal(run: Run, lock: Path) -> None:
    """What a lock says about itself is shown and not obeyed."""
    content = json.loads(lock.read_bytes())
    for key in ("schema", "aipol", "seen", "digest"):
        del content[key]
    lock.write_bytes(lock_bytes(lock_of(content, "\x1b[2J")))
    done = run("catalog", "lock")
    assert "\x1b" not in done.out + done.err
    assert "\\x1b[2J" in done.out


def test_an_app_only_in_the_lock_decides_check_and_explain(
    run: Run, lock: Path, older: bytes
) -> None:
    """Every verb that opens a policy uses the locked catalogue."""
    del lock, older
    assert run("explain", "--app", "gone", "--surface", "cli").code == 0
    assert run("explain", "--app", "aider", "--surface", "cli").code == 2
