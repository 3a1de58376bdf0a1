"""Purview's objects as data, between lowering and rendering."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.scoping import Scope
from aipol_targets.purview.facts import Carrier, Plane


@dataclass(frozen=True, slots=True, order=True)
class InfoType:
    """A sensitive information type: its name on the tenant and its GUID."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A custom information type of ours, found by one regular expression."""

    type: InfoType
    regex: str


@dataclass(frozen=True, slots=True)
class MarkedClass:
    """A data class with what marks it; `doubts` are marks that were left out, with why."""

    id: str
    rank: int
    label: str
    types: tuple[InfoType, ...]
    doubts: tuple[str, ...] = ()

    def marks(self, carrier: Carrier) -> tuple[str, ...]:
        """What a rule about `carrier` recognises the class by."""
        if carrier is Carrier.ITEMS:
            return (self.label,) if self.label else ()
        return tuple(entry.id for entry in self.types)


@dataclass(frozen=True, slots=True)
class LimitedApp:
    """An app that a plane of Purview can name."""

    id: str
    name: str
    plane: Plane
    location: str
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, slots=True)
class DlpPolicy:
    """Data of `classes` is kept from `app` for the people of `scope`."""

    app: LimitedApp
    scope: Scope
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    classes: tuple[MarkedClass, ...]

    @property
    def cell(self) -> str:
        """The scope's stable name; a group's name holds no blank and no bracket."""
        people = "(everyone)" if self.scope.everyone else " or ".join(self.scope.include)
        return f"{people} not {' or '.join(self.scope.exclude)}" if self.scope.exclude else people

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """The carriers that get a rule: those by which some class is recognised."""
        return tuple(
            carrier
            for carrier in self.app.carriers
            if any(entry.marks(carrier) for entry in self.classes)
        )


@dataclass(frozen=True, slots=True)
class DlpModel:
    """Everything that is emitted."""

    organization: str
    mode: str
    confidence: str
    classes: tuple[MarkedClass, ...]
    policies: tuple[DlpPolicy, ...]
    patterns: tuple[Pattern, ...]
