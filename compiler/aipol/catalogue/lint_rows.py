"""Turns rows of one shape into what is wrong with each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aipol.catalogue.tree import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aipol.catalogue.rules import Shape
    from aipol.catalogue.tree import Document, Fault, Where


def row_faults(shape: Shape, document: Document, where: Where, rows: Any) -> Iterator[Fault]:
    """What is wrong with a list of rows of `shape`."""
    if not is_list(rows) or not rows:
        yield document.fault(where, "must be a list, and not empty")
        return
    for number, row in enumerate(rows):
        yield from shape_faults(shape, document, (*where, number), row)
        if "tier" in shape.required:
            yield from place_faults(document, (*where, number), row)


def shape_faults(shape: Shape, document: Document, where: Where, row: Any) -> Iterator[Fault]:
    """What is wrong with the keys of a row and with what each holds."""
    for key, message in shape.faults(row):
        yield document.fault(where if key is None else (*where, key), message)


def place_faults(document: Document, where: Where, row: Any) -> Iterator[Fault]:
    """What a row must say of where it was read, besides its source and tier."""
    if not is_mapping(row):
        return
    several = row.get("sources", 1)
    if (
        row.get("tier") == "C"
        and not row.get("also")
        and not (isinstance(several, int) and several > 1)
    ):
        yield document.fault(
            where, "tier C ships only with a second source: `also:`, or `sources:` above 1"
        )
    if row.get("also") and row.get("also") == row.get("source"):
        yield document.fault((*where, "also"), "`also` is the source itself, not a second one")
