"""Finds a precedence for a policy that nobody has, among the ten that are its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aipol_targets.cloudflare.precedence import STEP, middle


@dataclass(frozen=True, slots=True)
class Taken:
    """The precedences of all other policies, and which of them are ours."""

    ours: Mapping[int, bool]

    def free(self, wanted: int, current: int | None = None) -> int | None:
        """One of the ten; None where others have them all.

        Another of ours may stand there still. What comes from further up keeps before it, since it
        makes way for what moves down, and a new one too; what comes from below keeps behind it.
        """
        start = middle(wanted) // STEP * STEP
        places = range(start, start + STEP)
        if current is not None and current in places:
            return current
        free = [each for each in places if each not in self.ours]
        still = [each for each in places if self.ours.get(each)]
        if not still:
            return wanted if wanted in free else next(iter(free), None)
        if current is None or current < start:
            before = [each for each in free if each < min(still)]
            return before[-1] if before else next(iter(free), None)
        behind = [each for each in free if each > max(still)]
        return behind[0] if behind else next(iter(free[::-1]), None)
