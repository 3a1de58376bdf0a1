"""Turns one file of apps into what is wrong with each app by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aipol.catalogue import rules
from aipol.catalogue.identity import identity
from aipol.catalogue.lint_rows import place_faults, row_faults, shape_faults
from aipol.catalogue.tree import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aipol.catalogue.tree import Document, Fault, Where


def app_faults(document: Document, vendors: Document) -> Iterator[Fault]:
    """What is wrong with the apps of one file."""
    for app_id, entry in document.value.items():
        where: Where = (app_id,)
        if message := rules.slug(app_id):
            yield document.fault(where, message)
        yield from shape_faults(rules.APP, document, where, entry)
        if is_mapping(entry):
            vendor = entry.get("vendor")
            if isinstance(vendor, str) and vendor not in vendors.value:
                yield document.fault((*where, "vendor"), f"`{vendor}` is not in vendors.yaml")
            yield from entry_faults(document, where, entry)


def entry_faults(document: Document, where: Where, entry: dict[str, Any]) -> Iterator[Fault]:
    """What is wrong with the rows of one app."""
    if not entry.keys() & {*rules.ROWS, "features", "edition_of"}:
        yield document.fault(where, "nothing here could be recognised on a device or a network")
    for section, shape in rules.ROWS.items():
        if section in entry:
            place = (*where, section)
            yield from row_faults(shape, document, place, entry[section])
            yield from _values(document, place, entry[section])
    features = entry.get("features")
    for number, name in enumerate(features if is_list(features) else ()):
        if message := rules.feature(name):
            yield document.fault((*where, "features", number), message)
    if "tenant_restriction" in entry:
        place = (*where, "tenant_restriction")
        yield from _restriction(document, place, entry["tenant_restriction"])


def _restriction(document: Document, place: Where, restriction: Any) -> Iterator[Fault]:
    yield from shape_faults(rules.RESTRICTION, document, place, restriction)
    if is_mapping(restriction):
        yield from row_faults(
            rules.HOST_MATCH, document, (*place, "hosts"), restriction.get("hosts")
        )
        yield from place_faults(document, place, restriction)


def _values(document: Document, where: Where, rows: Any) -> Iterator[Fault]:
    seen: set[tuple[str, ...]] = set()
    section = str(where[-1])
    for number, row in enumerate(rows if is_list(rows) else []):
        if not is_mapping(row):
            continue
        if (wrong := rules.value_fault(section, row)) is not None:
            yield document.fault((*where, number, wrong[0]), wrong[1])
        if row.get("serves") and not row.get("shared"):
            message = "`serves` says what else a shared host is for: say `shared: true` with it"
            yield document.fault((*where, number, "serves"), message)
        mine = identity(section, row)
        if mine in seen:
            yield document.fault((*where, number), "the same row stands here twice")
        seen.add(mine)
