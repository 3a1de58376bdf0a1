"""Read JSON strictly: no duplicate key, no unknown key, no wrong type."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from aipol.target import UnreadableArtifact

_MARKER = re.compile(
    r"aipol:v1:(?P<organization>[A-Za-z0-9.-]+):(?P<id>[0-9A-F-]{36}(?:/[a-z]+)?):(?P<digest>[0-9a-f]{64})"
)


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


def check_marker(entry: Mapping[str, Any], organization: str, place: Place) -> str:
    """The stable id in the comment, after checking that its digest is the content's."""
    found = _MARKER.fullmatch(text(entry["Comment"], place.at("Comment")))
    if not found or found["organization"] != organization:
        place.at("Comment").refuse("not our marker")
    rest = {key: value for key, value in entry.items() if key != "Comment"}
    written = json.dumps(rest, separators=(",", ":"), sort_keys=True)
    if hashlib.sha256(written.encode()).hexdigest() != found["digest"]:
        place.at("Comment").refuse("the content is not what the marker was made for")
    return found["id"]


def _unique(pairs: list[tuple[str, Any]], place: Place) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        place.refuse("a key is given twice")
    return found
