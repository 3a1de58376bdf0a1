"""Say how long to wait before a request is made again, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.remote import Clock

# Intune answers 429 without Retry-After, too (Microsoft Q&A 5784629): then the wait doubles.
FIRST, LONGEST = 1.0, 32.0
AT_MOST = 300.0  # seconds of one request, all its waits together
ATTEMPTS = 8


@dataclass(slots=True)
class Patience:
    """One request's."""

    clock: Clock
    spent: float = 0.0
    attempts: int = 0

    def wait(self, asked: float | None = None) -> bool:
        """Sleep, as long as the vendor asked or longer each time; False when it is enough."""
        self.attempts += 1
        seconds = min(FIRST * 2 ** (self.attempts - 1), LONGEST) if asked is None else asked
        if self.attempts >= ATTEMPTS or self.spent + seconds > AT_MOST:
            return False
        self.spent += seconds
        self.clock.sleep(seconds)
        return True
