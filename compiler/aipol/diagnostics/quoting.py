"""Show text that a stranger wrote without letting it act on the reader's terminal."""

from __future__ import annotations

import unicodedata

_ELLIPSIS = "…"


def printable(text: str) -> str:
    """`text` with every character that is not itself visible written as an escape."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")


def entities(text: str) -> str:
    """`text` with every mark as a reference: whatever dialect of Markdown renders it, none of them
    is markup, mentions anybody or refers to an issue there.
    """
    return "".join(map(_entity, printable(text)))


def _entity(char: str) -> str:
    if char.isalnum() or char in " -_/,;'" or not char.isascii():
        return char
    # GitHub looks for mentions and references after references to characters are gone
    # (openjdk/skara#1548, github/cmark-gfm#181); an empty comment keeps the mark from its name.
    return f"&#{ord(char)};{'<!-- -->' if char in '@#' else ''}"


def columns(text: str) -> int:
    """How many columns of a terminal `text` fills."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def window(line: str, start: int, width: int, room: int) -> tuple[str, int, int]:
    """The part of `line` around `width` characters from `start` that fits into `room` characters.

    The answer is the part, made printable, with the columns before the mark and those under it.
    """
    start = min(start, len(line))
    first = 0
    if len(line) > room:
        first = max(0, min(start - room // 3, len(line) - room))
    last = min(len(line), first + room)
    before, marked = line[first:start], line[start : min(start + width, last)]
    head = _ELLIPSIS if first else ""
    tail = _ELLIPSIS if last < len(line) else ""
    shown = f"{head}{printable(line[first:last])}{tail}"
    return shown, columns(head + printable(before)), max(1, columns(printable(marked)))
