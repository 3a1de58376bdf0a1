"""Turns rows and the register of sources into rows that claim more than their source can give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aipol.catalogue.row_faults import public_code_faults
from aipol.catalogue.source import parse
from aipol.catalogue.tree import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aipol.catalogue.tree import Document, Fault, Where

Row = dict[str, Any]
_CLIENTS_OF = {"entra": "microsoft", "google": "google"}
ANYBODY = "*"
_ANY_VOICE = frozenset({ANYBODY})


def source_faults(
    documents: dict[str, Document], every: Iterable[tuple[Document, str, Row]]
) -> Iterator[Fault]:
    """Sources that are not registered, tiers that are too high, dates that are missing."""
    if "sources" not in documents:
        return
    register = documents["sources"].value
    used: set[str] = set()
    for document, where, row, voices in _rows(documents, every):
        for key in ("source", "also"):
            found = parse(row[key]) if key in row else None
            name = found.registered_as if found else None
            if name is not None:
                used.add(name)
                if name not in register:
                    message = f"`{name}` is not in sources.yaml: say there what it is"
                    yield document.fault((*where, key), message)
        yield from _tier(document, where, row, voices, register)
    for name in register:
        if name not in used:
            yield documents["sources"].fault((name,), f"nothing cites `{name}`")


Cited = tuple["Document", "Where", Row, frozenset[str]]
"""A row with a source, and the slugs whose own word about it would be tier A."""


def _rows(
    documents: dict[str, Document], every: Iterable[tuple[Document, str, Row]]
) -> Iterator[Cited]:
    for document, app_id, entry in every:
        vendor = frozenset({str(entry["vendor"])})
        yield document, (app_id,), {"source": entry["source"]}, vendor
        if "tenant_restriction" in entry:
            where: Where = (app_id, "tenant_restriction")
            yield document, where, entry["tenant_restriction"], vendor
        for section in entry:
            yield from _section(document, app_id, entry, section)
    yield from _special(documents)


def _special(documents: dict[str, Document]) -> Iterator[Cited]:
    for name in ("shared_platforms", "common_hosts"):
        if name in documents:
            for number, row in enumerate(documents[name].value):
                yield documents[name], (number,), row, _ANY_VOICE
    for name in ("protected", "protected_programs"):
        owners = documents[name].value.items() if name in documents else ()
        for owner, rows in owners:
            for number, row in enumerate(rows):
                yield documents[name], (owner, number), row, _ANY_VOICE
    if "teams" in documents:
        for team, row in documents["teams"].value.items():
            yield documents["teams"], (team,), row, _ANY_VOICE | {str(row["vendor"])}


def _section(document: Document, app_id: str, entry: Row, section: str) -> Iterator[Cited]:
    rows = entry[section]
    for number, row in enumerate(rows if is_list(rows) else ()):
        if is_mapping(row):
            yield document, (app_id, section, number), row, _voices(str(entry["vendor"]), row)


def _voices(vendor: str, row: Row) -> frozenset[str]:
    of_client = _CLIENTS_OF.get(str(row.get("provider")), vendor)
    return frozenset({vendor, of_client, str(row.get("product", vendor))})


def _tier(
    document: Document, where: Where, row: Row, voices: frozenset[str], register: dict[str, Row]
) -> Iterator[Fault]:
    found, tier = parse(row["source"]), row.get("tier")
    if found is None or tier is None:
        return
    yield from document.told(public_code_faults(where, row))
    known = register.get(found.registered_as or "")
    if known is None:
        return
    if tier < known["tier"]:
        message = f"`{found.registered_as}` is a source of tier {known['tier']}, not {tier}"
        yield document.fault((*where, "tier"), message)
    elif tier == "A" and ANYBODY not in voices and not voices & {*known.get("speaks_for", ())}:
        own = ", ".join(known.get("speaks_for", ())) or "nobody"
        message = f"`{found.registered_as}` speaks for {own}: about others it is tier B at most"
        yield document.fault((*where, "tier"), message)
