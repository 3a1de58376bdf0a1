"""Which classes of data a ruling lets through."""

from __future__ import annotations

from aipol.ir import Ir, Ruling
from aipol.vocabulary import Effect

ANY_DATA = ""
"""What stands for data of any kind where a policy has no ladder of classes."""


def classes_of(ir: Ir) -> tuple[str, ...]:
    """The ladder, from the least sensitive class; data of any kind where there is none."""
    return tuple(each.id for each in ir.data_classes) or (ANY_DATA,)


def classes_given(ir: Ir, ruling: Ruling | None) -> frozenset[str]:
    """The classes that may be given under a ruling; where nothing is ruled, `unlisted_ai` says."""
    ladder = classes_of(ir)
    effect = ir.unlisted_ai if ruling is None else ruling.effect
    if effect is Effect.BLOCK:
        return frozenset()
    limit = ruling.obligations.data_max if ruling else ""
    return frozenset(ladder[: ladder.index(limit) + 1] if limit else ladder)


def narrowing(ir: Ir, ruling: Ruling | None) -> frozenset[str] | None:
    """The same, to tell changes about sensitive data from others; None where there is no ladder."""
    return classes_given(ir, ruling) if ir.data_classes else None
