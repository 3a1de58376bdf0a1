"""Turns names into the typed profile model: profiles, payloads and their stable identities."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from aipol.domains import HostTrie
from aipol.scoping import Cell, Verdict
from aipol.vocabulary import Surface


@dataclass(frozen=True, slots=True)
class Table:
    """A dictionary of settings; the renderer sorts it."""

    entries: tuple[tuple[str, Value], ...]


Value: TypeAlias = "bool | int | str | tuple[str, ...] | Table"


class Family(StrEnum):
    """Settings that travel in one profile, because one class of people decides them all."""

    BROWSERS = "browsers"
    INTELLIGENCE = "apple-intelligence"


class Extensions(StrEnum):
    """What happens to a browser extension that the catalogue does not know."""

    LISTED = "listed"
    """It may be installed; the known ones of blocked apps may not."""
    ALLOWED_ONLY = "allowed-only"
    """Nothing may be installed but the known extensions of usable apps."""


@dataclass(frozen=True, slots=True)
class Options:
    """What an organisation chose about its profiles."""

    extensions: Extensions = Extensions.LISTED


@dataclass(frozen=True, slots=True)
class Payload:
    """One payload: a preference domain or an Apple payload type, with its settings."""

    type: str
    settings: Table


@dataclass(frozen=True, slots=True)
class Profile:
    """One configuration profile; `name` is unique and stable within `organization`."""

    organization: str
    organization_name: str
    name: str
    title: str
    description: str
    payloads: tuple[Payload, ...]

    @property
    def uuid(self) -> str:
        """The profile's identity: of its name, never of its content."""
        return identity(self.organization, "profile", self.name)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a class's profile makes browsers and the system do; never rendered."""

    verdicts: Mapping[tuple[str, Surface], Verdict]
    chromium: HostTrie
    firefox: HostTrie
    extensions: frozenset[str]
    """`store:id` of every known extension that cannot be installed."""
    features: frozenset[str]
    """Ids of the features that are switched off."""
    workspace: str = ""
    """The one workspace that may be used through Apple's hand-off."""


@dataclass(frozen=True, slots=True)
class CellProfile:
    """The profile of one class of people; no payloads means that the class needs none."""

    family: Family
    cell: Cell
    name: str
    profile: Profile
    decisions: Decisions

    @property
    def needed(self) -> bool:
        """Whether there is anything to deploy."""
        return bool(self.profile.payloads)


def identity(organization: str, kind: str, name: str) -> str:
    """An upper-case UUID, stable for the name."""
    namespace = uuid.uuid5(uuid.NAMESPACE_DNS, organization)
    return str(uuid.uuid5(namespace, f"{kind}/{name}")).upper()


# What XML 1.0 cannot carry, and what a plist writer refuses.
_UNWRITABLE = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """`text` as XML can carry it: one kind of line end, no control characters."""
    return _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
