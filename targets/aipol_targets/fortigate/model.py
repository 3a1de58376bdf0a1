"""The objects of FortiOS between a policy and its files: tables, entries and values."""

from __future__ import annotations

from dataclasses import dataclass

from aipol_targets.fortigate.filters import Rule

CONF = "aipol.conf"
REMOVE = "remove.conf"
REST = "rest.json"


@dataclass(frozen=True, slots=True)
class Text:
    """A value that FortiOS keeps in quotes: names and patterns."""

    text: str


Value = int | str | Text | tuple[str, ...]
"""A number, keywords, a text, or the names of other objects."""
Values = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Values under a name of their own within an entry."""

    name: str
    values: Values


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a table."""

    key: int | str
    values: Values
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the configuration; `key` is what its entries are known by."""

    path: str
    key: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class SegmentFilter:
    """What one segment's addresses get; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Fortigate:
    """All objects of one policy; `moved` are policies to put before `before`."""

    identifier: str
    outputs: tuple[str, ...]
    tables: tuple[Table, ...]
    moved: tuple[int, ...]
    before: int | None
