"""Resolve plain scalars the way YAML 1.2 does, and no further."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
# Decimal only, and no leading zero: 0755 and 0o755 mean different numbers to different readers.
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_MOST_DIGITS = 18


class NumberTooLargeError(ValueError):
    """A number that not every reader would keep as it is."""


def resolve(text: str) -> bool | int | float | str | None:
    """The value of an unquoted text; everything that is not plainly something else is text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0].isalpha():
        return text
    if _INTEGER.fullmatch(text):
        if len(text) > _MOST_DIGITS:
            raise NumberTooLargeError
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise NumberTooLargeError
        return number
    return text


def resolve_all(texts: Iterable[str]) -> list[bool | int | float | str | None]:
    """The same for many texts, of which most are names."""
    return [t if t[:1].isalpha() and t not in _WORDS else resolve(t) for t in texts]
