r"""Turns exceptions of WebBlocker into decisions, as a Firebox makes them.

A file has one exception a line: `name,action,enabled,log,alarm,match type,value`, and `#` begins a
comment (WatchGuard, Import or Export WebBlocker Exceptions). They are tried in their order and the
first match decides, before any category (network reference 2.8: WebBlocker Exceptions).

What an exception matches:
* `exact match` is compared with the address as a whole, path included, so that a host alone does
  not match its pages; `pattern match` has `*` for any characters, dots and slashes among them
  (Configure WebBlocker Exceptions). Neither can say a host and all below it.
* `regular expression` is Perl-compatible, matches anywhere in an address without its scheme, and
  counts case unless it has `(?i)` (About Regular Expressions). Of these only what starts with `^`,
  spells its dots `\.` and says where the name ends is accounted for: whatever follows the host in
  what a proxy compares (`/path`, `:port`, nothing where it sees a name alone), it matches the same
  hosts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Files, Found
from aipol_targets.lists.read_policies import PolicyTable, policies

_ACTIONS = {"allow": Effect.ALLOW, "deny": Effect.BLOCK}
_FIELDS = 7
_NAME = r"(?P<name>[a-z0-9_-]+(?:\\\.[a-z0-9_-]+)*)"
_PATTERN = re.compile(
    rf"\(\?i\)\^(?:\(\[\^\./:\]\+\\\.\)(?P<below>[*+]))?{_NAME}\\\.\?\(:\|/\|\$\)"
)


class Exceptions:
    """Exceptions in their order: the first that matches a host decides."""

    __slots__ = ("_at", "_below")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._at: dict[str, Found] = {}
        self._below: dict[str, Found] = {}
        names: set[str] = set()
        for number, line in enumerate(lines, start=1):
            fields = line.split(",")
            if len(fields) != _FIELDS or line.startswith("#"):
                raise UnreadableArtifact(path, f"line {number} is not an exception")
            name, action, enabled, log, alarm, kind, pattern = fields
            found = _PATTERN.fullmatch(pattern)
            plain = (enabled, log, alarm) == ("enabled", "no log", "no alarm")
            if not plain or action not in _ACTIONS or kind != "regular expression" or not found:
                raise UnreadableArtifact(path, f"what line {number} does is not known")
            if not name or name in names:
                raise UnreadableArtifact(path, f"line {number} has no name of its own")
            names.add(name)
            self._add(found, Found(_ACTIONS[action], path, number))

    def _add(self, found: re.Match[str], says: Found) -> None:
        host, below = found["name"].replace("\\", ""), found["below"]
        # A later exception for what an earlier one matches is never reached.
        if below != "+":
            self._at.setdefault(host, says)
        if below:
            self._below.setdefault(host, says)

    def decide(self, host: str) -> Found:
        """What is done about a host."""
        above = (self._below[parent] for parent in parents(host) if parent in self._below)
        found = (*above, self._at[host]) if host in self._at else tuple(above)
        return min(found, key=lambda each: each.line, default=NOTHING)

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        yield from dict.fromkeys((*self._at, *self._below))


def watchguard_policies(files: Files, table: str) -> PolicyTable:
    """The policies of a Firebox, each with the exceptions of its WebBlocker action."""
    used: set[str] = set()

    def load(row: list[str]) -> Exceptions:
        (path,) = row
        if path in used:
            raise UnreadableArtifact(table, f"{path} is used twice")
        if not path:
            return Exceptions((), path)
        used.add(path)
        return Exceptions(files.lines(path, named_in=table), path)

    return policies(files, table, ("exceptions",), load)
