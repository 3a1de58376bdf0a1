"""Read JSON strictly: no duplicate key, no unknown key, no wrong type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from aipol.remote import Mark, mark_in
from aipol.target import UnreadableArtifact

_KEY = re.compile(r"(?P<organization>[A-Za-z0-9.-]+)/[a-z0-9._-]{1,38}/[0-9a-f]{12}(/[a-z]+)?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, for messages."""

    file: str
    path: str = ""

    def at(self, step: str | int) -> Place:
        """The value below."""
        below = f"[{step}]" if isinstance(step, int) else f".{step}"
        return Place(self.file, f"{self.path}{below}")

    def refuse(self, why: str) -> NoReturn:
        """Give up on the file."""
        raise UnreadableArtifact(self.file, f"{self.path.lstrip('.')}: {why}" if self.path else why)


def parse(text: bytes | str, place: Place) -> Any:
    """JSON without duplicate keys and without numbers JSON does not have."""
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        return json.loads(
            decoded,
            object_pairs_hook=lambda pairs: _unique(pairs, place),
            parse_constant=lambda name: place.refuse(f"`{name}` is not JSON"),
        )
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        place.refuse(f"not JSON: {error}")


def mapping(
    value: Any, place: Place, required: frozenset[str], optional: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """An object with exactly these keys."""
    found = any_mapping(value, place)
    missing = sorted(required - found.keys())
    unknown = sorted(found.keys() - required - optional)
    if missing or unknown:
        place.refuse(f"lacks {missing}, does not know {unknown}")
    return found


def any_mapping(value: Any, place: Place) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        place.refuse("not an object")
    return value


def items(value: Any, place: Place) -> list[Any]:
    """An array that holds something."""
    if not isinstance(value, list) or not value:
        place.refuse("not an array, or an empty one")
    return value


def text(value: Any, place: Place) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        place.refuse("not a text")
    return value


def same(value: Any, expected: object, place: Place) -> None:
    """Exactly this value."""
    if value != expected or type(value) is not type(expected):
        place.refuse(f"is {value!r}, not {expected!r}")


def mark_of(entry: Mapping[str, Any], organization: str, place: Place) -> Mark:
    """The mark in the comment: a whole one, of the organisation."""
    comment = text(entry["Comment"], place.at("Comment"))
    mark = mark_in(comment)
    found = _KEY.fullmatch(mark.key) if mark else None
    if not mark or not found or found["organization"] != organization or comment != str(mark):
        place.at("Comment").refuse("not our mark")
    return mark


def check_mark(mark: Mark, made: Mark, place: Place) -> None:
    """A mark is the one that is made for the content."""
    if mark != made:
        place.at("Comment").refuse("the content is not what the mark was made for")


def _unique(pairs: list[tuple[str, Any]], place: Place) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        place.refuse("a key is given twice")
    return found
