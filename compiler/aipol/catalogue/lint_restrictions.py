"""Turns the catalogue's tenant restrictions into what they would deny to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aipol.catalogue.collateral import UNTOLD
from aipol.catalogue.kinds import Match
from aipol.catalogue.restrictions import Kept, protected_hosts, unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aipol.catalogue.tree import Document, Fault

    Entry = tuple[Document, str, dict[str, Any]]


def restriction_faults(documents: dict[str, Document], every: Iterable[Entry]) -> Iterator[Fault]:
    """Addresses and hosts of a restriction that are not its app's to deny or to decrypt.

    An address that is nobody's in the catalogue may stand where the vendor itself says to block it,
    and a host above one that devices need where a source says that it takes the header.
    """
    entries = {app_id: entry for _, app_id, entry in every}
    kept = (*_kept(documents, entries),)
    for document, app_id, entry in every:
        if "tenant_restriction" not in entry:
            continue
        restriction = entry["tenant_restriction"]
        parent = entries.get(entry.get("edition_of", ""), {})
        domains = [*entry.get("domains", ()), *parent.get("domains", ())]
        for found in unfit(restriction, domains, kept):
            if found.stray and (found.where[0] == "hosts" or restriction["tier"] == "A"):
                continue
            message = f"`{found.value}` would break {found.breaks}: leave it out"
            yield document.fault((app_id, "tenant_restriction", *found.where), message)


def _kept(documents: dict[str, Document], entries: dict[str, dict[str, Any]]) -> Iterator[Kept]:
    yield from protected_hosts(documents["protected"].value)
    if "common_hosts" in documents:
        for row in documents["common_hosts"].value:
            yield Kept(row["host"], Match(row["match"]), row["serves"])
    for entry in entries.values():
        for row in entry.get("domains", ()):
            if row.get("shared"):
                breaks = row.get("serves") or UNTOLD
                yield Kept(row["domain"], Match(row["match"]), breaks)
    for row in documents["shared_platforms"].value:
        breaks = row.get("serves") or "unrelated services"
        yield Kept(row["suffix"], Match.EXACT, breaks)
