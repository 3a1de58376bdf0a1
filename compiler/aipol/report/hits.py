"""Turns what a search of the catalogue found into words and JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aipol.bypasses import BYPASS_SWITCHES
from aipol.catalogue.pasted import host_of
from aipol.catalogue.search import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aipol.catalogue.load import Catalogue

_NOBODY = "-"
_MOST = 20


def hit_json(hit: Hit) -> dict[str, Any]:
    """What a search found, for a program; `app` is null for what is nobody's own."""
    return asdict(hit) | {"app": hit.app or None}


def bypass_hits(text: str) -> Iterator[Hit]:
    """The name that turns off a way around the network's resolver, if `text` is it."""
    host = host_of(text.strip())
    if host in BYPASS_SWITCHES:
        why = "turns off a way around the resolver; `network.close_bypasses` has it denied"
        source = BYPASS_SWITCHES[host]
        yield Hit("", "bypass", host, exact=True, why=why, source=source, covers="exact")


def hits_text(catalogue: Catalogue, hits: Sequence[Hit]) -> Iterator[str]:
    """Whose each value is, how closely it agrees, why it matters, and where it was read."""
    for hit in hits[:_MOST]:
        name = catalogue.name_of(hit.app) if hit.app else _NOBODY
        closeness = "exact" if hit.exact else "in part"
        covers = f"; the row covers: {hit.covers}" if hit.covers else ""
        yield f"{hit.app or _NOBODY}  {name}  {hit.field} {hit.value} ({closeness}{covers})"
        if hit.why:
            yield f"    {hit.why}"
        yield f"    read in {hit.source}"
    if len(hits) > _MOST:
        yield f"and {len(hits) - _MOST:,} more; --format json has all"
