"""Read JSON to plain values, refusing whatever two readers could take differently."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any, NoReturn

from aipol.target import UnreadableArtifact


def read_json(path: str, content: bytes) -> Any:
    """The one value of a JSON text; no key may be given twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise UnreadableArtifact(path, "a key is given twice")
        return found

    def no_constant(name: str) -> NoReturn:
        raise UnreadableArtifact(path, f"{name} is not JSON")

    try:
        text = content.decode("utf-8")
        return json.loads(text, object_pairs_hook=once, parse_constant=no_constant)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise UnreadableArtifact(path, f"not JSON: {fault}") from fault


def fields(path: str, value: Any, what: str, names: Iterable[str]) -> list[Any]:
    """The values of an object that has exactly these keys, in their order."""
    wanted = tuple(names)
    if not isinstance(value, dict) or value.keys() != set(wanted):
        raise UnreadableArtifact(path, f"{what} must have exactly the keys {', '.join(wanted)}")
    return [value[name] for name in wanted]


def items(path: str, value: Any, what: str) -> list[Any]:
    """A list that has something in it."""
    if not isinstance(value, list) or not value:
        raise UnreadableArtifact(path, f"{what} must be a list with something in it")
    return value


def strings(path: str, value: Any, what: str) -> tuple[str, ...]:
    """A list of different strings, none of them empty."""
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise UnreadableArtifact(path, f"{what} must be a list of strings")
    if len(set(value)) != len(value):
        raise UnreadableArtifact(path, f"{what} holds an entry twice")
    return tuple(value)


def text(path: str, value: Any, what: str) -> str:
    """A string with something in it."""
    if not isinstance(value, str) or not value:
        raise UnreadableArtifact(path, f"{what} must be a text")
    return value


def same(path: str, value: Any, what: str, wanted: Any) -> None:
    """Refuse a value that is another, or of another type."""
    if type(value) is not type(wanted) or value != wanted:
        raise UnreadableArtifact(path, f"{what} is {value!r}, which is not accounted for")


def decoded(path: str, value: Any, what: str) -> bytes:
    """The bytes behind base64."""
    try:
        return base64.b64decode(text(path, value, what), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise UnreadableArtifact(path, f"{what} is not base64: {fault}") from fault
