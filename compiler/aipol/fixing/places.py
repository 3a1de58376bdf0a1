"""Find the characters of a policy's text that a key, a value or an entry is written with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

import yaml

from aipol.fixing.model import Edit
from aipol.language.document import Path

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DASH = re.compile(r"\s*-\s+")


class Written:
    """A text whose structure is known: it was read without a syntax error."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._root: Any = yaml.compose(text, Loader=_LOADER)

    def value(self, path: Path) -> Edit:
        """An edit that keeps the value at `path`, to be given another text."""
        return self._over(self._node(path))

    def source(self, edit: Edit) -> str:
        """The text that an edit would replace."""
        return self.text[edit.start : edit.end]

    def key(self, path: Path) -> Edit:
        """The same for the key of `path`."""
        for key, _ in _pairs(self._node(path[:-1])):
            if key.value == path[-1]:
                return self._over(key)
        raise KeyError(path)

    def removal(self, path: Path) -> tuple[Path, Edit] | None:
        """What takes the entry at `path` out, with the comments within it and no others.

        An entry that is alone goes with what it is in, for an empty list means nothing: the answer
        says what goes. None where a comment of something else would have to go, too.
        """
        if not path:
            return None
        parent = self._node(path[:-1])
        entries = _entries(parent)
        if len(entries) == 1:
            return self.removal(path[:-1])
        place = _position(parent, path[-1])
        cut = self._out_of_brackets if parent.flow_style else self._whole_lines
        edit = cut(entries, place)
        return (path, edit) if edit else None

    # --- within ---------------------------------------------------------------------------------

    def _node(self, path: Path) -> Any:
        node: Any = self._root
        for step in path:
            node = _entries(node)[_position(node, step)][-1]
        return node

    def _over(self, node: yaml.Node) -> Edit:
        return Edit(self._at(node.start_mark), self._at(node.end_mark))

    def _at(self, mark: Any) -> int:
        return self._starts[int(mark.line)] + int(mark.column)

    def _out_of_brackets(self, entries: Sequence[Sequence[yaml.Node]], place: int) -> Edit | None:
        if place + 1 < len(entries):
            edit = Edit(
                self._over(entries[place][0]).start, self._over(entries[place + 1][0]).start
            )
        else:
            edit = Edit(self._over(entries[place - 1][-1]).end, self._over(entries[place][-1]).end)
        return None if "#" in self.text[edit.start : edit.end] else edit

    def _whole_lines(self, entries: Sequence[Sequence[yaml.Node]], place: int) -> Edit | None:
        entry = entries[place]
        first, last = entry[0].start_mark.line, self._last_line(entry[-1])
        before = self._lines[first][: entry[0].start_mark.column]
        if before.strip() and not _DASH.fullmatch(before):
            return None
        if self._empty(first - 1) and self._empty(last + 1):
            last += 1
        return Edit(self._starts[first], self._starts[min(last + 1, len(self._lines))])

    def _empty(self, line: int) -> bool:
        """Whether a line has nothing; what is before the first and after the last has nothing."""
        return not 0 <= line < len(self._lines) or not self._lines[line].strip()

    def _last_line(self, node: Any) -> int:
        """The line that the last character of a node stands on; the parser looks further."""
        children = () if isinstance(node, yaml.ScalarNode) else _entries(node)
        if children and not getattr(node, "flow_style", False):
            return self._last_line(children[-1][-1])
        first: int = node.start_mark.line
        last: int = node.end_mark.line - (0 if node.end_mark.column else 1)
        while last > first and self._empty(last):
            last -= 1
        return max(first, last)


def _pairs(node: Any) -> Sequence[tuple[yaml.ScalarNode, yaml.Node]]:
    return cast("Sequence[tuple[yaml.ScalarNode, yaml.Node]]", node.value)


def _entries(node: Any) -> Sequence[Sequence[yaml.Node]]:
    """The entries of a collection: pairs of key and value, or items alone."""
    if isinstance(node, yaml.MappingNode):
        return _pairs(node)
    return [(item,) for item in cast("Sequence[yaml.Node]", node.value)]


def _position(node: Any, step: str | int) -> int:
    """Which entry of a collection a step of a path leads to."""
    if isinstance(node, yaml.MappingNode):
        return [key.value for key, _ in _pairs(node)].index(step)
    return int(step)
