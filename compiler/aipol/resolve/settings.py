"""Say where the settings of targets are written: in the policy, or in what a site binds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled
    from aipol.source import Span

_Spans = Iterator[tuple[tuple[str, str], "Span"]]


def setting_spans(assembled: Assembled, site: str = "") -> Mapping[tuple[str, str], Span]:
    """Every setting's place, by target and setting; those of a site go before the policy's."""
    return {**dict(_of_policy(assembled)), **dict(_of_site(assembled, site) if site else ())}


def _of_policy(assembled: Assembled) -> _Spans:
    for target, placed in assembled.targets.items():
        yield (target, ""), placed.key_span()
        for name in placed.value:
            yield (target, name), placed.key_span(name)


def _of_site(assembled: Assembled, site: str) -> _Spans:
    inventory = assembled.inventory
    there = inventory.value.sites[site].targets if inventory else None
    for target, settings in (there or {}).items():
        for name in ("", *settings):
            below = (name,) if name else ()
            if inventory:
                yield (target, name), inventory.key_span("sites", site, "targets", target, *below)
