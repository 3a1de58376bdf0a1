"""Turns one file of apps into what is wrong with each app by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.catalogue import rules
from aipol.catalogue.row_faults import entry_faults, recognisable, shipped_form
from aipol.catalogue.tree import is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aipol.catalogue.tree import Document, Fault, Where


def app_faults(document: Document, vendors: Document) -> Iterator[Fault]:
    """What is wrong with the apps of one file."""
    for app_id, entry in document.value.items():
        where: Where = (app_id,)
        if message := rules.slug(app_id):
            yield document.fault(where, message)
        yield from document.told(shipped_form(rules.APP, where, entry))
        if is_mapping(entry):
            vendor = entry.get("vendor")
            if isinstance(vendor, str) and vendor not in vendors.value:
                yield document.fault((*where, "vendor"), f"`{vendor}` is not in vendors.yaml")
            if not recognisable(entry):
                message = "nothing here could be recognised on a device or a network"
                yield document.fault(where, message)
            yield from document.told(entry_faults(where, entry))
