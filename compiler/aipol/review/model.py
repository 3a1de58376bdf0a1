"""What a reviewer reads of a change: frozen data, made in one go by `aipol.review.making`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aipol.diagnostics.model import Severity, has_errors
from aipol.difference import Direction

if TYPE_CHECKING:
    from datetime import date

    from aipol.approvals import Required
    from aipol.diagnostics import Diagnostic
    from aipol.difference import Change, Difference
    from aipol.difference.later import Later
    from aipol.people import People
    from aipol.review.edits import Edit
    from aipol.review.files import FileChange
    from aipol.review.gaps import GapChanges
    from aipol.review.objects import ObjectChanges
    from aipol.review.sides import Side


@dataclass(frozen=True)
class Review:
    """The effect of a change on people, what is risky or surprising in it, and the outputs.

    `difference` is None where one of the sides means nothing. Where the catalogues are others, it
    is of both; `by_catalogue` is what the old policy does with the new catalogue, and `by_policy`
    the rest.
    """

    policy: str
    as_of: date
    base: Side
    new: Side
    difference: Difference | None
    by_policy: Difference | None
    by_catalogue: Difference | None
    edits: tuple[Edit, ...]
    """What was written otherwise, by the policy's own keys."""
    surprises: tuple[Diagnostic, ...]
    risks: tuple[Diagnostic, ...]
    found: tuple[Diagnostic, ...]
    """What only the new policy is told."""
    gone: tuple[Diagnostic, ...]
    """What only the old one is told."""
    gaps: GapChanges | None
    objects: tuple[ObjectChanges, ...]
    files: tuple[FileChange, ...]
    number_of_files: int
    """How many there are on both sides together."""
    coming: tuple[Later, ...] = ()
    """Every later day on which something has ended, whether or not anything is new on it."""
    chosen: tuple[str, ...] = ()
    """The targets whose outputs are compared, where not all are."""
    of_policies: bool = True
    """Whether the base is a policy, and no folder of files or vendor."""
    read_back: tuple[Diagnostic, ...] = ()
    """Where the base's files, read back, do not do what the new policy says."""
    people: tuple[str, ...] = ()
    """Whom the objects that change are about, where the base is a vendor."""
    counted: People | None = None
    """Everybody, where they were counted."""
    required: tuple[Required, ...] = ()
    """Who has to agree."""
    approved: frozenset[str] = frozenset()
    """The contacts who have."""
    lacking: tuple[Diagnostic, ...] = ()
    """The approvals that nobody has given."""

    @property
    def fails(self) -> bool:
        """Whether the new policy has errors."""
        return has_errors(self.new.findings)

    @property
    def is_new(self) -> bool:
        """Whether the base has no such policy."""
        return self.of_policies and self.base.opened is None

    @cached_property
    def told(self) -> tuple[Diagnostic, ...]:
        """All that is worth a remark at a line: errors, approvals, surprises, risks, what is new.

        In this order: services show the first few and leave the rest out.
        """
        errors = (each for each in self.new.findings if each.severity is Severity.ERROR)
        risky = (*self.lacking, *self.surprises, *self.risks)
        every = (*errors, *risky, *self.found, *self.read_back)
        return tuple(dict.fromkeys(every))

    @cached_property
    def later(self) -> tuple[Later, ...]:
        """What the change does from later days on and not before."""
        return tuple(each for each in self.coming if each.changes)

    @property
    def settings(self) -> tuple[Edit, ...]:
        """What was edited that works for everybody at once, whoever uses what."""
        return tuple(edit for edit in self.edits if edit.for_all)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The effects of the policy's edits, what a security lead must see first."""
        return strongest_first(self.by_policy)

    @property
    def affects(self) -> bool:
        """Whether anything changes for anybody, or in an output."""
        objects = any(each.differs for each in self.objects)
        outputs = bool(self.files or objects or self._gaps_differ)
        return bool(outputs or self.settings or self.later or self._for_somebody)

    @property
    def _gaps_differ(self) -> bool:
        found = self.gaps
        return found is not None and bool(found.opened or found.closed or found.policy)

    @property
    def _for_somebody(self) -> bool:
        found = self.difference
        return found is not None and bool(
            found.for_somebody or found.protected or found.unprotected
        )

    @property
    def proven_same(self) -> bool:
        """Whether nobody is affected and the outputs, both made, are the same to the byte."""
        compared = self.difference is not None and self.base.comparable
        return compared and self.new.comparable and not self.affects


_ORDER = (Direction.LOOSER, Direction.STRICTER, Direction.OTHER)


def strongest_first(found: Difference | None) -> tuple[Change, ...]:
    """Looser before stricter before otherwise; in each the farthest step, then the most uses."""
    return by_weight(found.changes if found else ())


def by_weight(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The same of some changes."""
    return tuple(sorted(changes, key=_weight))


def _weight(change: Change) -> tuple[int, int, int]:
    return _ORDER.index(change.direction), -_step(change), -len(change.uses)


def _step(change: Change) -> int:
    if change.before is None or change.after is None:
        return 0
    return abs(change.after.effect.strictness - change.before.effect.strictness)
