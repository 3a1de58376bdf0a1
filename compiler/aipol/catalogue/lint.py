"""Turns the catalogue's files into the list of what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from aipol.catalogue import rules
from aipol.catalogue.lint_across import across
from aipol.catalogue.lint_apps import app_faults
from aipol.catalogue.lint_programs import TABLE, table_faults
from aipol.catalogue.row_faults import row_faults, rows_faults
from aipol.catalogue.tree import Document, Fault, is_mapping, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# Every other file holds the apps of the category it is named after.
_FIRST = frozenset({"index", "protected", "shared_platforms", "vendors"})
_SECOND = _FIRST | {*rules.LISTED, *rules.KEYED}
# Catalogues were written before there was a table of programs: what ships is protected anyway.
SPECIAL = _SECOND | {TABLE}
_MOST_ALIKE, _MOST = 20, 400
_QUOTED = re.compile(r"`[^`]*`|'[^']*'|\d+")


def lint(directory: Path) -> tuple[Fault, ...]:
    """What is wrong with the catalogue in `directory`, by file and line; what is alike, folded."""
    return folded(check({path.stem: read(path) for path in sorted(directory.glob("*.yaml"))}))


def folded(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Of many faults that differ in their names only, the first of a file and how many follow."""
    alike: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        alike.setdefault((fault.file, _QUOTED.sub("", fault.message)), []).append(fault)
    kept: list[Fault] = []
    for found in alike.values():
        kept += found[:_MOST_ALIKE]
        if (more := len(found) - _MOST_ALIKE) > 0:
            following = found[_MOST_ALIKE]
            message = f"{more:,} more like this in the file: {following.message}"
            kept.append(replace(following, message=message))
    kept.sort()
    if len(kept) > _MOST:
        rest = f"{len(kept) - _MOST:,} more faults: mend these, then check again"
        kept[_MOST:] = [replace(kept[_MOST], message=rest)]
    return tuple(kept)


def check(documents: dict[str, Document]) -> tuple[Fault, ...]:
    """Every fault of these files; a form that is wrong is said before what would follow from it."""
    faults = [fault for document in documents.values() for fault in document.faults]
    faults += _files(documents)
    if faults:
        return tuple(sorted(faults))
    faults += [
        *_index(documents),
        *_special(documents),
        *(
            fault
            for document in app_files(documents)
            for fault in app_faults(document, documents["vendors"])
        ),
    ]
    return tuple(sorted(faults or across(documents, app_files(documents))))


def app_files(documents: dict[str, Document]) -> list[Document]:
    """The files that hold apps."""
    return [document for name, document in documents.items() if name not in SPECIAL]


def _needed(documents: dict[str, Document]) -> frozenset[str]:
    """The files there must be: the first layout had fewer."""
    index = documents.get("index")
    if index is None or not is_mapping(index.value):
        return _SECOND
    # Of a layout that nobody knows only that is said.
    return _SECOND if index.value.get("schema") == rules.SCHEMAS[-1] else _FIRST


def _files(documents: dict[str, Document]) -> Iterator[Fault]:
    for name in sorted(_needed(documents) - documents.keys()):
        yield Fault(f"{name}.yaml", 1, "the file is missing")
    for name, document in documents.items():
        wanted = list if name in rules.LISTED else dict
        if not document.faults and not isinstance(document.value, wanted):
            yield Fault(
                document.file,
                1,
                f"must be a {'list' if wanted is list else 'mapping'}, and not empty",
            )


def _index(documents: dict[str, Document]) -> Iterator[Fault]:
    index = documents["index"]
    yield from index.told(row_faults(rules.INDEX, (), index.value))
    categories = index.value.get("categories")
    if not is_mapping(categories):
        yield index.fault(("categories",), "must be a mapping")
        return
    for name, meaning in categories.items():
        if message := rules.text(meaning):
            yield index.fault(("categories", name), message)
    for name in categories.keys() - documents.keys():
        yield index.fault(("categories", name), f"the category `{name}` has no file `{name}.yaml`")
    for document in app_files(documents):
        if document.file.removesuffix(".yaml") not in categories:
            yield Fault(document.file, 1, "the file's name is not a category of index.yaml")


def _special(documents: dict[str, Document]) -> Iterator[Fault]:
    for name, document in documents.items():
        if name in rules.KEYED:
            yield from _keyed(name, document)
        elif name in rules.LISTED:
            yield from document.told(rows_faults(rules.LISTED[name], (), document.value))
    if TABLE in documents:
        yield from table_faults(documents[TABLE])
    protected = documents["protected"]
    for owner, rows in protected.value.items():
        if message := rules.slug(owner):
            yield protected.fault((owner,), message)
        yield from protected.told(rows_faults(rules.PROTECTED, (owner,), rows))


def _keyed(name: str, document: Document) -> Iterator[Fault]:
    key_check = rules.KEYS[name]
    for key, row in document.value.items():
        if message := key_check(key):
            yield document.fault((key,), message)
        yield from document.told(row_faults(rules.KEYED[name], (key,), row))
