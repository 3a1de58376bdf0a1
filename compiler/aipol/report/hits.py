"""Turns what a search of the catalogue found into words and JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aipol.catalogue.load import Catalogue
    from aipol.catalogue.search import Hit

_NOBODY = "-"


def hit_json(hit: Hit) -> dict[str, Any]:
    """What a search found, for a program; `app` is null for what is nobody's own."""
    return asdict(hit) | {"app": hit.app or None}


def hits_text(catalogue: Catalogue, hits: Iterable[Hit]) -> Iterator[str]:
    """Whose each value is, how closely it agrees, why it matters, and where it was read."""
    for hit in hits:
        name = catalogue.name_of(hit.app) if hit.app else _NOBODY
        closeness = "exact" if hit.exact else "in part"
        yield f"{hit.app or _NOBODY}  {name}  {hit.field} {hit.value} ({closeness})"
        if hit.why:
            yield f"    {hit.why}"
        yield f"    read in {hit.source}"
