"""Read a file into text, or say why it cannot be."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection
from pathlib import Path

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.words import near
from aipol.source import Span, whole_file

LIMIT = 8_000_000
_USUAL = ("ai-usage.yaml", "policy/ai-usage.yaml")
_SUFFIXES = {".yaml", ".yml"}
_UTF8_BOM = b"\xef\xbb\xbf"
_FOREIGN = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
# What YAML forbids, and what makes a reviewer see other text than the compiler reads.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_NO_BLOCK = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_text(
    file: str, apart: Collection[str] = frozenset(), root: str = ""
) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of `file`, as far as it can be shown, with what is wrong with it.

    The files of `apart` are not what a name that leads nowhere was meant to be.
    """
    try:
        data = read_bytes(file, root=root)
    except OutsideError as error:
        return "", (unreadable(file, str(error)),)
    except OverflowError:
        hint = "a policy is written by people; is this the right file?"
        return "", (codes.FILE_TOO_LARGE.at(whole_file(file), file=file, limit=LIMIT, hint=hint),)
    except (OSError, ValueError) as error:
        return "", (unreadable(file, reason(error), hint=_similar_files(file, apart)),)
    return decoded(file, data)


def unreadable(file: str, why: str, *, hint: str = "") -> Diagnostic:
    """The finding that `file` as a whole cannot be read."""
    return codes.UNREADABLE_FILE.at(whole_file(file), file=file, why=why, hint=hint)


class OutsideError(ValueError):
    """A file is not in the folder that all files of a policy must be in."""


def read_bytes(file: str, limit: int = LIMIT, root: str = "") -> bytes:
    """The bytes of a regular file; OverflowError where there are more than `limit`.

    Where `root` is given and the file is not below that folder, OutsideError: what is compared with
    must not be read from what a change wrote.
    """
    if root and not _is_in(file, root):
        raise OutsideError("it is outside of the repository's files")
    # Not blocking: a named pipe would otherwise wait for a writer for ever.
    with os.fdopen(os.open(file, os.O_RDONLY | _NO_BLOCK), "rb") as stream:
        status = os.fstat(stream.fileno())
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is not a regular file")
        data = stream.read(limit + 1) if status.st_size <= limit else b""
    if status.st_size > limit or len(data) > limit:
        raise OverflowError
    return data


def _is_in(file: str, root: str) -> bool:
    """Whether a file is below a folder, wherever links lead, and is none of git's own."""
    place = Path(os.path.realpath(file))
    return place.is_relative_to(root) and ".git" not in place.relative_to(root).parts


def reason(error: OSError | ValueError) -> str:
    """Why a file cannot be read, in words."""
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case IsADirectoryError():
            return "it is a directory"
        case PermissionError():
            return "permission denied"
        case OSError():
            return (error.strerror or "it cannot be opened").lower()
        case _ if "null" in str(error):
            return "its name has a null character"
        case _:
            return str(error)


def _similar_files(file: str, apart: Collection[str]) -> str:
    # The name may be no path at all: it comes from a command line or from a policy.
    try:
        path = Path(file)
        if path.is_dir():
            found = [name for name in _USUAL if (path / name).is_file()]
            return f"did you mean `{path / found[0]}`?" if found else ""
        beside = (each for each in path.parent.iterdir() if each.suffix in _SUFFIXES)
        taken = {Path(each).resolve() for each in apart}
        guess = near(path.name, [each.name for each in beside if each.resolve() not in taken])
    except (OSError, ValueError):
        return ""
    return f"did you mean `{path.parent / guess}`?" if guess else ""


def decoded(file: str, data: bytes) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of the bytes that `file` has, as far as it can be shown, with what is wrong."""
    encoding = _FOREIGN.get(data[:2])
    if encoding is not None:
        return "", (unreadable(file, f"it is {encoding}, not UTF-8", hint="save it as UTF-8"),)
    if b"\0" in data:
        return "", (unreadable(file, "it is not a text file"),)
    data = data.removeprefix(_UTF8_BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        start = len(data[: error.start].decode("utf-8"))
        why = f"byte 0x{data[error.start]:02x} is not UTF-8"
        place = place_of(file, text, start)
        return text, (codes.UNREADABLE_FILE.at(place, file=file, why=why, hint="save it as UTF-8"),)
    return text, ()


def forbidden_characters(file: str, text: str) -> tuple[Diagnostic, ...]:
    """Each line with a character that has no place in a policy, at the first such character."""
    if _FORBIDDEN.search(text) is None:
        return ()
    matches = (
        (number, _FORBIDDEN.search(line))
        for number, line in enumerate(text.splitlines(keepends=True), start=1)
    )
    return tuple(
        codes.YAML_SYNTAX.at(
            Span(file, number, match.start() + 1),
            why=f"the character U+{ord(match.group()):04X} is not allowed",
            hint="it cannot be seen, or makes the line look other than it is: remove it",
        )
        for number, match in matches
        if match is not None
    )


def place_of(file: str, text: str, offset: int) -> Span:
    """Line and column of the character at `offset`."""
    lines = f"{text[:offset]}.".splitlines()
    return Span(file, len(lines), len(lines[-1]))
