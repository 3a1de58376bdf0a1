"""Keep objects in a cluster of servers, of which each sees the others' writes a minute late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]
"""An object as it is stored; never changed, only replaced."""

SYNC_SECONDS = 60.0
"""Jamf's cloud is a cluster that syncs about once a minute (developer.jamf.com, "Sticky sessions
for Jamf Cloud")."""


@dataclass(frozen=True, slots=True)
class _Change:
    when: float
    node: int
    number: int
    before: Record | None


class Store:
    """The objects of one resource, by id."""

    def __init__(self, sync_seconds: float) -> None:
        self._sync = sync_seconds
        self._records: dict[int, Record] = {}
        self._changes: list[_Change] = []
        self._last = 0

    def next_id(self) -> int:
        """The id of one more object; none is used twice."""
        self._last += 1
        return self._last

    def write(self, number: int, record: Record | None, now: float, node: int) -> None:
        """Create, replace or (with nothing) delete an object, at one server of the cluster."""
        before = self._records.get(number)
        if record is None:
            del self._records[number]
        else:
            self._records[number] = record
        recent = [each for each in self._changes if now - each.when < self._sync]
        self._changes = [*recent, _Change(now, node, number, before)]

    def all(self) -> Mapping[int, Record]:
        """What is in the database, which the servers share."""
        return self._records

    def seen_from(self, node: int, now: float) -> Mapping[int, Record]:
        """What a server knows: its own writes, and those of others once they are synced."""
        view = dict(self._records)
        known: set[int] = set()
        for change in reversed(self._changes):
            if change.node == node or now - change.when >= self._sync:
                known.add(change.number)
            elif change.number not in known:
                if change.before is None:
                    view.pop(change.number, None)
                else:
                    view[change.number] = change.before
        return dict(sorted(view.items()))
