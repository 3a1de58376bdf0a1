"""Turns the catalogue's programs into those that no rule may stop, and the table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aipol.catalogue import rules
from aipol.catalogue.kinds import IdentifierKind
from aipol.catalogue.row_faults import rows_faults
from aipol.programs import Indispensable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aipol.catalogue.tree import Document, Fault

    Entry = tuple[Document, str, dict[str, Any]]
TABLE = "protected_programs"


def table_faults(document: Document) -> Iterator[Fault]:
    """What is wrong with the rows of the table itself."""
    for owner, rows in document.value.items():
        if message := rules.slug(owner):
            yield document.fault((owner,), message)
        yield from document.told(rows_faults(rules.PROTECTED_PROGRAM, (owner,), rows))


def program_faults(documents: dict[str, Document], every: Iterable[Entry]) -> Iterator[Fault]:
    """Programs of an app that a device cannot do without, and rows that stand twice."""
    if TABLE not in documents:
        return
    table = documents[TABLE]
    seen: set[tuple[str, str]] = set()
    for owner, rows in table.value.items():
        for number, row in enumerate(rows):
            mine = (row["kind"], row["value"].casefold())
            if mine in seen:
                yield table.fault((owner, number), f"`{row['value']}` stands here twice")
            seen.add(mine)
    guard = indispensable(table.value)
    for document, app_id, entry in every:
        for section in rules.IDENTIFIERS:
            for number, row in enumerate(entry.get(section, ())):
                breaks = guard.broken_by(IdentifierKind(row["kind"]), row["value"])
                if breaks and not row.get("shared"):
                    message = f"`{row['value']}` is protected: to stop it would break {breaks}"
                    yield document.fault((app_id, section, number, "value"), message)


def indispensable(owners: dict[str, list[dict[str, Any]]]) -> Indispensable:
    """The rows of the table, to be asked."""
    rows = (row for rows in owners.values() for row in rows)
    return Indispensable.of((IdentifierKind(r["kind"]), r["value"], r["breaks"]) for r in rows)
