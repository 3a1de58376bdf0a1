"""What happens while a plan is carried out, as it is told to whoever looks on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aipol.plan.model import Change


class Outcome(StrEnum):
    """How a change ended."""

    DONE = "done"
    FAILED = "failed"
    """The vendor said no, or kept something else than was written."""
    DOUBTFUL = "doubtful"
    """Nobody knows; the next apply looks first."""
    SKIPPED = "skipped"
    """What it needs was not done, so it was not tried."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one change ended, and why where it is not done; `id` is the server's."""

    change: Change
    outcome: Outcome
    why: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A change is about to be made."""

    change: Change
