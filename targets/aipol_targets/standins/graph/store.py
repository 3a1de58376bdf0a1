"""Keep what was made, under ids and times that are the same in every run."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

_START = datetime(2026, 1, 1, tzinfo=UTC)


def ticking() -> Callable[[], str]:
    """Give a clock that goes on by a second each time it is read."""
    ticks = 0

    def read() -> str:
        nonlocal ticks
        ticks += 1
        return (_START + timedelta(seconds=ticks)).isoformat().replace("+00:00", "Z")

    return read


@dataclass(slots=True)
class Stored:
    """One object and what hangs on it."""

    id: str
    kind: str
    body: dict[str, Any]
    created: str
    modified: str
    version: int = 1
    assignments: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)  # of a compliance policy's one rule
    settings: list[dict[str, Any]] = field(default_factory=list)  # of a settings catalog policy
    hidden: int = 0  # how many more reads do not see it
    before: Stored | None = None  # what reads still see of one that was changed
    stale: int = 0  # and how many


class Store:
    """Every collection's objects, by id."""

    def __init__(
        self, seed: str, clock: Callable[[], str], invisible_for: int, stale_for: int
    ) -> None:
        self._namespace = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:standin:{seed}")
        self._counter = 0
        self._invisible_for = invisible_for
        self._stale_for = stale_for
        self._gone: dict[str, dict[str, Stored]] = {}  # deleted, and seen by some more reads
        self.clock = clock
        self.collections: dict[str, dict[str, Stored]] = {}

    def new_id(self) -> str:
        """Give the next id."""
        self._counter += 1
        return str(uuid.uuid5(self._namespace, str(self._counter)))

    def derived_id(self, *parts: str) -> str:
        """Give an id that depends on these parts alone."""
        return str(uuid.uuid5(self._namespace, "/".join(parts)))

    def add(self, collection: str, kind: str, body: dict[str, Any]) -> Stored:
        """Keep a new object; reads do not see it at once where the tenant is slow."""
        now = self.clock()
        made = Stored(self.new_id(), kind, body, now, now, hidden=self._invisible_for)
        self.collections.setdefault(collection, {})[made.id] = made
        return made

    def changed(self, stored: Stored, before: Stored) -> None:
        """Stamp an object that was changed; slow reads go on to see what it was."""
        stored.modified = self.clock()
        stored.version += 1
        self.settling(stored, before)

    def settling(self, stored: Stored, before: Stored) -> None:
        """Let slow reads go on to see what an object was."""
        if self._stale_for:
            stored.before, stored.stale = before.before or before, self._stale_for

    def delete(self, collection: str, key: str) -> None:
        """Delete an object; slow reads go on to see it."""
        removed = self.collections[collection].pop(key)
        if self._stale_for:
            removed.stale = self._stale_for
            self._gone.setdefault(collection, {})[key] = removed

    def held(self, collection: str, key: str) -> Stored | None:
        """Find an object as a write does, which sees at once what is."""
        return self.collections.get(collection, {}).get(key)

    def seen(self, collection: str, key: str) -> Stored | None:
        """Find an object as a read does."""
        found = self._all(collection).get(key)
        return None if found is None else self._read(collection, found)

    def listed(self, collection: str) -> list[Stored]:
        """Give the objects that a read sees, in the order of their ids: nobody's order."""
        found = (self._read(collection, each) for _, each in sorted(self._all(collection).items()))
        return [each for each in found if each is not None]

    def _all(self, collection: str) -> dict[str, Stored]:
        return {**self._gone.get(collection, {}), **self.collections.get(collection, {})}

    def _read(self, collection: str, stored: Stored) -> Stored | None:
        if stored.hidden:
            stored.hidden -= 1
            return None
        if not stored.stale:
            return stored
        stored.stale -= 1
        old = stored.before or stored
        if not stored.stale:
            stored.before = None
            self._gone.get(collection, {}).pop(stored.id, None)
        return old
