"""Turns the name of a catalogue's version into that catalogue: shipped, directory, lock, revision.

Nothing that a version says is trusted: what is malformed is a CatalogueError, with its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aipol.catalogue.files import raw_of_files
from aipol.catalogue.load import Catalogue, CatalogueError, digest, load_catalogue

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
    """The catalogue in a lock."""
    return _of_lock(str(path), path.read_bytes())


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
    return Version(name, Catalogue(raw, digest(texts)), unread)


def _of_lock(shown: str, content: bytes) -> Catalogue:
    from aipol.catalogue.chosen import with_floor
    from aipol.catalogue.lock import LockError
    from aipol.catalogue.sound import usable_lock

    try:
        lock = usable_lock(content)
    except LockError as error:
        raise CatalogueError(f"`{shown}` cannot be used: {error}") from None
    # Compared as it would be compiled with: what ships as protected is protected under any lock.
    return Catalogue(with_floor(lock.content, load_catalogue().content), lock.digest)
