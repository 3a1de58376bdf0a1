"""Turns refusals to publish into few lines, and into what would allow them all."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence

from aipol.diagnostics import Diagnostic, codes
from aipol.report.words import count

_FEW = 3
_ALLOWED_BY_NAME = {codes.LIST_EMPTIED.code, codes.LIST_SHRINKS.code, codes.FILE_GOES.code}


def shown(refusals: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Of each kind the first few in each folder."""
    return tuple(each for group in _grouped(refusals) for each in group[:_FEW])


def more(refusals: Sequence[Diagnostic]) -> Iterator[str]:
    """How many others there are of each kind, in each folder."""
    for group in _grouped(refusals):
        left = len(group) - _FEW
        if left > 0:
            folder = posixpath.dirname(group[0].span.file)
            what = count(left, "more file")
            yield f"{folder}: {what} with {group[0].code}; `--format json` has all"


def _grouped(refusals: Sequence[Diagnostic]) -> list[list[Diagnostic]]:
    groups: dict[tuple[str, str], list[Diagnostic]] = {}
    for each in refusals:
        groups.setdefault((each.code, posixpath.dirname(each.span.file)), []).append(each)
    return list(groups.values())


def names_to_allow(
    directory: str, refusals: Sequence[Diagnostic], published: Collection[str]
) -> tuple[str, ...]:
    """What `--allow-shrink` has to name to allow all; nothing where that cannot do it.

    A folder stands for its files where every one of them is refused, and never for another.
    """
    if not refusals or any(each.code not in _ALLOWED_BY_NAME for each in refusals):
        return ()
    refused = {posixpath.relpath(each.span.file, directory) for each in refusals}
    folders = {folder for path in refused for folder in _folders(path)}
    whole = {
        folder
        for folder in folders
        if refused.issuperset(name for name in published if name.startswith(f"{folder}/"))
    }
    chosen = {next((each for each in _folders(path) if each in whole), path) for path in refused}
    return tuple(sorted(chosen))


def _folders(path: str) -> tuple[str, ...]:
    """The folders a file is in, the widest first."""
    parts = path.split("/")
    return tuple("/".join(parts[:length]) for length in range(1, len(parts)))
