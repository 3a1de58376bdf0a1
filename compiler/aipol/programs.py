"""Tell what would break if a program were stopped that a device cannot do without.

Shared by the lint, the checks of policies and overlays, and the targets that compile programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aipol.catalogue.kinds import IdentifierKind

PROTECTING = (
    IdentifierKind.PROCESS,
    IdentifierKind.BUNDLE_ID,
    IdentifierKind.REQUIREMENT,
    IdentifierKind.EXE,
)
"""The kinds by which a program is protected."""
# A bundle's file name and its process are one name, and a command may be of either system.
_MACOS = frozenset({IdentifierKind.PROCESS, IdentifierKind.APP_NAME, IdentifierKind.BINARY})
_WINDOWS = frozenset({IdentifierKind.EXE, IdentifierKind.BINARY, IdentifierKind.COMMAND})
# `anchor apple` is Apple's own software, `anchor apple generic` whatever a developer signed.
_APPLES_OWN = re.compile(r"\banchor\s+apple\b(?!\s+generic)")
_NAMES_ONE = re.compile(r"\bidentifier\b|subject\.OU")
_ALL_BELOW = ".*"

Named = tuple[IdentifierKind, str]


@dataclass(frozen=True, slots=True)
class Indispensable:
    """Programs that nothing may stop, by what each is known by."""

    _breaks: Mapping[Named, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[IdentifierKind, str, str]]) -> Indispensable:
        """From kind, value and what would break."""
        return cls({(kind, _name(value)): breaks for kind, value, breaks in rows})

    def broken_by(self, kind: IdentifierKind, value: str) -> str:
        """What would break if a program known by this were stopped; empty where nothing would."""
        name = _name(value)
        if kind in _MACOS and (found := self._breaks.get((IdentifierKind.PROCESS, name))):
            return found
        if kind in _WINDOWS and (found := self._breaks.get((IdentifierKind.EXE, name))):
            return found
        if kind is IdentifierKind.BUNDLE_ID:
            return self._bundle(name)
        if kind is IdentifierKind.REQUIREMENT and _too_wide(value):
            return next((it for (known, _), it in self._breaks.items() if known is kind), "")
        return ""

    def _bundle(self, bundle_id: str) -> str:
        names = [bundle_id]
        parts = bundle_id.split(".")
        names += [".".join(parts[:count]) + _ALL_BELOW for count in range(1, len(parts))]
        found = (self._breaks.get((IdentifierKind.BUNDLE_ID, name)) for name in names)
        return next((breaks for breaks in found if breaks), "")


def _name(value: str) -> str:
    """A program's name however it is written: as a path, with its suffix, in capitals."""
    last = value.strip().replace("\\", "/").rstrip("/").rpartition("/")[2].casefold()
    return last.removesuffix(".app").removesuffix(".exe")


def _too_wide(requirement: str) -> bool:
    return bool(_APPLES_OWN.search(requirement)) or not _NAMES_ONE.search(requirement)
