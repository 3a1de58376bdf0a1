"""A plan as data: every object of ours at one place, and what is to be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from aipol.remote import Absent, Json


class Action(StrEnum):
    """What is done with one object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ADOPT = "adopt"
    NO_OP = "no-op"

    @property
    def writes(self) -> bool:
        """Whether it changes anything at the vendor."""
        return self is not Action.NO_OP


class Cause(StrEnum):
    """Why an object is not as the policy asks, as far as its mark tells."""

    NEW = "new"
    """There is no object with this key."""
    MOVED = "moved"
    """The policy, or its catalogue, asks for something else than what was written last."""
    EDITED = "edited"
    """Somebody else than aipol changed it."""
    RESTORED = "restored"
    """It is as aipol wrote it once, and not as the last apply that is known left it."""
    UNKNOWN = "unknown"
    """It differs, and the vendor keeps nothing that says who changed what."""
    GONE = "gone"
    """The policy asks for it no more."""
    DOUBLE = "double"
    """A second object bears the same mark."""
    FOREIGN = "foreign"
    """Somebody else's object has the name of one of ours."""
    UNDONE = "undone"
    """An apply is rolled back."""
    SAME = "same"
    """It is as the policy asks."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in a body, such as `settings[3].value`; a side that lacks it has None."""

    path: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True, order=True)
class Whom:
    """People as the policy names them: any of `include` and of each of `within`, no `exclude`."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    within: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom an object is about: the policy's lines behind it, and people as the policy says them.

    What it is about comes with it: it is known of an object that goes only from what was written
    down of it, as these are.
    """

    lines: tuple[str, ...] = ()
    """`policy/ai-usage.yaml:41`, in the order of the files."""
    people: tuple[Whom, ...] = ()
    everybody: bool = False
    """Whether a rule about everybody is among them."""
    topic: str = ""
    """What it is about, the same for every class of people; empty where nothing says so."""


NOBODY = Concerned()


@dataclass(frozen=True, slots=True)
class Change:
    """One object and what is done with it. Bodies refer to our other objects by key.

    `before` is None where there is nothing, `after` where there is to be nothing. `marked` says
    that the object was ours before.
    """

    action: Action
    cause: Cause
    kind: str
    key: str
    name: str
    id: str = ""
    before: Json = None
    after: Json = None
    before_digest: str = ""
    """The digest in the mark of what there is; `after_digest` that of what is written."""
    after_digest: str = ""
    marked: bool = True
    marks: bool = True
    """Whether it is ours afterwards; only rolling back an adoption gives an object back."""
    needs: tuple[str, ...] = ()
    """Keys of objects that must be there first; of a deletion, that must be gone first."""
    differences: tuple[Difference, ...] = ()
    """Of a deletion: how it is not as aipol wrote it; nothing where it is."""
    concerned: Concerned = NOBODY


@dataclass(frozen=True, slots=True)
class Collision:
    """A foreign object that has the name of one of ours, which would become a second one.

    It cannot be adopted where it bears another organisation's mark, or is not the only one.
    """

    kind: str
    key: str
    name: str
    id: str
    adoptable: bool = True


@dataclass(frozen=True, slots=True)
class Foreign:
    """An object of a kind that aipol pushes which is somebody else's; never touched."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What one target does at one place. `changes` are in the order in which they are made."""

    target: str
    place: str
    changes: tuple[Change, ...]
    foreign: tuple[Foreign, ...] = ()
    collisions: tuple[Collision, ...] = ()
    absent: tuple[Absent, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def writes(self) -> tuple[Change, ...]:
        """The changes that are not no-ops."""
        return tuple(change for change in self.changes if change.action.writes)

    def of(self, action: Action) -> Iterator[Change]:
        """The changes of one action."""
        return (change for change in self.changes if change.action is action)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What plans were made of; paths as the command line has them."""

    version: str
    policy: str
    as_of: str
    digest: str
    """Of the tool, the policy's files, the catalogue and the day, as in `manifest.json`."""
    files: str
    """Of the policy's files alone."""
    catalogue: str


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans of all chosen targets; `digest` is over all of it."""

    inputs: Inputs
    plans: tuple[Plan, ...]
    adopted: tuple[str, ...] = ()
    """Keys of objects that are taken over; then the plans are for these alone."""

    @property
    def writes(self) -> int:
        """How many objects are changed."""
        return sum(len(plan.writes) for plan in self.plans)
