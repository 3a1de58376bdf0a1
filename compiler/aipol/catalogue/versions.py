"""Turns the name of a catalogue's version into that catalogue: shipped, directory, lock, revision.

Nothing that a version says is trusted: what is malformed is a CatalogueError, with its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aipol.catalogue.files import raw_of_files
from aipol.catalogue.load import Catalogue, CatalogueError, load_catalogue
from aipol.catalogue.lock import Lock, LockError
from aipol.catalogue.locked import lock_in, locked_catalogue
from aipol.catalogue.reading import refused
from aipol.catalogue.sound import unsound, usable_lock
from aipol.catalogue.tree import UnreadableError, contents_of
from aipol.language.text import reason

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


def named(text: str) -> Version:
    """The version that `text` names: `shipped`, a directory, a lock, `REV` or `REV:path`."""
    try:
        return _named(text)
    except LockError as error:
        raise CatalogueError(f"`{text}` cannot be used: {error}") from None


def _named(text: str) -> Version:
    if text == SHIPPED:
        return Version(text, load_catalogue())
    if not text or "\0" in text:
        raise CatalogueError("a name cannot be empty or contain a NUL")
    path = Path(text)
    try:
        if path.is_dir():
            return _of_directory(text, path)
        if path.is_file():
            return _of_lock(text, lock_in(text))
        if path.exists():
            raise CatalogueError(f"`{text}` is not a regular file")
    except OSError as error:
        raise CatalogueError(f"`{text}`: {reason(error)}") from None
    return _of_revision(text)


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
        return _of_lock(text, usable_lock(found))
    return _of_files(text, f"{revision}:{place}", found)


def _of_files(name: str, shown: str, texts: dict[str, bytes]) -> Version:
    raw, unread = raw_of_files(shown, texts)
    if why := unsound(raw):
        raise CatalogueError(f"`{shown}` cannot be used: {why}")
    return Version(name, Catalogue(raw), unread)


def _of_lock(name: str, lock: Lock) -> Version:
    # Compared as it would be compiled with.
    return Version(name, locked_catalogue(lock, load_catalogue()))
