"""Turns a catalogue's content into the lock that a policy keeps of it, and back."""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from typing import Any

from aipol.catalogue.load import content_digest
from aipol.catalogue.tree import is_list, is_mapping
from aipol.language.text import read_bytes
from aipol.language.words import clip

SCHEMA = "aipol.catalogue-lock/1"
LIMIT = 32_000_000
_HEAD = ("schema", "aipol", "seen")

Content = dict[str, Any]
"""Everything a catalogue says, by section: `apps`, `index`, `vendors`, `protected`, ..."""


class LockError(Exception):
    """A lock that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Lock:
    """One version of the catalogue as a whole, and which aipol it came with."""

    aipol: str
    seen: str
    digest: str
    """Its catalogue's; that in the file covers, besides, which aipol the catalogue came with."""
    content: Content


def lock_of(content: Content, version: str) -> Lock:
    """The lock of a catalogue that came with this version of aipol."""
    return Lock(version, str(content["index"]["seen"]), content_digest(content), content)


def lock_bytes(lock: Lock) -> bytes:
    """The lock as it is written: one app, vendor or host a line, for the sake of `git diff`."""
    head = {"schema": SCHEMA, "aipol": lock.aipol, "seen": lock.seen}
    head["digest"] = content_digest({**head, **lock.content})
    parts = [f"{_one_line(key)}: {_one_line(value)}" for key, value in head.items()]
    parts += [f"{_one_line(name)}: {_lines(lock.content[name])}" for name in sorted(lock.content)]
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def read_lock(content: bytes) -> Lock:
    """The lock in `content`, as it was written by any version of aipol. Raises LockError."""
    found = _mapping(content)
    if found.get("schema") != SCHEMA:
        other = f"its schema is `{clip(str(found['schema']))}`" if "schema" in found else ""
        raise LockError(f"{other}, not `{SCHEMA}`" if other else _NO)
    digest = found.pop("digest", None)
    if not all(isinstance(value, str) for value in (digest, *map(found.get, _HEAD))):
        raise LockError(_NO)
    # The digest is of everything but itself: what a lock says of its origin is not to be edited.
    if content_digest(found) != digest:
        raise LockError("it was changed after it was written: its digest is of other content")
    _, aipol, seen = (str(found.pop(name)) for name in _HEAD)
    return Lock(aipol, seen, content_digest(found), found)


def looks_like_a_lock(file: str, root: str = "") -> bool:
    """Whether a file was a lock, whatever became of it: a merge that git left open, an edit."""
    try:
        return b'"aipol.catalogue-lock/' in read_bytes(file, LIMIT, root)
    except (OSError, ValueError, OverflowError):
        return False


_NO = "it is not a lock of the catalogue"


def _mapping(content: bytes) -> Content:
    # As it was written, and not in whatever encoding a reader of JSON would guess.
    if content.startswith(codecs.BOM_UTF8):
        raise LockError(f"{_NO} as aipol wrote it: it begins with a byte order mark")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise LockError(f"{_NO} as aipol wrote it: it is not UTF-8") from None
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise LockError(_NO) from None
    if not is_mapping(found):
        raise LockError(_NO)
    return found


def _once(pairs: list[tuple[str, Any]]) -> Content:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Whoever reviews the file would see the first, whoever compiles takes the last.
        raise LockError("it gives a key twice")
    return found


def _no_constant(word: str) -> Any:
    raise LockError(f"it has the number `{word}`")


def _lines(section: Any) -> str:
    if is_mapping(section) and section:
        entries = (f"{_one_line(key)}: {_entry(section[key])}" for key in sorted(section))
        return "{\n" + ",\n".join(entries) + "\n}"
    return _entry(section)


def _entry(value: Any) -> str:
    """A list of rows with one of them a line; anything else as one line."""
    if is_list(value) and any(is_mapping(row) for row in value):
        return "[\n" + ",\n".join(map(_one_line, value)) + "\n]"
    return _one_line(value)


def _one_line(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
