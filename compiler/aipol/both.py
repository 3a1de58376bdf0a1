"""Turn two pure computations into their two results, on two processors where there are two."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F")
S = TypeVar("S")


def both(first: Callable[[], F], second: Callable[[], S]) -> tuple[F, S]:
    """What the two return, which must not depend on each other; `first` may run in a child.

    The result must survive pickling. A child that fails for any reason is done without: its part
    is computed again here, so that whatever is wrong shows as it would have.
    """
    if not _worth_a_child():
        return first(), second()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(first, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        other = second()
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    # Our own process wrote it, a moment ago.
    return (first() if status else pickle.loads(content)), other  # noqa: S301


def _worth_a_child() -> bool:
    # Elsewhere forking is slow, unsafe or not to be had; with threads it may leave locks held.
    linux = sys.platform == "linux"
    return linux and threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1


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
