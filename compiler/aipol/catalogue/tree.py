"""Turns a YAML text into plain values that remember the line they came from."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from aipol.language.text import LIMIT, forbidden_characters, read_bytes, reason
from aipol.language.words import clip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import yaml

    from aipol.source import Span

Where = tuple[str | int, ...]
Place = tuple[int, int, int]
"""Line and column, from 1, and the width in characters."""
_TOP: Place = (1, 1, 1)
LONGEST_TEXT = 1024
_LONGEST_MESSAGE = 300


HIDES = "has a character that cannot be seen or changes the direction of the text"


def unseen(text: str) -> bool:
    """Whether a text holds what nobody who reads it would see."""
    if text.isprintable():
        return False
    from aipol.language.types import no_control

    try:
        text.encode()
        no_control(text.strip())
    except ValueError:
        return True
    return False


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
class Complaint:
    """One thing that is wrong with a row, an app or a file."""

    where: Where
    why: str
    hint: str = ""
    of_key: bool = False
    """Whether the key is wrong, and not what it holds."""

    @property
    def sentence(self) -> str:
        """All of it, for a reader who gets one line."""
        return f"{self.why}: {self.hint}" if self.hint else self.why


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
        # What quotes a value is as long as the value.
        return Fault(self.file, line, clip(message, _LONGEST_MESSAGE), column, width)

    def told(self, complaints: Iterable[Complaint]) -> Iterator[Fault]:
        """The same of what is wrong by itself."""
        return (self.fault(each.where, each.sentence) for each in complaints)


def read(path: Path) -> Document:
    """The document in `path`; a text that is no YAML gives a fault and the value None."""
    try:
        return parse(path.name, contents_of(path))
    except UnreadableError as error:
        return Document(path.name, None, {}, (Fault(path.name, 1, f"cannot be read: {error}"),))


class UnreadableError(Exception):
    """A file of a catalogue cannot be read; the text says why."""


def contents_of(path: Path) -> bytes:
    """The bytes of a catalogue's file: a regular one, of a size that people write."""
    try:
        return read_bytes(str(path))
    except OverflowError:
        raise UnreadableError(f"it has more than {LIMIT} bytes") from None
    except (OSError, ValueError) as error:
        raise UnreadableError(reason(error)) from None


def parse(file: str, content: bytes) -> Document:
    """The document that `content` is; what is no YAML gives a fault and the value None."""
    import yaml

    walk = _Walk(file)
    try:
        text = content.removeprefix(BOM_UTF8).decode()
        hidden = forbidden_characters(file, text)
        if hidden:
            return _refused(file, *(_placed(each.span, each.message) for each in hidden))
        deep = _too_deep(text)
        root = None if deep else yaml.compose(text, Loader=_loader())
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        return _refused(file, (*place, "not UTF-8 text"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = " ".join(str(getattr(error, "problem", None) or error).split())
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return _refused(file, (line, column, f"not YAML: {why}"))
    if deep:
        return _refused(file, (deep, 1, f"nested more than {_DEEPEST} levels deep"))
    value = None if root is None else walk.plain(root, ())
    return Document(file, value, walk.places, tuple(dict.fromkeys(walk.faults)))


def _refused(file: str, *faults: tuple[int, int, str]) -> Document:
    found = (Fault(file, line, message, column) for line, column, message in faults)
    return Document(file, None, {}, tuple(found))


def _placed(span: Span, message: str) -> tuple[int, int, str]:
    return span.line, span.column, message


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
            key = self._key(key_node)
            if key is None:
                continue
            if key in found:
                self._fault(key_node, f"duplicate key `{clip(key)}`")
            self.places[*where, key] = _place(key_node)
            found[key] = self.plain(value_node, (*where, key))
        return found

    def _key(self, node: yaml.Node) -> str | None:
        import yaml

        if not isinstance(node, yaml.ScalarNode):
            self._fault(node, "a key must be text, not a list or a mapping")
            return None
        return self._text(node, str(node.value))

    def _text(self, node: yaml.Node, text: str) -> str:
        """The text, said to be wrong where nobody could read it or would read it to its end."""
        if unseen(text):
            self._fault(node, f"the text {HIDES}")
        if len(text) > LONGEST_TEXT:
            self._fault(node, f"the text has more than {LONGEST_TEXT} characters")
        return text

    def _scalar(self, node: yaml.Node) -> Any:
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "str":
                return self._text(node, str(node.value))
            case "bool":
                return str(node.value).lower() in {"true", "yes", "on"}
            case "int" if node.value.isdecimal() and len(node.value) <= _DIGITS:
                # YAML's integers have other bases, underscores and any length; a count has not.
                return int(node.value)
            case "timestamp" | "float":
                # `2026-08` is a string to YAML, `2026-08-01` is not; dates stay text here.
                return self._text(node, str(node.value))
            case other:
                self._fault(
                    node, f"`{clip(str(node.value))}` is of the type {clip(other)}, not text"
                )
                return None


_DIGITS = 9


def _place(node: yaml.Node) -> Place:
    start, end = node.start_mark, node.end_mark
    width = end.column - start.column if end.line == start.line else 1
    return start.line + 1, start.column + 1, max(width, 1)
