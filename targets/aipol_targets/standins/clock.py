"""A clock that gives the same times on every run."""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since 1970; a stand-in asks for them once for each request."""


class Ticks:
    """A clock that moves on by a second whenever it is looked at."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self.now = start

    def __call__(self) -> float:
        """The time, a second after the last look."""
        self.now += 1
        return self.now
