"""Read the tables of Graph's types into what a version of Graph knows of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from aipol_targets.standins.graph import tables

PREFIX = "#microsoft.graph."
TYPE = "@odata.type"
_CATALOG = "deviceManagementConfiguration"  # what `~` stands for
_HEAD = re.compile(r"(\w+)(?:\((\w+)\))?((?: abstract| beta)*)$")
_COLLECTION = re.compile(r"Collection\((\w+)\)!?$")


class Version(StrEnum):
    """The two versions of Graph, which do not know the same."""

    V1 = "v1.0"
    BETA = "beta"


@dataclass(frozen=True, slots=True)
class Property:
    """One property as declared."""

    declared: str
    beta_only: bool
    navigation: bool

    @property
    def nullable(self) -> bool:
        """Whether null may be sent."""
        return not self.declared.endswith("!")

    @property
    def collection(self) -> bool:
        """Whether it holds a list."""
        return self.declared.startswith("Collection(")

    @property
    def kind(self) -> str:
        """The type of the value, or of each item."""
        found = _COLLECTION.match(self.declared)
        return found[1] if found else self.declared.rstrip("!")


@dataclass(frozen=True, slots=True)
class Kind:
    """One structured type with the properties of its own."""

    name: str
    base: str
    abstract: bool
    beta_only: bool
    own: dict[str, Property]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The members of an enumeration."""

    members: tuple[str, ...]
    flags: bool


@dataclass(frozen=True, slots=True)
class Schema:
    """What one version of Graph knows."""

    version: Version
    kinds: dict[str, Kind]
    enums: dict[str, Enumeration]

    def chain(self, name: str) -> Iterator[Kind]:
        """Give a type and those it derives from."""
        while name:
            kind = self.kinds[name]
            yield kind
            name = kind.base

    def is_a(self, name: str, base: str) -> bool:
        """Whether a type is another or derives from it."""
        return any(kind.name == base for kind in self.chain(name))

    def members(self, name: str) -> dict[str, Property]:
        """Give all that a type has, inherited properties first."""
        found: dict[str, Property] = {}
        for kind in reversed(tuple(self.chain(name))):
            found |= kind.own
        return found

    def properties(self, name: str) -> dict[str, Property]:
        """Give its structural properties."""
        return {key: each for key, each in self.members(name).items() if not each.navigation}


@cache
def schema(version: Version) -> Schema:
    """Give what a version knows."""
    beta = version is Version.BETA
    kinds = {
        kind.name: Kind(
            kind.name,
            kind.base,
            kind.abstract,
            kind.beta_only,
            {key: each for key, each in kind.own.items() if beta or not each.beta_only},
        )
        for kind in _kinds(f"{tables.POLICIES}\n{tables.ASSIGNMENTS}\n{tables.CATALOG}")
        if beta or not kind.beta_only
    }
    return Schema(version, kinds, dict(_enums(tables.ENUMS)))


def _kinds(text: str) -> Iterator[Kind]:
    kind: Kind | None = None
    for line in filter(None, text.replace("~", _CATALOG).splitlines()):
        if line.startswith(" "):
            if kind is None:
                raise AssertionError(line)
            *flags, name, declared = line.split()
            kind.own[name] = Property(declared, "beta" in flags, "nav" in flags)
            continue
        if kind is not None:
            yield kind
        head = _HEAD.match(line)
        if head is None:
            raise AssertionError(line)
        kind = Kind(head[1], head[2] or "", "abstract" in head[3], "beta" in head[3], {})
    if kind is not None:
        yield kind


def _enums(text: str) -> Iterator[tuple[str, Enumeration]]:
    for line in filter(None, re.sub(r"\n +", " ", text).splitlines()):
        name, *members = line.split()
        flags = members[0] == "flags"
        yield name, Enumeration(tuple(members[flags:]), flags)
