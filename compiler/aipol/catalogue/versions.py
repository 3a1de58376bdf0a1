"""Turns the name of a catalogue's version into that catalogue: shipped, directory, file, revision.

Nothing that a version says is trusted: what is malformed is a CatalogueError, with its place.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aipol.catalogue.files import raw_of_files
from aipol.catalogue.load import Catalogue, CatalogueError, digest, load_catalogue
from aipol.catalogue.reading import PARTS, Fresh, completed
from aipol.catalogue.tree import Where, is_mapping

SHIPPED = "shipped"
PLACE = "policy/catalogue"
"""Where a revision has its catalogue, unless the name says otherwise."""
LOCK_SCHEMA = "aipol.catalogue-lock/1"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the catalogue, under the name that it was asked for by."""

    name: str
    catalogue: Catalogue
    unread: tuple[str, ...] = ()
    """Files that its own index does not know, so that nothing was taken from them."""


def version(text: str) -> Catalogue:
    """The catalogue that `text` names."""
    return named(text).catalogue


def named(text: str) -> Version:
    """The version that `text` names: `shipped`, a directory, a file, `REV` or `REV:path`."""
    if text == SHIPPED:
        return Version(text, load_catalogue())
    if "\0" in text:
        raise CatalogueError("a name cannot contain a NUL")
    path = Path(text)
    try:
        if path.is_dir():
            texts = {found.name: found.read_bytes() for found in sorted(path.glob("*.yaml"))}
            return _of_files(text, text.rstrip("/"), texts)
        if path.is_file():
            return Version(text, read_file(path))
    except OSError as error:
        raise CatalogueError(f"`{text}`: {error.strerror or error}") from None
    return _of_revision(text)


def read_file(path: Path) -> Catalogue:
    """The catalogue in one file: the derived form, or a lock."""
    return _of_json(str(path), path.read_bytes())


def _of_revision(text: str) -> Version:
    from aipol.catalogue.revision import files_at

    revision, _, path = text.partition(":")
    place = path.strip("/") or PLACE
    found = files_at(revision, place)
    if isinstance(found, bytes):
        return Version(text, _of_json(text, found))
    return _of_files(text, f"{revision}:{place}", found)


def _of_files(name: str, shown: str, texts: dict[str, bytes]) -> Version:
    raw, unread = raw_of_files(shown, texts)
    return Version(name, Catalogue(raw, digest(texts)), unread)


def _of_json(shown: str, content: bytes) -> Catalogue:
    try:
        form = json.loads(content, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else error
        raise CatalogueError(f"{shown}:1: not the JSON of a catalogue: {why}") from None
    if not is_mapping(form) or "apps" not in form:
        raise CatalogueError(f"{shown}:1: not the JSON of a catalogue: it has no `apps`")
    if form.get("schema", LOCK_SCHEMA) != LOCK_SCHEMA:
        raise CatalogueError(
            f"{shown}:1: the schema is not `{LOCK_SCHEMA}`, which this version of aipol reads"
        )

    def say(where: Where, message: str) -> str:
        # JSON keeps no lines, so the way to the place has to do.
        return f"{shown}: {'.'.join(map(str, where))}: {message}"

    raw = completed(Fresh({part: form.get(part) for part in PARTS}, say, lambda _: True))
    return Catalogue(raw, hashlib.sha256(content).hexdigest())


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key `{twice}` stands there twice")
    return found
