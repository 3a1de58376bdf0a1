"""The configuration that a script or a list of requests amounts to, for whoever interprets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NoReturn

from aipol.target import UnreadableArtifact


@dataclass(slots=True)
class Node:
    """An entry, a table or a block: what is set in it and what is inside it, in their order."""

    line: int = 0
    order: int = 0
    """When it is made, among all others."""
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    blocks: dict[str, Node] = field(default_factory=dict[str, "Node"])
    edits: dict[str, Node] = field(default_factory=dict[str, "Node"])

    def said(self) -> tuple[object, ...]:
        """All of it but the lines; entries in their order, for the first that matches counts."""
        blocks = sorted((name, block.said()) for name, block in self.blocks.items())
        edits = tuple((name, entry.said()) for name, entry in self.edits.items())
        return (tuple(sorted(self.sets.items())), tuple(blocks), edits)


@dataclass(slots=True)
class Config:
    """All tables by path, and which policies are moved before which others."""

    path: str
    tables: dict[str, Node] = field(default_factory=dict[str, Node])
    moves: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    made: int = 0

    def node(self, line: int = 0) -> Node:
        """What is made next."""
        self.made += 1
        return Node(line, self.made)

    def said(self) -> tuple[object, ...]:
        """All of it but the places: what two forms of one configuration have in common."""
        tables = sorted((name, table.said()) for name, table in self.tables.items())
        return (tuple(tables), tuple(self.moves))

    def refuse(self, line: int, why: str) -> NoReturn:
        """Give up on the file."""
        raise UnreadableArtifact(self.path, f"line {line}: {why}" if line else why)

    def entries(self, table: str) -> dict[str, Node]:
        """The entries of a table; a table that is not there has none."""
        node = self.tables.get(table)
        return node.edits if node else {}

    def shaped(
        self,
        node: Node,
        sets: Iterable[str] = (),
        blocks: Iterable[str] = (),
        *,
        optional: Iterable[str] = (),
    ) -> dict[str, tuple[str, ...]]:
        """What is set in an entry that has exactly these settings and blocks."""
        wanted, allowed = set(sets), {*sets, *optional}
        found = node.sets.keys()
        if not wanted <= found <= allowed or node.blocks.keys() != set(blocks):
            self.refuse(node.line, "lacks a setting, or has one that is not accounted for")
        return node.sets

    def one(self, node: Node, name: str) -> str:
        """The only value of a setting."""
        values = node.sets.get(name, ())
        if len(values) != 1:
            self.refuse(node.line, f"`{name}` has not exactly one value")
        return values[0]

    def fixed(self, node: Node, **values: str) -> None:
        """Refuse a setting with another value than the one that is accounted for."""
        for name, value in values.items():
            written = name.replace("_", "-")
            if node.sets.get(written) != (value,):
                self.refuse(node.line, f"`{written}` is not `{value}`")
