"""Turns the objects that two policies ask vendors for into those that come, change and go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aipol.remote import Json, Wanted


@dataclass(frozen=True, slots=True)
class ObjectChanges:
    """What becomes of a target's objects; each as its kind and name."""

    target: str
    created: tuple[str, ...]
    updated: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: int
    place: str = ""
    """Where they are, if a vendor was asked."""

    @property
    def differs(self) -> bool:
        """Whether any comes, changes or goes."""
        return bool(self.created or self.updated or self.deleted)


def object_changes(
    target: str,
    before: Iterable[Wanted],
    after: Iterable[Wanted],
    canonical: Callable[[str, Json], Json],
) -> ObjectChanges:
    """By the keys that objects have for good."""
    old = {each.key: each for each in before}
    new = {each.key: each for each in after}
    same = [
        key
        for key in old.keys() & new.keys()
        if (old[key].kind, old[key].name) == (new[key].kind, new[key].name)
        and canonical(old[key].kind, old[key].body) == canonical(new[key].kind, new[key].body)
    ]
    return ObjectChanges(
        target,
        tuple(_named(new[key]) for key in new if key not in old),
        tuple(_named(new[key]) for key in new if key in old and key not in same),
        tuple(_named(old[key]) for key in old if key not in new),
        len(same),
    )


def _named(wanted: Wanted) -> str:
    return f"{wanted.kind} {wanted.name}"
