"""Whatever fails, and whenever a publish is killed, no device gets half a file or half an order."""

from __future__ import annotations

import errno
import os
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aipol.durable import OutputError, write_file
from aipol.publishing import exchange
from aipol.publishing.record import PENDING
from aipol.publishing.survey import history

CALLS = ("replace", "fsync", "unlink", "mkdir", "rmdir", "chmod", "utime")
"""The calls of the system by which a publish changes anything."""


def counting(left: list[int], end: Callable[[str], None], real: Callable[..., Any]) -> Any:
    """The call; but `end` in place of it when its turn has come."""

    def call(*arguments: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] == -1:
            end(str(arguments[0]))
        return real(*arguments, **options)

    return call


@contextmanager
def failing(step: int, number: int) -> Iterator[list[int]]:
    """The call with this number fails, once; what is left of the count says whether it came."""
    left = [step]

    def end(name: str) -> None:
        raise OSError(number, os.strerror(number), name)

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, counting(left, end, getattr(os, name)))
        yield left


def killed(step: int, work: Callable[[], Any]) -> bool:
    """Whether a process that does the work is killed at a call; False when it came to its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child has one thread
        child = os.fork()
    if child == 0:
        try:
            left = [step]
            for name in CALLS:
                real = getattr(os, name)
                setattr(os, name, counting(left, lambda _: os.kill(os.getpid(), 9), real))
            work()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, -signal.SIGKILL}
    return code != 0


def whole(web: Any, *sets: Any) -> None:
    """Every served file is that of one of the sets, and no rules refer to what is not there."""
    served = web.served()
    for path, content in served.items():
        assert content in [files[path] for files in sets if path in files], path
    rules = served.get("lists/rules.csv", b"").decode()
    for name in rules.strip().split(", ") if rules.strip() else ():
        assert f"lists/{name}" in served, rules


def clean(web: Any) -> None:
    """Nothing is left of a run but what is published, and no empty folder."""
    assert not [path for path in web.everything() if "/." in path]
    assert history(web.place).pending is None
    folders = [path for path in (web.place / "lists").rglob("*") if path.is_dir()]
    assert all(any(folder.iterdir()) for folder in folders)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EACCES])
def test_any_call_may_fail_and_the_same_again_completes_it(
    number: int, web: Any, tmp_path: Path
) -> None:
    """No half file, no order that refers to nothing; and the way back leads to what was whole."""
    told: set[str] = set()
    step = 0
    while True:
        here = type(web)(tmp_path / str(step))
        here.give(here.old)
        with failing(step, number) as left:
            try:
                here.give(here.new, here.going)
            except OutputError as error:
                told.add(str(error).rpartition("; ")[2].lstrip("0123456789"))
                if "nothing was published" in str(error):
                    assert here.served() == dict(here.old)
            whole(here, here.old, here.new)
        here.give(here.new, here.going)
        assert here.served() == dict(here.new), step
        clean(here)
        here.back()
        assert here.served() == dict(here.old), step
        clean(here)
        if left[0] >= 0:
            break
        step += 1
    assert step > 25
    assert told == {
        "nothing was published",
        "run the same again to complete it, or `--rollback` to take it back",
    }


def test_what_failed_can_be_taken_back(web: Any, tmp_path: Path) -> None:
    """In place of completing it: to the last whole set, whichever that is when it failed."""
    oldest = {**web.old, "lists/a.txt": b"one.test/\ntwo.test/\noldest.test/\n"}
    step, found = 0, set[str]()
    while True:
        here = type(web)(tmp_path / str(step))
        here.give(oldest)
        here.give(here.old)
        with failing(step, errno.EIO) as left, suppress(OutputError):
            here.give(here.new, here.going)
        known = history(here.place)
        done = "lists/deep/new.txt" in known.files
        found.add("done" if done else "cut short" if known.pending else "never begun")
        here.back()
        assert here.served() == (dict(here.old) if done or known.pending else oldest), step
        clean(here)
        if left[0] >= 0:
            break
        step += 1
    assert found == {"done", "cut short", "never begun"}


def test_a_publish_that_was_cut_short_is_undone_first(web: Any) -> None:
    """Going back leads to the last whole set, and only then to the one before."""
    oldest = {**web.old, "lists/a.txt": b"one.test/\ntwo.test/\noldest.test/\n"}
    web.give(oldest)
    web.give(web.old)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "_sync", lambda *_: (_ for _ in ()).throw(OSError(5, "gone")))
        with pytest.raises(OutputError, match="1 of 4 files were exchanged"):
            web.give(web.new, web.going)
    assert web.served() == {**web.old, "lists/deep/new.txt": web.new["lists/deep/new.txt"]}
    web.back()
    assert web.served() == dict(web.old)
    web.back()
    assert web.served() == oldest


@pytest.mark.parametrize("way", ["again", "other", "back"])
def test_a_kill_at_any_call_is_made_good_by_the_next_run(
    way: str, web: Any, tmp_path: Path
) -> None:
    """By the same, by another policy's files, or by going back; nothing is taken for an edit."""
    other = {**web.new, "lists/a.txt": b"one.test/\ntwo.test/\nother.test/\n"}
    step = 0
    while True:
        here = type(web)(tmp_path / str(step))
        here.give(here.old)
        dead = killed(step, partial(here.give, here.new, here.going))
        whole(here, here.old, here.new)
        if way == "back":
            if here.served() != dict(here.old):
                here.back()
            assert here.served() == dict(here.old), step
        else:
            files = other if way == "other" else here.new
            here.give(files, here.going)
            assert here.served() == files, step
            clean(here)
            here.back()
            wanted = (dict(here.old), dict(here.new)) if way == "other" else (dict(here.old),)
            assert here.served() in wanted, step
        if not dead:
            break
        step += 1
    assert step > 25


