"""Turns a YAML text into plain values that remember the line they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from pathlib import Path

    import yaml

Where = tuple[str | int, ...]
_DIGITS = 9


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

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its value, the line of every key and item, and the faults of its text."""

    file: str
    value: Any
    lines: dict[Where, int]
    faults: tuple[Fault, ...]

    def fault(self, where: Where, message: str) -> Fault:
        """A fault at the nearest place that has a line."""
        while where and where not in self.lines:
            where = where[:-1]
        return Fault(self.file, self.lines.get(where, 1), message)


def read(path: Path) -> Document:
    """The document in `path`; a text that is no YAML gives a fault and the value None."""
    return parse(path.name, path.read_bytes())


def parse(file: str, content: bytes) -> Document:
    """The document that `content` is; what is no YAML gives a fault and the value None."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    walk = _Walk(file)
    try:
        root = yaml.compose(content.decode(), Loader=loader)
        value = None if root is None else walk.plain(root, ())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Document(file, None, {}, (Fault(file, line, "not UTF-8 text"),))
    except RecursionError:
        return Document(file, None, {}, (Fault(file, 1, "nested too deeply"),))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = " ".join(str(getattr(error, "problem", error)).split())
        fault = Fault(file, mark.line + 1 if mark else 1, f"not YAML: {why}")
        return Document(file, None, {}, (fault,))
    return Document(file, value, walk.lines, tuple(walk.faults))


class _Walk:
    """One pass over a file's nodes; SafeLoader alone would take a duplicate key's last value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Where, int] = {}
        self.faults: list[Fault] = []
        self.visited: set[int] = set()

    def plain(self, node: yaml.Node, where: Where) -> Any:
        import yaml

        line = node.start_mark.line + 1
        self.lines.setdefault(where, line)
        if id(node) in self.visited:
            self.faults.append(Fault(self.file, line, "an alias is not allowed in the catalogue"))
            return None
        self.visited.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*where, number)) for number, child in enumerate(node.value)]
        return self._scalar(node, line)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in found:
                self.faults.append(Fault(self.file, line, f"duplicate key `{key}`"))
            self.lines[*where, key] = line
            found[key] = self.plain(value_node, (*where, key))
        return found

    def _scalar(self, node: yaml.Node, line: int) -> Any:
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "str":
                return node.value
            case "bool":
                return str(node.value).lower() in {"true", "yes", "on"}
            case "int" if node.value.isdecimal() and len(node.value) <= _DIGITS:
                return int(node.value)
            case "timestamp" | "float":
                # `2026-08` is a string to YAML, `2026-08-01` is not; dates stay text here.
                return str(node.value)
            case other:
                self.faults.append(
                    Fault(self.file, line, f"`{node.value}` is of the type {other}, not text")
                )
                return None
