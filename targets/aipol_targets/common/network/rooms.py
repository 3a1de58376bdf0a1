"""Turns what a device holds, and what is to be put there, into errors and warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED, NEARLY_FULL
from aipol.ir import Ir
from aipol.target import Room

FULL = 90
"""The percentage of a limit above which it is time to look at the device."""


def crowded(ir: Ir, target: str, rooms: Iterable[Room]) -> Iterator[Diagnostic]:
    """An error for each limit that is exceeded, a warning for each that nearly is."""
    for room in rooms:
        if room.limit is None:
            continue
        what, used, limit = room.what, room.used, room.limit
        if used > limit:
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span, target=target, what=what, count=used, limit=limit
            )
        elif used * 100 > limit * FULL:
            yield NEARLY_FULL.at(
                ir.unlisted_span,
                target=target,
                what=what,
                count=used,
                limit=limit,
                share=used * 100 // limit,
                hint=f"see that `targets.{target}.{room.setting}` is what your model holds",
            )