def test_two_kills_in_a_row_are_made_good_too(web: Any, tmp_path: Path) -> None:
    """What the first killed run had put in place is known to be aipol's after the second."""
    other = {**web.new, "lists/a.txt": b"one.test/\ntwo.test/\nother.test/\n"}
    for first in range(20, 34):
        for second in range(0, 30, 3):
            here = type(web)(tmp_path / f"{first}-{second}")
            here.give(here.old)
            killed(first, partial(here.give, here.new, here.going))
            killed(second, partial(here.give, other, here.going))
            whole(here, here.old, here.new, other)
            here.give(here.new, here.going)
            assert here.served() == dict(here.new), (first, second)
            clean(here)


def test_a_kill_while_going_back_is_made_good_either_way(web: Any, tmp_path: Path) -> None:
    """Going back again completes it; publishing the newer files again takes it back."""
    step = 0
    while True:
        places = [type(web)(tmp_path / f"{step}-{way}") for way in ("back", "forward")]
        dead = False
        for here in places:
            here.give(here.old)
            here.give(here.new, here.going)
            dead = killed(step, here.back)
            whole(here, here.old, here.new)
        if dead and places[0].served() != dict(web.old):
            places[0].back()
        assert places[0].served() == dict(web.old), step
        places[1].give(web.new, web.going)
        assert places[1].served() == dict(web.new), step
        clean(places[1])
        if not dead:
            break
        step += 1
    assert step > 25


def test_a_disk_that_is_full_is_noticed_before_a_device_can_see_it(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a list is written, to no place that is served, and is gone again."""
    web.give(web.old)

    def full(path: Path, content: bytes) -> None:
        if content == web.new["lists/a.txt"]:
            path.write_bytes(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write_file(path, content)

    monkeypatch.setattr("aipol.publishing.exchange.write_file", full)
    with pytest.raises(OutputError, match="no space left on device; nothing was published"):
        web.give(web.new, web.going)
    assert web.everything() == dict(web.old)


def test_an_interruption_leaves_what_was_there(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while files are being prepared is no publish."""
    web.give(web.old)

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(exchange, "_stage", interrupted)
    with pytest.raises(KeyboardInterrupt):
        web.give(web.new, web.going)
    clean(web)
    assert web.served() == dict(web.old)


def test_after_a_publish_was_cut_short_no_target_is_published_alone(web: Any) -> None:
    """What the others have would stay half done, and be forgotten."""
    web.give(web.old)
    step = 0
    while not (web.place / PENDING).exists():
        killed(step, partial(web.give, web.new, web.going))
        step += 1
    with pytest.raises(OutputError, match="was cut short; publish without `-t`"):
        web.give(web.new, web.going, chosen=("lists",))


def test_files_are_exchanged_in_an_order_that_never_refers_to_nothing(web: Any) -> None:
    """New lists, changed lists, rules, and only then what no rules refer to any more."""
    web.give(web.old)
    plan = web.plan(web.new, web.going)
    assert [(change.step.value, change.path) for change in plan.changes] == [
        ("new", "lists/deep/new.txt"),
        ("changed", "lists/a.txt"),
        ("changed", "lists/rules.csv"),
        ("removed", "lists/gone.txt"),
    ]
