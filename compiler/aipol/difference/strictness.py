"""Compares what two rulings leave people: which of them lets them do more."""

from __future__ import annotations

from enum import StrEnum

from aipol.ir import NO_OBLIGATIONS, Ir, Ruling
from aipol.resolve.partition import Ladder, accumulated
from aipol.vocabulary import Effect


class Direction(StrEnum):
    """Which way a difference goes; the looser is the risk."""

    LOOSER = "looser"
    STRICTER = "stricter"
    OTHER = "other"
    """Neither, or both: other words, other tenants, one obligation for another."""


def of_rulings(before: Ir, after: Ir, old: Ruling | None, new: Ruling | None) -> Direction:
    """Which way it goes for people from `old` to `new`; None where nothing governs the use."""
    if old is None or new is None:
        return _appearing(before, new) if new is not None else _vanishing(after, old)
    ladder = Ladder({entry.id: entry.rank for entry in after.data_classes})
    return direction(
        stricter=at_least(new, old, ladder),
        looser=at_least(old, new, ladder),
    )


def direction(*, stricter: bool, looser: bool) -> Direction:
    """The direction, from whether what is after is at least as strict, and what was before."""
    if stricter == looser:
        return Direction.OTHER
    return Direction.STRICTER if stricter else Direction.LOOSER


def at_least(one: Ruling, other: Ruling, ladder: Ladder) -> bool:
    """Whether `one` holds back everything that `other` does."""
    if one.effect is Effect.BLOCK:
        return True
    limits = {one.obligations.data_max, other.obligations.data_max} - {"", *ladder.ranks}
    # A class that one policy alone knows is neither above nor below the other's.
    if one.effect.strictness < other.effect.strictness or limits:
        return False
    held = accumulated(one.obligations, other.obligations, ladder) == one.obligations
    fewer = bool(one.tenants) and set(one.tenants) <= set(other.tenants)
    return held and (fewer or not other.tenants)


def _appearing(before: Ir, new: Ruling) -> Direction:
    """A use becomes governed; until then, only `unlisted_ai` spoke of it."""
    if new.effect.strictness < before.unlisted_ai.strictness:
        return Direction.LOOSER
    return Direction.OTHER if _free(new) else Direction.STRICTER


def _vanishing(after: Ir, old: Ruling | None) -> Direction:
    """A use is governed no more; what `unlisted_ai` still stops is the vendors' to know."""
    if old is not None and not _free(old):
        return Direction.LOOSER
    return Direction.OTHER if after.unlisted_ai is Effect.ALLOW else Direction.STRICTER


def _free(ruling: Ruling) -> bool:
    return ruling.effect is Effect.ALLOW and ruling.obligations == NO_OBLIGATIONS
