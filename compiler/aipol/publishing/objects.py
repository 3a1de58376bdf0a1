"""What a store of objects has to offer that is published into: reads, and writes on a condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

# Two requests met, or a condition did not hold.
_CONFLICTS = (409, 412)


class StoreError(Exception):
    """A store did not do what it was asked; the text says what it said, and never a secret."""


class Changed(StoreError):
    """What was to be replaced or removed is not what it was, or what was to be new is there."""


class Missing(StoreError):
    """There is no such object."""


@contextmanager
def replacing() -> Iterator[None]:
    """That what was to be replaced or removed is gone, as a change of it."""
    try:
        yield
    except Missing as error:
        raise Changed(str(error)) from None


def refusal(status: object, text: str, *, missing: bool) -> StoreError:
    """What an answer over HTTP means; `missing` where it is of an object that is not there."""
    if status in _CONFLICTS:
        return Changed(text)
    return Missing(text) if missing else StoreError(text)


@dataclass(frozen=True, slots=True)
class Found:
    """An object; its tag is another one whenever it was written."""

    content: bytes
    tag: str


class Objects(Protocol):
    """The objects below one prefix of a store. Every method may raise StoreError."""

    def get(self, path: str) -> Found | None:
        """An object, if there is one. What was written last is what is read."""
        ...

    def put(self, path: str, content: bytes, tag: str) -> str:
        """Write an object that has the tag, or where that is empty is not there; its new tag.

        Raises Changed where it has another. It is seen as a whole or not at all.
        """
        ...

    def remove(self, path: str, tag: str) -> None:
        """Remove an object that has the tag. Raises Changed where it has another, or is gone."""
        ...

    def below(self, folder: str) -> Iterable[str]:
        """The paths of all objects in a folder."""
        ...


# What a server would say of a file of that name; devices ask for PAC files by their type.
_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".pac": "application/x-ns-proxy-autoconfig",
    ".txt": "text/plain; charset=utf-8",
}


def type_of(path: str) -> str:
    """What a file is served as."""
    name = path.rpartition("/")[2]
    return _TYPES.get(f".{name.rpartition('.')[2]}", "application/octet-stream")


def needed(module: str, package: str, extra: str) -> ModuleType:
    """A library that an extra brings. Raises StoreError with what installs it."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        raise StoreError(
            f"this needs {package}: in a clone of aipol, pip install '.[{extra}]'"
        ) from None


def only_secure(address: str) -> None:
    """Raises StoreError for an address that secrets must not go to: neither TLS nor loopback."""
    from urllib.parse import urlsplit

    from aipol.secret import is_this_machine

    parts = urlsplit(address)
    local = is_this_machine(parts.hostname or "")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise StoreError(f"`{address}` is not https://, and credentials go there")
