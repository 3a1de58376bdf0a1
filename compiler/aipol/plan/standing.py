"""Say which of a vendor's ids stand for which of our keys in the bodies of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aipol.plan.model import Cause, Change


@dataclass(frozen=True, slots=True)
class Bearer:
    """An object that bears a key; `stays` where it will be there afterwards.

    One that is to be made has no id yet: nothing that is there stands for its key.
    """

    id: str
    key: str
    stays: bool


def keys_of(bearers: Iterable[Bearer]) -> dict[str, str]:
    """Keys by id, each key once: a reference to a copy that goes is none to the object."""
    found, taken = dict[str, str](), set[str]()
    for each in sorted(bearers, key=lambda each: (not each.stays, each.id)):
        if each.key not in taken:
            taken.add(each.key)
            found[each.id] = each.key
    found.pop("", None)
    return found


def bearers_in(changes: Iterable[Change]) -> Iterator[Bearer]:
    """The objects that there are before a plan's changes are made."""
    for change in changes:
        stays = change.after is not None and change.cause is not Cause.DOUBLE
        if change.id or stays:
            yield Bearer(change.id, change.key, stays)
