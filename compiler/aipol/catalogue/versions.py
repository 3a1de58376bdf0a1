"""Turns the name of a catalogue's version into that catalogue: shipped, directory, lock, revision.

Nothing that a version says is trusted: what is malformed is a CatalogueError, with its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aipol.catalogue.files import raw_of_files
from aipol.catalogue.load import Catalogue, CatalogueError, digest, load_catalogue
from aipol.catalogue.lock import LIMIT, LockError
from aipol.catalogue.reading import refused
from aipol.catalogue.sound import unsound, usable_lock
from aipol.catalogue.tree import UnreadableError, contents_of
from aipol.language.text import read_bytes, reason

SHIPPED = "shipped"
PLACE = "policy/catalogue"
"""Where a revision has its catalogue, unless the name says otherwise."""


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
    """The version that `text` names: `shipped`, a directory, a lock, `REV` or `REV:path`."""
    if text == SHIPPED:
        return Version(text, load_catalogue())
    if not text or "\0" in text:
        raise CatalogueError("a name cannot be empty or contain a NUL")
    path = Path(text)
    try:
        if path.is_dir():
            return _of_directory(text, path)
        if path.is_file():
            return Version(text, read_file(path))
        if path.exists():
            raise CatalogueError(f"`{text}` is not a regular file")
    except OSError as error:
        raise CatalogueError(f"`{text}`: {reason(error)}") from None
    return _of_revision(text)


def read_file(path: Path) -> Catalogue:
    """The catalogue in a lock."""
    try:
        return _of_lock(str(path), read_bytes(str(path), LIMIT))
    except OverflowError:
        raise CatalogueError(f"`{path}` has more than {LIMIT} bytes") from None
    except ValueError as error:
        raise CatalogueError(f"`{path}`: {reason(error)}") from None


def _of_directory(name: str, path: Path) -> Version:
    shown = name.rstrip("/")
    texts: dict[str, bytes] = {}
    faults: list[str] = []
    for found in sorted(path.glob("*.yaml")):
        try:
            texts[found.name] = contents_of(found)
        except UnreadableError as error:
            faults.append(f"{shown}/{found.name}:1:1: cannot be read: {error}")
    if faults:
        raise refused(faults)
    return _of_files(name, shown, texts)


def _of_revision(text: str) -> Version:
    from aipol.catalogue.revision import files_at

    revision, _, path = text.partition(":")
    place = path.strip("/") or PLACE
    found = files_at(revision, place)
    if isinstance(found, bytes):
        return Version(text, _of_lock(text, found))
    return _of_files(text, f"{revision}:{place}", found)


def _of_files(name: str, shown: str, texts: dict[str, bytes]) -> Version:
    raw, unread = raw_of_files(shown, texts)
    if why := unsound(raw):
        raise CatalogueError(f"`{shown}` cannot be used: {why}")
    return Version(name, Catalogue(raw, digest(texts)), unread)


def _of_lock(shown: str, content: bytes) -> Catalogue:
    from aipol.catalogue.chosen import with_floor

    try:
        lock = usable_lock(content)
    except LockError as error:
        raise CatalogueError(f"`{shown}` cannot be used: {error}") from None
    # Compared as it would be compiled with: what ships as protected is protected under any lock.
    return Catalogue(with_floor(lock.content, load_catalogue().content), lock.digest)
