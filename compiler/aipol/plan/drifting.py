"""Say what at a vendor is not as aipol left it, and who has changed it as far as can be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aipol.plan.model import (
    NOBODY,
    Cause,
    Change,
    Collision,
    Concerned,
    Difference,
    Foreign,
    Inputs,
    Plan,
)
from aipol.remote import digest_of


class Way(StrEnum):
    """How something came to differ."""

    EDITED = "edited"
    RESTORED = "restored"
    """It is as some apply wrote it, and not as the last one that is known did."""
    UNKNOWN = "unknown"
    """It differs, and neither its mark nor a journal tells whether somebody changed it."""
    DELETED = "deleted"
    UNMARKED = "unmarked"
    """Its mark is gone, or another object has taken its name."""
    DOUBLED = "doubled"
    """There is a second one with the same mark."""
    STRAY = "stray"
    """Its mark is ours, the policy does not ask for it, and it is not as aipol wrote anything."""
    ADDED = "added"
    """Somebody made an object of a kind that aipol pushes, since the last apply."""
    REWRITTEN = "rewritten"
    """The vendor shows it differently, and it means the same."""
    POLICY = "policy"
    """The policy has changed since it was applied."""
    CATALOGUE = "catalogue"
    """The catalogue has, and the policy has not."""
    TOOL = "tool"
    """Another version of aipol, or another day, makes something else of the same policy."""
    UNDONE = "undone"
    """It is not there, for the apply that made it was rolled back."""
    NEVER = "never"
    """It was never applied, or nobody wrote down that it was."""

    @property
    def by_others(self) -> bool:
        """Whether somebody else than aipol's users did it, by hand or otherwise."""
        return self in _BY_OTHERS


_BY_OTHERS = frozenset(
    {
        Way.EDITED,
        Way.RESTORED,
        Way.UNKNOWN,
        Way.DELETED,
        Way.UNMARKED,
        Way.DOUBLED,
        Way.STRAY,
    }
)


@dataclass(frozen=True, slots=True)
class Last:
    """What a journal tells of an object when it was last written, and of what for."""

    seen: str
    concerned: Concerned


@dataclass(frozen=True, slots=True)
class Past:
    """What the journals of a place tell."""

    objects: Mapping[str, Last]
    foreign: frozenset[tuple[str, str]] | None
    """Kinds and ids of others' objects that the last apply saw; None where there was none."""
    inputs: Inputs | None
    """What was applied last; None where that was rolled back."""
    removed: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Keys of objects that were taken away last, and whether by a rollback."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One object that is not as it was left."""

    way: Way
    kind: str
    key: str
    name: str
    id: str
    differences: tuple[Difference, ...] = ()
    concerned: Concerned = NOBODY


def drifts(plan: Plan, past: Past, inputs: Inputs) -> tuple[Drift, ...]:
    """What is not as it was left, what others did first."""
    ways = _Ways(past, inputs)
    found = [
        Drift(
            way,
            change.kind,
            change.key,
            change.name,
            change.id,
            change.differences,
            change.concerned,
        )
        for change in plan.changes
        for way in ways.of(change)
    ]
    found += (ways.taken(each) for each in plan.collisions)
    taken = {(each.kind, each.id) for each in plan.collisions}
    new = ways.new(plan.foreign)
    found += (_added(each) for each in new if (each.kind, each.id) not in taken)
    order = list(Way)
    return tuple(sorted(found, key=lambda each: (order.index(each.way), each.kind, each.key)))


def _added(each: Foreign) -> Drift:
    return Drift(Way.ADDED, each.kind, "", each.name, each.id)


@dataclass(frozen=True, slots=True)
class _Ways:
    past: Past
    inputs: Inputs

    def of(self, change: Change) -> Iterator[Way]:
        """How an object came to differ; nothing where it does not."""
        last = self.past.objects.get(change.key)
        match change.cause:
            case Cause.EDITED:
                yield Way.EDITED
            case Cause.RESTORED:
                yield Way.RESTORED
            case Cause.UNKNOWN:
                yield Way.UNKNOWN
            case Cause.NEW:
                yield Way.DELETED if last else self._missing(change.key)
            case Cause.DOUBLE:
                yield Way.DOUBLED
            case Cause.GONE if change.differences:
                yield Way.STRAY
            case Cause.MOVED | Cause.GONE | Cause.UNDONE:
                yield self._moved()
            case Cause.SAME if last and last.seen and last.seen != digest_of(change.before):
                yield Way.REWRITTEN
            case Cause.SAME | Cause.FOREIGN:
                return

    def _missing(self, key: str) -> Way:
        """How what aipol did not leave there came not to be there."""
        if key not in self.past.removed:
            return Way.NEVER
        return Way.UNDONE if self.past.removed[key] else self._moved()

    def taken(self, each: Collision) -> Drift:
        """What a foreign object of the name of one of ours says of ours."""
        last = self.past.objects.get(each.key)
        way, about = (Way.UNMARKED, last.concerned) if last else (Way.NEVER, NOBODY)
        return Drift(way, each.kind, each.key, each.name, each.id, concerned=about)

    def new(self, foreign: tuple[Foreign, ...]) -> Iterator[Foreign]:
        """Others' objects that the last apply did not see."""
        known = self.past.foreign
        if known is None:
            return iter(())
        return (each for each in foreign if (each.kind, each.id) not in known)

    def _moved(self) -> Way:
        before = self.past.inputs
        if before is None or before.files != self.inputs.files:
            return Way.POLICY
        return Way.CATALOGUE if before.catalogue != self.inputs.catalogue else Way.TOOL
