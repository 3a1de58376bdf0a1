"""Turns a YAML text into plain values that remember the line they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from pathlib import Path

    import yaml

Where = tuple[str | int, ...]
Place = tuple[int, int, int]
"""Line and column, from 1, and the width in characters."""
_TOP: Place = (1, 1, 1)


def is_mapping(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether YAML said a mapping; its keys are texts, `read` saw to that."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether YAML said a list."""
    return isinstance(value, list)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with the catalogue, and where."""

    file: str
    line: int
    message: str
    column: int = 1
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its value, the place of every key and item, and the faults of its text."""

    file: str
    value: Any
    places: dict[Where, Place]
    faults: tuple[Fault, ...]

    def fault(self, where: Where, message: str) -> Fault:
        """A fault at the nearest place that is known."""
        while where and where not in self.places:
            where = where[:-1]
        line, column, width = self.places.get(where, _TOP)
        return Fault(self.file, line, message, column, width)


def read(path: Path) -> Document:
    """The document in `path`; a text that is no YAML gives a fault and the value None."""
    try:
        return parse(path.name, path.read_bytes())
    except OSError as error:
        fault = Fault(path.name, 1, f"cannot be read: {error.strerror or error}")
        return Document(path.name, None, {}, (fault,))


def parse(file: str, content: bytes) -> Document:
    """The document that `content` is; what is no YAML gives a fault and the value None."""
    import yaml

    walk = _Walk(file)
    try:
        text = content.decode()
        deep = _too_deep(text)
        root = None if deep else yaml.compose(text, Loader=_loader())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Document(file, None, {}, (Fault(file, line, "not UTF-8 text"),))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = " ".join(str(getattr(error, "problem", None) or error).split())
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Document(file, None, {}, (Fault(file, line, f"not YAML: {why}", column),))
    if deep:
        fault = Fault(file, deep, f"nested more than {_DEEPEST} levels deep")
        return Document(file, None, {}, (fault,))
    value = None if root is None else walk.plain(root, ())
    return Document(file, value, walk.places, tuple(walk.faults))


def _loader() -> type[yaml.SafeLoader]:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_DEEPEST = 20


def _too_deep(text: str) -> int:
    """The line where the nesting becomes too deep, 0 where it never does.

    The C composer recurses without a limit and takes the interpreter down with it.
    """
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=_loader()):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                return event.start_mark.line + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return 0


class _Walk:
    """One pass over a file's nodes; SafeLoader alone would take a duplicate key's last value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Where, Place] = {}
        self.faults: list[Fault] = []
        self.visited: set[int] = set()

    def plain(self, node: yaml.Node, where: Where) -> Any:
        import yaml

        self.places.setdefault(where, _place(node))
        if id(node) in self.visited:
            self._fault(node, "an alias is not allowed in the catalogue")
            return None
        self.visited.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*where, number)) for number, child in enumerate(node.value)]
        return self._scalar(node)

    def _fault(self, node: yaml.Node, message: str) -> None:
        line, column, width = _place(node)
        self.faults.append(Fault(self.file, line, message, column, width))

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                self._fault(key_node, f"duplicate key `{key}`")
            self.places[*where, key] = _place(key_node)
            found[key] = self.plain(value_node, (*where, key))
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "str":
                return node.value
            case "bool":
                return str(node.value).lower() in {"true", "yes", "on"}
            case "int" if node.value.isdecimal() and len(node.value) <= _DIGITS:
                # YAML's integers have other bases, underscores and any length; a count has not.
                return int(node.value)
            case "timestamp" | "float":
                # `2026-08` is a string to YAML, `2026-08-01` is not; dates stay text here.
                return str(node.value)
            case other:
                self._fault(node, f"`{node.value}` is of the type {other}, not text")
                return None


_DIGITS = 9


def _place(node: yaml.Node) -> Place:
    start, end = node.start_mark, node.end_mark
    width = end.column - start.column if end.line == start.line else 1
    return start.line + 1, start.column + 1, max(width, 1)
