"""Tells the identifiers of apps that come or go from those of apps that both policies govern."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aipol.difference.reaches import Reach, folded

if TYPE_CHECKING:
    from aipol.difference import Difference


def coming_or_going(found: Difference) -> frozenset[str]:
    """The apps that only one of the two policies governs."""
    return frozenset(found.sides.before.apps.keys() ^ found.sides.after.apps.keys())


def own(found: Difference) -> tuple[tuple[Reach, ...], ...]:
    """The identifiers of apps that both govern, folded."""
    apps = coming_or_going(found)
    return folded(reach for reach in found.reaches if not apps.issuperset(reach.apps))


def following(found: Difference) -> tuple[Reach, ...]:
    """The identifiers of apps that come or go."""
    apps = coming_or_going(found)
    return tuple(reach for reach in found.reaches if apps.issuperset(reach.apps))


def followed(found: Difference) -> Iterator[tuple[Reach, ...]]:
    """The same, those that go the same way together."""
    alike: dict[object, list[Reach]] = {}
    for reach in following(found):
        alike.setdefault((reach.before, reach.after), []).append(reach)
    yield from (tuple(members) for members in alike.values())
