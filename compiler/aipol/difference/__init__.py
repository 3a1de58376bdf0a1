"""Turns two policies' meanings into what differs between them for people."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.audience import Universe
from aipol.difference.data import DataChange, data_changes
from aipol.difference.headers import HeaderChange, header_changes
from aipol.difference.reaches import Access, Reach, folded, reaches
from aipol.difference.sides import Sides
from aipol.difference.strictness import Direction
from aipol.difference.uses import Cause, Change, changes
from aipol.ir import Ir

__all__ = [
    "Access",
    "Cause",
    "Change",
    "DataChange",
    "Difference",
    "Direction",
    "HeaderChange",
    "Reach",
    "Sides",
    "changes",
    "difference",
    "folded",
]

ProtectedHost = tuple[str, str, str]
"""Host, `exact`, `subtree` or `children`, and purpose, as the IR has it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two policies for somebody, and what nothing may block."""

    sides: Sides
    changes: tuple[Change, ...]
    reaches: tuple[Reach, ...]
    headers: tuple[HeaderChange, ...]
    data: tuple[DataChange, ...]
    """Classes of data that are told apart by something else."""
    protected: tuple[ProtectedHost, ...]
    """Hosts that become protected."""
    unprotected: tuple[ProtectedHost, ...]
    """Hosts that are protected no more."""

    @property
    def for_somebody(self) -> bool:
        """Whether it makes a difference to anybody."""
        return bool(self.changes or self.reaches or self.headers or self.data)


def difference(before: Ir, after: Ir, universe: Universe | None = None) -> Difference:
    """What people get under `after` that they do not get under `before`, and the other way.

    `universe` is one that has the groups of both, where there is one already.
    """
    sides = Sides(before, after, universe)
    old, new = frozenset(before.protected_hosts), frozenset(after.protected_hosts)
    return Difference(
        sides,
        changes(sides),
        reaches(sides),
        header_changes(sides),
        data_changes(before, after),
        tuple(sorted(new - old)),
        tuple(sorted(old - new)),
    )
