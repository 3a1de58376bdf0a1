"""What a row of a table of limits says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aipol.target import Limit

Make = Callable[[Any, int], Any]

Measure = Callable[[Any], int]


@dataclass(frozen=True)
class Row:
    """One limit of one target. `read` is where its reader keeps the number for itself."""

    target: str
    limit: Limit
    policy: Make
    measure: Measure
    settings: Mapping[str, Any] = field(default_factory=dict)
    read: str = ""

    @property
    def name(self) -> str:
        """What a test of it is called."""
        return f"{self.target}: {self.limit.name}"


@dataclass(frozen=True)
class Refused(Row):
    """More is an error: `what` there is too much of, and both numbers.

    `checked` is where the limit is looked up. The policy has `at` of it where the vendor's own
    number would take long; then the limit is put at that. `setting` stands for the limit instead.
    """

    what: str = ""
    checked: str = ""
    setting: str = ""
    at: int = 0
    sized: bool = True
    """Whether the policy needs exactly as much as it is made for."""


@dataclass(frozen=True)
class Split(Row):
    """More is split: `parts` are the sizes of what the files have."""

    parts: Callable[[Any], list[int]] = lambda _: []
    checked: tuple[str, ...] = ()
    at: int = 0


@dataclass(frozen=True)
class Within(Row):
    """No policy comes to it: this one needs the most that there can be."""
