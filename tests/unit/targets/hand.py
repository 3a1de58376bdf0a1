"""A clock for remotes under test."""

from __future__ import annotations

from dataclasses import dataclass, field

from aipol.remote import Clock


@dataclass
class Hand:
    """A clock that moves only where somebody sleeps."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list[float])

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds

    @property
    def clock(self) -> Clock:
        """As remotes take it."""
        return Clock(lambda: self.now, self.sleep)
