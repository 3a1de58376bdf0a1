"""Jamf Pro's own objects: what is sent to its Classic API."""

from __future__ import annotations

from dataclasses import dataclass

from aipol_targets.common.apple.model import Profile


@dataclass(frozen=True, slots=True)
class Scope:
    """Computer groups by their name in Jamf Pro: in any of `include`, in none of `exclude`."""

    include: tuple[str, ...]
    exclude: tuple[str, ...]
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Cube:
    """Computers in all of `inside` and in none of `outside`, by computer group name."""

    inside: tuple[str, ...]
    outside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SmartGroup:
    """A computer group whose members are in any of `cubes`."""

    id: str
    stem: str
    name: str
    cubes: tuple[Cube, ...]


@dataclass(frozen=True, slots=True)
class ScopedProfile:
    """A configuration profile and the Macs that get it."""

    stem: str
    name: str
    profile: Profile
    scope: Scope
    category: str = ""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A Restricted Software record: a process that may not run on the Macs of `scope`."""

    stem: str
    name: str
    process: str
    message: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Jamf:
    """Everything that is emitted, each kind in the order of its files."""

    profiles: tuple[ScopedProfile, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    groups: tuple[SmartGroup, ...] = ()


def stem(text: str) -> str:
    """`text` as one part of a file name; different texts give different names."""
    safe = "".join(_safe(each) for each in text)
    return f"~{safe}" if safe.startswith((".", "-")) else safe


def _safe(character: str) -> str:
    if character == " ":
        return "_"
    plainly = character.isascii() and (character.isalnum() or character in ".-")
    return character if plainly else f"~{ord(character):x}~"
