"""Turns bytes into JSON, strictly, and takes objects apart field by field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Files


def parse(content: bytes, path: str) -> Any:
    """ASCII lines of JSON without repeated keys. Raises UnreadableArtifact."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            refuse(path, "a key is given twice")
        return dict(pairs)

    def no_constant(name: str) -> NoReturn:
        refuse(path, f"{name} is not JSON")

    try:
        text = content.decode("ascii")
        found = json.loads(text, object_pairs_hook=once, parse_constant=no_constant)
    except (ValueError, RecursionError) as fault:
        refuse(path, f"not JSON: {fault}")
    return found


def json_of(files: Files, path: str, *, named_in: str) -> Any:
    """The value in a file that another file names. Raises UnreadableArtifact."""
    if path not in files.contents:
        refuse(named_in, f"names {path}, which does not exist")
    return parse(files.whole(path), path)


def refuse(path: str, why: str) -> NoReturn:
    """Give up on a file."""
    raise UnreadableArtifact(path, why)


def fields(path: str, found: Any, wanted: Iterable[str], optional: Iterable[str] = ()) -> Any:
    """An object with exactly these keys; those that are `optional` may be missing."""
    needed = set(wanted)
    if not isinstance(found, dict) or not needed <= found.keys() <= {*needed, *optional}:
        refuse(path, f"lacks a key, or has one that is not accounted for: {str(found)[:80]}")
    return found


def fixed(where: str, found: Any, /, **values: object) -> None:
    """Refuse a field with another value than the one that is accounted for."""
    for name, value in values.items():
        if found[name] != value or type(found[name]) is not type(value):
            refuse(where, f"`{name}` is not {value!r}")


def texts(path: str, found: Any, name: str) -> tuple[str, ...]:
    """A list of different texts that is not empty."""
    listed = found[name]
    if not isinstance(listed, list) or not listed or not all(isinstance(x, str) for x in listed):
        refuse(path, f"`{name}` is not a list of texts")
    if len(set(listed)) != len(listed):
        refuse(path, f"`{name}` has a text twice")
    return tuple(listed)


def integer(path: str, found: Any, name: str) -> int:
    """A whole number that is no truth value."""
    value = found[name]
    if type(value) is not int:
        refuse(path, f"`{name}` is not a number")
    return value
