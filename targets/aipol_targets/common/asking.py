"""Ask a vendor over HTTP as often as it takes: reads are repeated, writes go out once.

What is answered with 429 was not done, and is asked again when the time has come. Anything else
that leaves a write's outcome open is InDoubt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aipol.remote import Clock, InDoubt, Refused
from aipol_targets.common.http import BUSY, Answer, NoAnswer, growing

PAUSES = (1.0, 2.0, 4.0, 8.0)  # before a read is asked again
LONGEST_PAUSE = 60.0  # whatever a server asks for, before a read is asked again
MISSING = 404
_AT_LEAST = 1.0  # a server that says 0 and goes on with 429 is not asked without end

Once = Callable[[], Answer]
"""Sends one request; where its token had ended, with another one. Raises NoAnswer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a vendor that has no time is waited for: longer each time, where it does not say."""

    first: float
    longest: float
    most: float
    """In total, for one request."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks one vendor. `who` it is and what `told` makes of its answers are for messages."""

    who: str
    clock: Clock
    patience: Patience
    told: Callable[[Answer], str]

    def read(self, about: str, once: Once) -> Answer | None:
        """An answer, None where there is no such object. Raises InDoubt where none comes."""
        why = ""
        for pause in (*PAUSES, None):
            wait = pause
            try:
                answer = self._patiently(once)
            except NoAnswer as lost:
                why = str(lost)
            else:
                if answer.status == MISSING:
                    return None
                if not answer.undecided:
                    return answer
                why = self.told(answer)
                wait = pause and max(pause, min(answer.retry_after or 0.0, LONGEST_PAUSE))
            if wait is not None:
                self.clock.sleep(wait)
        raise InDoubt(f"{about}: {self.who} {why}, {len(PAUSES) + 1} times")

    def write(self, about: str, once: Once) -> Answer | None:
        """An answer to what was asked for once, None where there is no such object.

        Raises Refused where nothing was sent, InDoubt where nobody knows what was done.
        """
        try:
            answer = self._patiently(once)
        except NoAnswer as lost:
            if lost.sent:
                raise InDoubt(f"{about}: {self.who} {lost}") from None
            raise Refused(f"{about}: {self.who} {lost}") from None
        if answer.undecided:
            raise InDoubt(f"{about}: {self.who} {self.told(answer)}")
        return None if answer.status == MISSING else answer

    def _patiently(self, once: Once) -> Answer:
        """The answer, after what waiting it takes; meanwhile nothing was done."""
        waited = 0.0
        for pause in growing(self.patience.first, self.patience.longest):
            answer = once()
            asked = answer.retry_after
            wait = pause if asked is None else max(asked, _AT_LEAST)
            if answer.status != BUSY or waited + wait > self.patience.most:
                return answer
            self.clock.sleep(wait)
            waited += wait
        raise AssertionError("pauses do not end")
