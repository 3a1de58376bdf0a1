"""Turns the dates of a catalogue into those that cannot be, for no source is newer than the newest.

There is no clock: a catalogue is as right tomorrow as it is today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aipol.catalogue.forms import is_after
from aipol.catalogue.tree import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aipol.catalogue.tree import Document, Fault, Where

_DATES = ("seen", "looked")


def date_faults(documents: dict[str, Document]) -> Iterator[Fault]:
    """What was seen after the catalogue was, and a catalogue that is newer than all it holds."""
    index = documents["index"]
    newest = str(index.value["seen"])
    told_of: set[bool] = set()
    for document in documents.values():
        if document is index:
            continue
        for where, told in _dates(document.value, ()):
            told_of.add(told.startswith(newest) or newest.startswith(told))
            if is_after(told, newest):
                message = f"`{told}` is after `{newest}`, which index.yaml calls the newest"
                yield document.fault(where, message)
    # The first layout gave rows no dates.
    if told_of == {False}:
        yield index.fault(("seen",), f"nothing in the catalogue was seen in `{newest}`")


def _dates(value: Any, where: Where) -> Iterator[tuple[Where, str]]:
    if is_mapping(value):
        for key, below in value.items():
            if key in _DATES and isinstance(below, str):
                yield (*where, key), below
            else:
                yield from _dates(below, (*where, key))
    elif is_list(value):
        for number, below in enumerate(value):
            yield from _dates(below, (*where, number))
