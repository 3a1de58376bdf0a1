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
    """One property as declared, and what that means."""

    declared: str
    beta_only: bool
    navigation: bool
    kind: str  # the type of the value, or of each item
    collection: bool
    nullable: bool  # whether null may be sent


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
    members: dict[str, dict[str, Property]]  # all that a type has, inherited properties first
    properties: dict[str, dict[str, Property]]  # of these, what is part of the object itself
    lineage: dict[str, frozenset[str]]  # a type and those it derives from


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
    members = {name: _members(kinds, name) for name in kinds}
    properties = {
        name: {key: each for key, each in found.items() if not each.navigation}
        for name, found in members.items()
    }
    lineage = {name: frozenset(kind.name for kind in _chain(kinds, name)) for name in kinds}
    return Schema(version, kinds, dict(_enums(tables.ENUMS)), members, properties, lineage)


def _chain(kinds: dict[str, Kind], name: str) -> Iterator[Kind]:
    while name:
        kind = kinds[name]
        yield kind
        name = kind.base


def _members(kinds: dict[str, Kind], name: str) -> dict[str, Property]:
    found: dict[str, Property] = {}
    for kind in reversed(tuple(_chain(kinds, name))):
        found |= kind.own
    return found


def _property(declared: str, flags: list[str]) -> Property:
    collection = _COLLECTION.match(declared)
    return Property(
        declared,
        beta_only="beta" in flags,
        navigation="nav" in flags,
        kind=collection[1] if collection else declared.rstrip("!"),
        collection=collection is not None,
        nullable=not declared.endswith("!"),
    )


def _kinds(text: str) -> Iterator[Kind]:
    kind: Kind | None = None
    for line in filter(None, text.replace("~", _CATALOG).splitlines()):
        if line.startswith(" "):
            if kind is None:
                raise AssertionError(line)
            *flags, name, declared = line.split()
            kind.own[name] = _property(declared, flags)
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
