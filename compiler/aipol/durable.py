"""Files that are on the disk when they are said to be, in folders that one run at a time writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class OutputError(Exception):
    """The directory cannot be written to; the text says why and what to do."""


def why(error: OSError) -> str:
    """What the system says is wrong, to go on in a sentence."""
    return (error.strerror or "it failed").lower()


def write_file(path: Path, content: bytes) -> None:
    """Write a file, and wait until the disk has it."""
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has a folder's names."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path, busy: str) -> Iterator[None]:
    """Hold a folder, or a file that is there for it, against other runs.

    Raises OutputError with what `busy` says while another one has it.
    """
    if os.name == "nt":
        yield
        return
    import fcntl

    # A file that is written to can be locked on network file systems too.
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(busy) from None
        except OSError as error:
            raise OutputError(f"`{path}` cannot be locked: {why(error)}") from None
        yield
    finally:
        os.close(handle)
