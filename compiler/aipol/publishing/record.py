"""Turns what was published into the two files that remember it, and back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aipol.durable import OutputError
from aipol.target import Form

RECORD = ".aipol-publish.json"
"""In the directory itself: what aipol has published there, and what was there before."""
STATE = ".aipol-publish"
"""The folder for what only aipol needs: earlier contents, the lock, a publish under way."""
SCHEMA = "aipol.published/1"
PENDING_SCHEMA = "aipol.publishing/1"
PENDING = f"{STATE}/pending.json"
KEPT = f"{STATE}/kept"
LOCK = f"{STATE}/lock"
_DIGEST = re.compile(r"[0-9a-f]{64}")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one published file; `entries` is 0 where it is no list."""

    sha256: str
    size: int
    form: Form
    entries: int


Files = Mapping[str, Entry]
"""Files by their path below the directory."""


def lines_of(content: bytes) -> frozenset[bytes]:
    """The entries of a list."""
    stripped = (line.strip() for line in content.split(b"\n"))
    return frozenset(line for line in stripped if line and not line.startswith(b"#"))


def entry_of(content: bytes, form: Form) -> Entry:
    """What is to be known of a file with this content."""
    entries = len(lines_of(content)) if form is Form.LIST else 0
    return Entry(hashlib.sha256(content).hexdigest(), len(content), form, entries)


@dataclass(frozen=True, slots=True)
class Published:
    """One whole set of files, whose it is, and the day whose policy it carries out."""

    organization: str = ""
    as_of: str = ""
    files: Files = field(default_factory=dict[str, Entry])


NOTHING = Published()


@dataclass(frozen=True, slots=True)
class Record:
    """What devices are given, and what they were given before; `stamp` is when, in seconds."""

    current: Published = NOTHING
    previous: Published | None = None
    stamp: int = 0


@dataclass(frozen=True, slots=True)
class Pending:
    """A publish under way, or one that was cut short; `digests` are those it may have left."""

    digests: Mapping[str, frozenset[str]]
    restoring: bool
    stamp: int


def record_bytes(record: Record) -> bytes:
    """The record as it is written."""
    previous = record.previous
    return _bytes(
        {
            "schema": SCHEMA,
            "stamp": record.stamp,
            "current": _published_json(record.current),
            "previous": None if previous is None else _published_json(previous),
        }
    )


def pending_bytes(pending: Pending) -> bytes:
    """The same for a publish under way."""
    digests = {path: sorted(found) for path, found in sorted(pending.digests.items())}
    body = {"restoring": pending.restoring, "stamp": pending.stamp, "digests": digests}
    return _bytes({"schema": PENDING_SCHEMA, **body})


def record_in(content: bytes, name: str) -> Record:
    """What was published, as the record at `name` says. Raises OutputError for what is none."""
    return _read(content, name, SCHEMA, _record)


def pending_in(content: bytes, name: str) -> Pending:
    """What has not come to its end, as the note at `name` says. Raises OutputError likewise."""
    return _read(content, name, PENDING_SCHEMA, _pending)


def _read(content: bytes, name: str, schema: str, build: Callable[[Any], T]) -> T:
    try:
        raw = json.loads(content)
        if raw["schema"] != schema:
            raise OutputError(f"`{name}` has the schema `{raw['schema']}`, not `{schema}`")
        return build(raw)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise OutputError(
            f"`{name}` is not what aipol wrote; put it back, or publish into an empty place"
        ) from None


def _record(raw: Any) -> Record:
    previous = None if raw["previous"] is None else _published(raw["previous"])
    return Record(_published(raw["current"]), previous, int(raw["stamp"]))


def _pending(raw: Any) -> Pending:
    digests = {
        _plain(path): frozenset(str(each) for each in found)
        for path, found in raw["digests"].items()
    }
    return Pending(digests, bool(raw["restoring"]), int(raw["stamp"]))


def _published(raw: Any) -> Published:
    files = {
        _plain(path): Entry(
            _digest(each["sha256"]), int(each["size"]), Form(each["form"]), int(each["entries"])
        )
        for path, each in raw["files"].items()
    }
    return Published(str(raw["organization"]), str(raw["as_of"]), files)


def _plain(path: str) -> str:
    """A path that stays below the directory: what a record names may be replaced and removed."""
    parts = path.split("/")
    odd = any(part in {"", ".", ".."} or part.startswith(".aipol") for part in parts)
    if len(parts) == 1 or odd or not path.isprintable():
        raise ValueError(path)
    return path


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise ValueError(text)
    return text


def _published_json(found: Published) -> dict[str, Any]:
    return {
        "organization": found.organization,
        "as_of": found.as_of,
        "files": {
            path: {
                "sha256": each.sha256,
                "size": each.size,
                "form": each.form.value,
                "entries": each.entries,
            }
            for path, each in sorted(found.files.items())
        },
    }


def _bytes(value: Any) -> bytes:
    return f"{json.dumps(value, indent=1, ensure_ascii=False)}\n".encode()
