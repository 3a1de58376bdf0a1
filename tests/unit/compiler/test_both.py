"""Two computations at once give what each gives alone."""

from __future__ import annotations

import os
import signal
import time

import pytest

from aipol import both as module
from aipol.both import Meanwhile, both


@pytest.fixture(params=[True, False], ids=["child", "alone"])
def _forking(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a child, wherever the test runs, and without one."""
    monkeypatch.setattr(module, "_worth_a_child", lambda: request.param)
    monkeypatch.setattr(os, "fork", _quiet_fork)


_fork = os.fork


def _quiet_fork() -> int:
    """A fork in a test runner that has threads, which newer Pythons warn about."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return _fork()


@pytest.mark.usefixtures("_forking")
def test_both_results_come_back_in_order() -> None:
    """What the first gives comes first, however much it is."""
    first, second = both(lambda: ("first" * 100_000,), lambda: ("second",))
    assert first == ("first" * 100_000,)
    assert second == ("second",)


@pytest.mark.usefixtures("_forking")
def test_a_fault_in_either_is_raised_as_it_is() -> None:
    """A child's fault is not lost and not another one."""

    def fails() -> tuple[str, ...]:
        raise LookupError("as it is")

    with pytest.raises(LookupError, match="as it is"):
        both(fails, lambda: ("fine",))


@pytest.mark.usefixtures("_forking")
def test_a_result_that_cannot_be_sent_is_computed_here() -> None:
    """What cannot be pickled costs time, not the result."""
    unsendable = open(os.devnull)  # noqa: SIM115, PTH123 - a file cannot be pickled
    with unsendable:
        first, second = both(lambda: (unsendable,), lambda: (unsendable,))
        assert first == second == (unsendable,)


@pytest.mark.parametrize("lacking", ["fork", "pipe"])
@pytest.mark.usefixtures("_forking")
def test_without_a_process_or_a_pipe_both_are_computed_here(
    lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a system has none to spare, all of it is done in turn, and nothing stays open."""

    def none_left() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    before = _next_free()
    monkeypatch.setattr(os, lacking, none_left)
    assert both(lambda: "first", lambda: "second") == ("first", "second")
    assert _next_free() == before


@pytest.mark.parametrize(
    ("ends", "worth"), [(signal.SIG_DFL, True), (signal.SIG_IGN, False)], ids=["told", "ignored"]
)
def test_no_child_is_begun_where_the_ends_of_children_are_ignored(
    monkeypatch: pytest.MonkeyPatch, *, ends: signal.Handlers, worth: bool
) -> None:
    """A process inherits that from whoever starts it; how a child ended could not be told then."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("threading.active_count", lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    before = signal.signal(signal.SIGCHLD, ends)
    try:
        assert module._worth_a_child() is worth
    finally:
        signal.signal(signal.SIGCHLD, before)


@pytest.mark.usefixtures("_forking")
def test_a_child_that_nobody_needs_any_more_is_ended() -> None:
    """It would compute on for minutes, and outlive the process that began it."""
    before = _next_free()
    meanwhile = Meanwhile(lambda: time.sleep(60))
    begun = time.monotonic()
    meanwhile.drop()
    assert time.monotonic() - begun < 30
    assert _next_free() == before


def _next_free() -> int:
    """The number that the next file gets, which is lower than those of all that is open later."""
    file = os.open(os.devnull, os.O_RDONLY)
    os.close(file)
    return file
