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


class Store:
    """Every collection's objects, by id."""

    def __init__(self, seed: str, clock: Callable[[], str], invisible_for: int) -> None:
        self._namespace = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:standin:{seed}")
        self._counter = 0
        self._invisible_for = invisible_for
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

    def changed(self, stored: Stored) -> None:
        """Stamp an object that was changed."""
        stored.modified = self.clock()
        stored.version += 1

    def held(self, collection: str, key: str) -> Stored | None:
        """Find an object as a write does, which sees it at once."""
        return self.collections.get(collection, {}).get(key)

    def seen(self, collection: str, key: str) -> Stored | None:
        """Find an object as a read does."""
        found = self.held(collection, key)
        return found if found is not None and self._visible(found) else None

    def listed(self, collection: str) -> list[Stored]:
        """Give the objects that a read sees, in the order of their ids: nobody's order."""
        held = self.collections.get(collection, {})
        return [held[key] for key in sorted(held) if self._visible(held[key])]

    @staticmethod
    def _visible(stored: Stored) -> bool:
        if stored.hidden:
            stored.hidden -= 1
            return False
        return True
