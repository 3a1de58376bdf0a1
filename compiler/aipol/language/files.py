"""Names of files as a document says them: relative to itself."""

from __future__ import annotations

import posixpath
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aipol.language.document import Document


def named_by(document: Document, name: str) -> str:
    """The file that `document` means by `name`: names are relative to the file that says them."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(document.file), name))


def is_absolute(name: str) -> bool:
    """Whether a name starts at a root, on this system or another."""
    return posixpath.isabs(name) or PureWindowsPath(name).is_absolute()


def as_written(hint: str, child: str) -> str:
    """A hint that names a file, as `child` must write the name: relative to itself."""
    before, tick, rest = hint.partition("`")
    guess, closing, after = rest.partition("`")
    if not closing or posixpath.isabs(guess) != posixpath.isabs(child):
        return hint
    below = posixpath.relpath(guess, posixpath.dirname(child) or ".")
    return f"{before}{tick}{below}{closing}{after} The path is relative to this file"
