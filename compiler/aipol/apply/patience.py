"""Ask again for as long as a vendor may need, a little less often each time."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.remote import Clock

_FIRST, _LONGEST = 0.5, 8.0


def attempts(clock: Clock, patience: float) -> Iterator[None]:
    """One at once, then one after each pause, until the pauses come to `patience`.

    What was slept is counted, not what a clock says: it may be set while we wait.
    """
    yield
    pause, left = _FIRST, patience
    while left > 0:
        clock.sleep(min(pause, left))
        yield
        left -= pause
        pause = min(2 * pause, _LONGEST)
