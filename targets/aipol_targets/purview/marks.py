"""Turn data classes into the labels and information types that Purview recognises them by."""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from aipol.diagnostics import Diagnostic, codes
from aipol.ir import DataClass, Ir
from aipol_targets.purview.facts import (
    PACKAGE_TYPES,
    PATTERN_REFUSED,
    REGEX_LENGTH,
    UNKNOWN_INFO_TYPE,
)
from aipol_targets.purview.model import InfoType, MarkedClass, Pattern

_GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)

# MicrosoftDocs, "Create a custom sensitive information type using PowerShell", section "Potential
# validation issues to be aware of" (public copy, read 2026-11-23): what an upload refuses.
_REFUSED = re.compile(
    r"""
      ^\|  | (?<!\\)\|$                      # an empty alternative matches everything
    | ^\.(?:\*|\+|\{[01]?,)                  # an open start
    | (?<!\\)\.(?:\*|\+|\{[01]?,[0-9]*\})\??$  # an open end
    | (?<!\\)\)(?:\*|\+|\{[0-9]+,\})         # an open repeat on a group
    | (?<!\\)\(\?<?[=!]                      # look-around
    | (?<!\\)\([^()]*(?<!\\)(?:\*|\+|\{[01],[0-9]*\})[^()]*\)   # an open repeat in a group
    """,
    re.VERBOSE,
)


def marked_classes(
    ir: Ir, custom: Mapping[str, str]
) -> tuple[tuple[MarkedClass, ...], tuple[Pattern, ...]]:
    """The data classes with their marks, and the custom types that must exist for them."""
    known = {name.casefold(): InfoType(name, guid.lower()) for name, guid in custom.items()}
    patterns = {
        entry.id: tuple(_patterns(ir.organization.identifier, entry)) for entry in ir.data_classes
    }
    marked = tuple(_marked(entry, known, patterns[entry.id]) for entry in ir.data_classes)
    return marked, tuple(pattern for found in patterns.values() for pattern in found)


def pattern_findings(ir: Ir) -> Iterator[Diagnostic]:
    """Patterns over the vendor's limits."""
    count = 0
    for entry in ir.data_classes:
        count += len(entry.patterns)
        for name, regex in entry.patterns:
            if len(regex) > REGEX_LENGTH.value:
                yield codes.LIMIT_EXCEEDED.at(
                    entry.span,
                    target="purview",
                    what=f"{REGEX_LENGTH.name} `{name}`:",
                    count=len(regex),
                    limit=REGEX_LENGTH.value,
                )
        if count > PACKAGE_TYPES.value:
            yield codes.LIMIT_EXCEEDED.at(
                entry.span,
                target="purview",
                what=PACKAGE_TYPES.name,
                count=count,
                limit=PACKAGE_TYPES.value,
            )


def _marked(
    entry: DataClass, custom: Mapping[str, InfoType], patterns: tuple[Pattern, ...]
) -> MarkedClass:
    found: list[InfoType] = []
    doubts: list[str] = []
    for written in entry.info_types:
        known = custom.get(written.casefold()) or built_in().get(written.casefold())
        if known is None and _GUID.fullmatch(written):
            known = next((t for t in custom.values() if t.id == written.lower()), None)
        if known:
            found.append(known)
        else:
            doubts.append(UNKNOWN_INFO_TYPE.code)
    if len(patterns) < len(entry.patterns):
        doubts.append(PATTERN_REFUSED.code)
    found += [pattern.type for pattern in patterns]
    return MarkedClass(
        entry.id, entry.rank, entry.label.lower(), tuple(sorted(set(found))), tuple(doubts)
    )


def _patterns(organization: str, entry: DataClass) -> Iterator[Pattern]:
    for name, regex in entry.patterns:
        if not _REFUSED.search(regex):
            stable = f"{organization}/purview/{entry.id}/{name}"
            guid = str(uuid.uuid5(uuid.NAMESPACE_URL, stable))
            yield Pattern(InfoType(f"aipol {entry.id} {name}", guid), regex)


@cache
def built_in() -> Mapping[str, InfoType]:
    """Microsoft's own types by name, in lower case, and by GUID."""
    text = files("aipol_targets.purview").joinpath("info_types.csv").read_text(encoding="utf-8")
    table: dict[str, InfoType] = {}
    for row in csv.DictReader(text.splitlines()):
        entry = InfoType(row["name"], row["guid"])
        table[entry.name.casefold()] = entry
        table[entry.id] = entry
    return table
