"""Turns a git revision and a path into what lies there, without touching the working tree."""

from __future__ import annotations

import os
import subprocess

from aipol.catalogue.load import CatalogueError
from aipol.catalogue.lock import LIMIT as LOCK_LIMIT
from aipol.language.text import LIMIT

_FILES = frozenset({b"100644", b"100755"})


def files_at(revision: str, path: str) -> bytes | dict[str, bytes]:
    """A file's content, or the contents of a directory's `*.yaml`, by name."""
    commit = _commit(revision)
    if not {".", ".."}.isdisjoint(path.split("/")):
        # Git would count it from where it runs.
        raise CatalogueError(f"`{path}` must count from the top of the repository, without `.`")
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}:{path}")
    if found is None:
        raise CatalogueError(f"`{path}` is not in the revision `{revision}`")
    name = found.decode().strip()
    if _asked("cat-file", "-t", name).strip() == b"blob":
        _bounded(path, int(_asked("cat-file", "-s", name)), LOCK_LIMIT)
        return _asked("cat-file", "blob", name)
    entries = _asked("ls-tree", "-z", "-l", "--full-tree", name).split(b"\0")[:-1]
    wanted: dict[str, bytes] = {}
    for entry in entries:
        head, _, file = entry.partition(b"\t")
        mode, _, blob, size = head.split()
        if file.endswith(b".yaml"):
            shown = file.decode(errors="backslashreplace")
            if mode not in _FILES:
                raise CatalogueError(f"`{shown}` of the revision `{revision}` is no plain file")
            _bounded(shown, int(size), LIMIT)
            wanted[shown] = blob
    return dict(zip(wanted, _contents(tuple(wanted.values())), strict=True))


def _bounded(name: str, size: int, limit: int) -> None:
    if size > limit:
        raise CatalogueError(f"`{name}` has more than {limit} bytes")


def _commit(revision: str) -> str:
    """The commit's own name; a revision that git could take for an option is refused."""
    if not revision or revision.startswith("-") or not revision.isprintable():
        raise CatalogueError(f"`{revision}` is no git revision")
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        raise CatalogueError(
            f"`{revision}` is no directory, no file, and no revision that git knows here"
        )
    return found.decode().strip()


def _contents(blobs: tuple[bytes, ...]) -> list[bytes]:
    """The contents of objects, by one process."""
    answer = _asked("cat-file", "--batch", given=b"".join(blob + b"\n" for blob in blobs))
    found: list[bytes] = []
    for blob in blobs:
        head, _, rest = answer.partition(b"\n")
        if not head.startswith(blob + b" blob "):
            raise CatalogueError(f"git cannot read the object `{blob.decode()}`")
        size = int(head.split()[2])
        found.append(rest[:size])
        answer = rest[size + 1 :]
    return found


def _asked(*arguments: str, given: bytes = b"") -> bytes:
    found = _git(*arguments, given=given)
    if found is None:
        raise CatalogueError(f"`git {' '.join(arguments)}` failed")
    return found


def _git(*arguments: str, given: bytes = b"") -> bytes | None:
    """What git answers; None where it refuses."""
    # A reading verb asks nobody for a password and fetches nothing.
    quiet = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        ran = subprocess.run(
            ["git", "--no-replace-objects", *arguments],
            input=given,
            env={**os.environ, **quiet},
            capture_output=True,
            check=False,
        )
    except OSError:
        raise CatalogueError("git is not installed, so no revision can be read") from None
    return ran.stdout if ran.returncode == 0 else None
