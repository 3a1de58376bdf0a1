"""Turns a row into what it has in common with others: the row it repeats, the program it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aipol.catalogue import rules

Row = dict[str, Any]
Identity = tuple[str, ...]

# What tells one row of a section from another; for any other section, all that a row must have.
_IDENTITY: Mapping[str, Identity] = {
    "domains": ("domain",),
    "urls": ("url",),
    "extensions": ("store", "id"),
    "oauth": ("provider", "client_id"),
    "firewall": ("product", "kind", "name"),
    **dict.fromkeys(rules.IDENTIFIERS, ("kind", "value")),
}
SINGLE = tuple((section, *_IDENTITY[section]) for section in ("extensions", "oauth"))
"""What can be one app's only: a section, the key that selects, the key that identifies."""
OF_VENDORS = frozenset({"team_id", "publisher"})
"""Kinds that are the vendor's: one of them is on several apps and says nothing by that."""


def identity_keys(section: str) -> Identity:
    """The keys that say which row of its section a row is."""
    sourced = ("source", "tier")
    every = rules.ROWS[section].required
    return _IDENTITY.get(section) or tuple(key for key in every if key not in sourced)


def identity(section: str, row: Row) -> Identity:
    """What a row has in common with the row that it corrects or repeats."""
    # Hosts, ids and file names are the same in either case wherever they are compared.
    return tuple(str(row.get(key)).casefold() for key in identity_keys(section))


def identifiers(entry: Row) -> Iterator[tuple[str, int, Row]]:
    """The rows by which programs are known, with their section and number."""
    for section in rules.IDENTIFIERS:
        for number, row in enumerate(entry.get(section, ())):
            yield section, number, row


def name_of(row: Row) -> Identity:
    """What two apps that are known by the same identifier have in common."""
    return row["kind"], row["value"].casefold()
