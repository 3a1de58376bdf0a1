"""Turns two policies' ladders of data into what is told apart as another class than before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from aipol.difference.strictness import Direction
from aipol.ir import DataClass, Ir
from aipol.source import Span

_Classes = dict[str, DataClass]


@dataclass(frozen=True, slots=True)
class DataChange:
    """A class of data that is known by something else, comes, goes, or stands elsewhere."""

    name: str
    lost: tuple[str, ...] = ()
    """What data of the class is recognised by no longer."""
    gained: tuple[str, ...] = ()
    comes: bool = False
    goes: bool = False
    above: str = ""
    """The class that it is more sensitive than now, and was less sensitive than."""
    span: Span | None = None
    """Where the policy after has the class, if it does."""

    @property
    def direction(self) -> Direction:
        """Looser where some data falls out of the class, and so goes wherever other data may."""
        if self.lost or self.goes:
            return Direction.LOOSER
        return Direction.STRICTER if self.gained else Direction.OTHER


def data_changes(before: Ir, after: Ir) -> tuple[DataChange, ...]:
    """Every class that is another; no decision shows it, for rules name classes."""
    old = {each.id: each for each in before.data_classes}
    new = {each.id: each for each in after.data_classes}
    return (*_known_otherwise(old, new), *_moved(old, new))


def _known_otherwise(old: _Classes, new: _Classes) -> Iterator[DataChange]:
    for name in dict.fromkeys((*old, *new)):
        here = new.get(name)
        marks = _marks(old.get(name)), _marks(here)
        lost, gained = (tuple(sorted(m)) for m in (marks[0] - marks[1], marks[1] - marks[0]))
        if here is None:
            yield DataChange(name, lost, goes=True)
        elif name not in old:
            yield DataChange(name, gained=gained, comes=True, span=here.span)
        elif lost or gained:
            yield DataChange(name, lost, gained, span=here.span)


def _moved(old: _Classes, new: _Classes) -> Iterator[DataChange]:
    """Neighbours among the classes that both have which stood the other way round."""
    both = sorted((name for name in new if name in old), key=lambda name: new[name].rank)
    for lower, upper in pairwise(both):
        if old[upper].rank < old[lower].rank:
            yield DataChange(upper, above=lower, span=new[upper].span)


def _marks(known: DataClass | None) -> frozenset[str]:
    """What data of a class is recognised by."""
    if known is None:
        return frozenset()
    found = {f"the information type {name}" for name in known.info_types}
    found |= {f"the pattern {name} ({regex})" for name, regex in known.patterns}
    return frozenset(found | ({f"the label {known.label}"} if known.label else set()))
