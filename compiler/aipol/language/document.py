"""A policy file's values with the place of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aipol.source import Span

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain values; `keys` and `values` say where each key and each value stands.

    `holes` are the places whose value could not be read, which is already reported: nothing more is
    to be said about them.
    """

    file: str
    text: str
    value: Any
    keys: Mapping[Path, Span]
    values: Mapping[Path, Span]
    holes: frozenset[Path] = frozenset()
    called: str = "the policy"
    """What the file as a whole is called in a sentence."""

    def span(self, path: Path) -> Span:
        """Where the value at `path` stands, or the nearest ancestor that is there."""
        return self.values[self.nearest(path)]

    def nearest(self, path: Path) -> Path:
        """`path`, or its nearest ancestor that the file has."""
        while path and path not in self.values:
            path = path[:-1]
        return path

    def key_span(self, path: Path) -> Span:
        """Where the key of `path` stands; a list item has none, so its value stands for it."""
        path = self.nearest(path)
        return self.keys.get(path) or self.values[path]

    def at(self, path: Path) -> Any:
        """The value at `path`; None when there is none."""
        value = self.value
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value
