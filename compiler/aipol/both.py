"""Turn two pure computations into their two results, on two processors where there are two."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

F = TypeVar("F")
S = TypeVar("S")


def both(first: Callable[[], F], second: Callable[[], S]) -> tuple[F, S]:
    """What the two return, which must not depend on each other; `first` may run in a child."""
    meanwhile = Meanwhile(first)
    try:
        other = second()
        return meanwhile.result(), other
    finally:
        meanwhile.drop()


class Meanwhile(Generic[F]):
    """What a child computes, if there can be one, while something else is done; or else nobody yet.

    The result must survive pickling. A child that fails for any reason, or that there cannot be, is
    done without: its part is computed when it is asked for, so that whatever is wrong shows as it
    would have.
    """

    def __init__(self, compute: Callable[[], F], *, worth_it: bool = True) -> None:
        self._compute = compute
        self._started = _started(compute) if worth_it and _worth_a_child() else None

    def result(self) -> F:
        """What it returns; to be asked for once."""
        if self._started is None:
            return self._compute()
        child, reading = self._started
        self._started = None
        with os.fdopen(reading, "rb") as pipe:
            content = pipe.read()
        # Our own process wrote it, a moment ago.
        return self._compute() if os.waitpid(child, 0)[1] else pickle.loads(content)  # noqa: S301

    def drop(self) -> None:
        """End what nobody needs any more, if it was not asked for."""
        if self._started is None:
            return
        child, reading = self._started
        self._started = None
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _started(compute: Callable[[], object]) -> tuple[int, int] | None:
    """A child that computes, and where it writes what; None where no process, or pipe, is free."""
    try:
        reading, writing = os.pipe()
    except OSError:
        return None
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if child == 0:
        _answer(compute, writing)
    os.close(writing)
    return child, reading


def _worth_a_child() -> bool:
    # Elsewhere forking is slow, unsafe or not to be had; with threads it may leave locks held.
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    # Whoever starts us may have it so that nobody is told how children end: then their numbers are
    # given to others while we still go by them.
    told = signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL
    return told and len(os.sched_getaffinity(0)) > 1


def _answer(compute: Callable[[], object], writing: int) -> None:
    """Write what `compute` returns and end the process, without any of its parent's clean-up."""
    status = 1
    try:
        content = pickle.dumps(compute())
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(content)
        status = 0
    finally:
        os._exit(status)
