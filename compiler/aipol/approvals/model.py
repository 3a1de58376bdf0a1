"""What a change is seen to do, and what follows from it: frozen data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aipol.audience import EVERYBODY, Region
from aipol.source import Span
from aipol.vocabulary import Condition

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.difference import Difference
    from aipol.difference.later import Later
    from aipol.ir import Ir
    from aipol.language.assemble import Assembled
    from aipol.language.placed import Placed


def _as_it_is(span: Span) -> Span:
    return span


@dataclass(frozen=True)
class Policy:
    """One of the two policies; `ir` is None where it means nothing, for it has errors."""

    assembled: Assembled
    ir: Ir | None
    catalogue: Catalogue
    told: Callable[[Span], Span] = _as_it_is
    """A place in it, as it is told: one of the two may be a copy in a folder that goes again."""

    def place(self, placed: Placed[object]) -> Span:
        """Where something of it begins, as it is told."""
        return self.told(placed.span("id"))


@dataclass(frozen=True)
class Opening:
    """A gap that a change opens, for whom and for which apps; None is all of them."""

    text: str
    span: Span
    people: Region = EVERYBODY
    apps: frozenset[str] | None = None


@dataclass(frozen=True)
class Compared:
    """The policy before, if there was one, and the one after, with what differs between them.

    `difference` is None where one of them means nothing, and `gaps` where they were not compared:
    then it is not known what the change does, and everything that it may do counts as done.
    """

    before: Policy | None
    after: Policy
    difference: Difference | None
    gaps: tuple[Opening, ...] | None
    coming: tuple[Later, ...] = ()
    """What it does on the later days on which something has ended."""

    @property
    def sides(self) -> tuple[Policy, ...]:
        """Those that there are."""
        return (self.before, self.after) if self.before else (self.after,)

    @property
    def contacts(self) -> Mapping[str, frozenset[str]]:
        """The mail addresses that each contact has in the two policies."""
        found: dict[str, frozenset[str]] = {}
        for side in self.sides:
            for name, mail in side.assembled.organization.value.contacts.items():
                found[name] = found.get(name, frozenset()) | {mail}
        return found


@dataclass(frozen=True, slots=True)
class Trigger:
    """One thing that a change does, and to whom; apps and classes are None where it is all."""

    condition: Condition
    text: str
    span: Span
    people: Region = EVERYBODY
    apps: frozenset[str] | None = None
    classes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Required:
    """An approval that a change needs: whom it takes, and what it is needed for."""

    id: str
    contacts: tuple[tuple[str, str], ...]
    """Names and mail addresses; any one of them agrees for it."""
    span: Span
    before: bool
    """Whether the policy before asks for it."""
    after: bool
    reasons: tuple[Trigger, ...]
    people: Region
    """Those whom the reasons are about; nobody, where they are about no people in particular."""
    least: int = 0
    """How many people it has to be about at least, where it says so."""
    moved: frozenset[str] = frozenset()
    """Names that are another mail address's in each policy: only the address says who agreed."""

    def given(self, approved: Collection[str]) -> bool:
        """Whether one of its contacts is among those who agreed, by name or by mail address."""
        return any(
            mail in approved or (name in approved and name not in self.moved)
            for name, mail in self.contacts
        )
