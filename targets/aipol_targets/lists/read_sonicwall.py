"""Turns URI lists into decisions, as the Content Filtering Service of SonicOS makes them.

How an entry matches: by tokens, which `.` and `/` separate. `example.com` matches
`[<tokens>(.|/)]example.com[(.|/)<tokens>]`, so `www.example.com` and `example.com.uk` too and not
`specialexample.com` (SonicOS 7.1 Objects, Normal Matching); `*` stands for one or more tokens
(Wildcard Matching). What an entry may be, and how long a list: SonicOS 7 Match Objects, About URIs
and the URI List; SonicWall, Things to remember while adding CFS URI objects; how many entries and
lists: How to Create URI List Objects/Groups on SonicOSX 7?. Which list is searched first is chosen
in the profile (SonicOS 7.1 Content Filtering, Creating or Editing a Profile Object), and what is on
neither goes on to the categories. Whether case counts is not documented: a host is compared in
lower case, as clients send it, and entries in upper case are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Files, Found
from aipol_targets.lists.read_policies import PolicyTable, policies

_COLUMNS = ("searching_order", "allowed_uri_lists", "forbidden_uri_lists")
_ORDERS = ("allowed first", "forbidden first")
# Tokens may have more characters, but no host name has any of these.
_TOKEN = re.compile(r"[a-z0-9_-]+|\*")
_LONGEST_URI, _MOST_TOKENS, _LONGEST_TOKEN = 255, 16, 64
_LONGEST_LIST, _MOST_URIS, _MOST_LISTS = 131_072, 5_000, 128

_Tokens = tuple[str, ...]


class UriList:
    """One or more URI list objects that a profile has in the same field."""

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[str, list[tuple[_Tokens, str, int]]] = {}

    def load(self, lines: Sequence[str], path: str) -> None:
        """Add one object. Raises UnreadableArtifact."""
        if sum(map(len, lines)) + len(lines) - 1 > _LONGEST_LIST or len(lines) > _MOST_URIS:
            raise UnreadableArtifact(path, "is longer than a list may be")
        for number, line in enumerate(lines, start=1):
            tokens = _tokens(line, path)
            same = self._places.setdefault(tokens[0], [])
            if any(known == tokens for known, _, _ in same):
                raise UnreadableArtifact(path, f"{line!r} is listed twice")
            same.append((tokens, path, number))

    def find(self, host: str) -> tuple[str, int] | None:
        """The object and the line that match, if one does."""
        labels = tuple(host.split("."))
        for start, label in enumerate(labels):
            for first in (label, "*"):
                for tokens, path, number in self._places.get(first, ()):
                    if _begins(labels[start:], tokens):
                        return path, number
        return None

    def __iter__(self) -> Iterator[str]:
        for same in self._places.values():
            yield from (".".join(tokens) for tokens, _, _ in same)


def _tokens(line: str, path: str) -> _Tokens:
    """The tokens of an entry that names hosts and nothing else. Raises UnreadableArtifact."""
    tokens = tuple(line.split("."))
    if len(line) > _LONGEST_URI or len(tokens) > _MOST_TOKENS:
        raise UnreadableArtifact(path, f"{line!r} is longer than an entry may be")
    last = len(tokens) - 1
    for place, token in enumerate(tokens):
        around = (place > 0) + (place < last)
        if not _TOKEN.fullmatch(token) or len(token) + around > _LONGEST_TOKEN:
            raise UnreadableArtifact(path, f"{line!r} is not an entry of a URI list")
    if "*.*" in line or line.replace(".", "").replace("*", "").isdigit() or line == "*":
        raise UnreadableArtifact(path, f"{line!r} names no hosts")
    return tokens


def _begins(labels: _Tokens, tokens: _Tokens) -> bool:
    """Whether labels begin with tokens, of which `*` is one or more."""
    if "*" not in tokens:
        return labels[: len(tokens)] == tokens
    if not tokens or not labels:
        return not tokens
    if tokens[0] == "*":
        return any(_begins(labels[taken:], tokens[1:]) for taken in range(1, len(labels) + 1))
    return labels[0] == tokens[0] and _begins(labels[1:], tokens[1:])


@dataclass(frozen=True, slots=True)
class _Profile:
    """Two lists of which one is searched first."""

    allowed: UriList
    forbidden: UriList
    allowed_first: bool

    def decide(self, host: str) -> Found:
        """What the profile does about a host."""
        searched = ((self.allowed, Effect.ALLOW), (self.forbidden, Effect.BLOCK))
        for listed, effect in searched if self.allowed_first else searched[::-1]:
            if found := listed.find(host):
                return Found(effect, *found)
        return NOTHING

    def hosts(self) -> Iterator[str]:
        """Every name on either list, without its wildcards."""
        for entry in (*self.allowed, *self.forbidden):
            yield ".".join(label for label in entry.split(".") if label != "*")


def sonicwall_policies(files: Files, table: str) -> PolicyTable:
    """The policies of a SonicWall, each with the lists of its profile."""
    used: set[str] = set()

    def load(row: list[str]) -> _Profile:
        order, *fields = row
        allowed, forbidden = (_listed(files, table, field, used) for field in fields)
        for entry in allowed:
            # It would open what the categories close, without an occasion.
            if not forbidden.find(entry.replace("*", "any")):
                raise UnreadableArtifact(table, f"{entry!r} is an exception from no block of these")
        if order not in _ORDERS if fields != ["", ""] else order:
            raise UnreadableArtifact(table, f"a searching order cannot be {order!r}")
        return _Profile(allowed, forbidden, order != "forbidden first")

    found = policies(files, table, _COLUMNS, load)
    if len(used) > _MOST_LISTS:
        raise UnreadableArtifact(table, f"has {len(used)} lists, more than a device holds")
    return found


def _listed(files: Files, table: str, field: str, used: set[str]) -> UriList:
    """The lists that a field names, as one."""
    found = UriList()
    for path in field.split(" ") if field else ():
        if path in used:
            raise UnreadableArtifact(table, f"{path} is used twice")
        used.add(path)
        found.load(files.lines(path, named_in=table), path)
    return found
