"""Turns a script for the command line of FortiOS into the configuration it leaves.

Its grammar (FortiOS 7.4.0 administration guide and 6.0.0 handbook, "Subcommands"): `config` opens a
table or a block and `end` closes it, `edit` opens an entry of a table and `next` closes it, `set`
gives a setting its values, `delete` takes an entry away. A backslash within quotes stands before
the character that is meant (administration guide v4.0, "Perl regular expressions").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol_targets.fortigate.read_tree import Config, Node

_WORD = re.compile(r'"((?:[^"\\]|\\.)+)"|([A-Za-z0-9._:/-]+)')
_ESCAPED = re.compile(r"\\(.)")
_POLICIES = "firewall policy"

_Line = tuple[int, list[str]]


def read_cli(lines: Sequence[str], path: str) -> Config:
    """The tables that a script makes. Raises UnreadableArtifact."""
    config = Config(path)
    rest = _lines(config, lines)
    for number, words in rest:
        if words[0] != "config":
            config.refuse(number, f"`{words[0]}` outside a table")
        name = " ".join(words[1:])
        node = config.node(number)
        _table(config, rest, node, movable=name == _POLICIES)
        if name not in config.tables:
            config.tables[name] = node
        elif node.sets or node.edits:
            config.refuse(number, f"`{name}` is there twice")
    return config


def read_removal(lines: Sequence[str], path: str, made: Config) -> None:
    """That a script takes away exactly what another one makes. Raises UnreadableArtifact."""
    config, tables = Config(path), [*made.tables]
    rest = _lines(config, lines)
    for number, words in rest:
        # An object cannot be taken away while another one refers to it.
        table = " ".join(words[1:])
        if words[0] != "config" or not tables or table != tables.pop():
            config.refuse(number, f"does not take {table} away in its turn")
        wanted = [["delete", key] for key in made.tables[table].edits]
        for expected in (*wanted, ["end"]):
            there, found = next(rest, (0, []))
            if found != expected:
                config.refuse(there, f"is not `{' '.join(expected)}`")
    if tables:
        config.refuse(0, f"leaves {tables.pop()}")


def _lines(config: Config, lines: Sequence[str]) -> Iterator[_Line]:
    """Every line as its words; comments are none."""
    for number, line in enumerate(lines, start=1):
        text = line.strip(" ")
        if text.startswith("#"):
            continue
        words = list(_words(text))
        if not words or " ".join(written for written, _ in words) != text:
            config.refuse(number, f"cannot be told into words: {text!r}")
        yield number, [meant for _, meant in words]


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Each word as it is written and as it is meant."""
    for found in _WORD.finditer(text):
        quoted, bare = found.groups()
        yield found.group(), bare if quoted is None else _ESCAPED.sub(r"\1", quoted)


def _table(config: Config, rest: Iterator[_Line], node: Node, *, movable: bool = False) -> None:
    """Entries up to the `end` of a table, or settings up to that of a block."""
    for number, words in rest:
        match words:
            case ["end"]:
                return
            case ["edit", key] if key not in node.edits and not node.sets:
                node.edits[key] = entry = config.node(number)
                _entry(config, rest, entry)
            case ["set", name, *values] if values and name not in node.sets and not node.edits:
                node.sets[name] = tuple(values)
            case ["move", policy, "before", other] if movable and config.entries(_POLICIES):
                config.moves.append((policy, other))
            case _:
                config.refuse(number, f"unknown, misplaced or repeated: {' '.join(words)!r}")
    config.refuse(node.line, "is not closed")


def _entry(config: Config, rest: Iterator[_Line], node: Node) -> None:
    """Settings, blocks and tables up to the `next` of an entry."""
    for number, words in rest:
        match words:
            case ["next"]:
                return
            case ["set", name, *values] if values and name not in node.sets:
                node.sets[name] = tuple(values)
            case ["config", name] if name not in node.blocks:
                node.blocks[name] = block = config.node(number)
                _table(config, rest, block)
            case _:
                config.refuse(number, f"unknown, misplaced or repeated: {' '.join(words)!r}")
    config.refuse(node.line, "is not closed")
