r"""Turns the entries of a filter table into decisions, as flow and proxy mode make them alike.

Which entry counts: entries are tried from top to bottom and the first match ends the search
(Y. Slobodyanyuk, "Fortigate Web Filtering - All You Need to Know", 2025; FortiGate v3.0 MR4
administration guide, "URL filter"). `allow` lets the other checks of the profile go on, `monitor`
records the connection besides, and so does `block` (Technical Tips 206632 and 261349); for names,
`allow` and `monitor` end the search (administration guide, "Local domain filter").

What an entry matches:
* `simple` is a substring in flow mode and a name with all below it in proxy mode (Technical Tips
  192746 and 239549): the modes differ, so that nothing can be said of it.
* `wildcard` becomes an expression between word boundaries (239549), and `notes.d.example` has one
  before and after `d`: it can match names that nobody meant.
* `regex` is a Perl expression without boundaries of its own, for names the same in both modes
  (239549; administration guide v4.0, "Perl regular expressions"). Of these only what starts with
  `^` (the start of the text: Technical Tips 193086 and 192151), spells its dots `\.` and says where
  the name ends is accounted for: whatever the modes put after a name (`/path`, `:port`, nothing),
  such an entry matches the same names. That flow mode starts its text with the host, and that case
  does not count (the same tips; a manual of FortiOS 4 differs), is not verified on a device.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aipol.domains import parents
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Found
from aipol_targets.fortigate.read_tree import Config, Node

_NAME = r"(?P<name>[a-z0-9_-]+(?:\\\.[a-z0-9_-]+)*)"
_URL = re.compile(rf"\^(?:\(\[\^\./:\]\+\\\.\)(?P<below>[*+]))?{_NAME}\\\.\*\(:\|/\|\$\)")
_DOMAIN = re.compile(rf"\^(?:\(\[\^\.\]\+\\\.\)(?P<below>[*+]))?{_NAME}\\\.\*\$")
_FORMS = {"url": _URL, "domain": _DOMAIN}
_EFFECTS = {"allow": Effect.ALLOW, "block": Effect.BLOCK, "monitor": Effect.ALLOW}
_LONGEST = 511
_RECORDED = ("block", "monitor")


@dataclass(frozen=True, slots=True)
class _Decision:
    place: int
    found: Found
    recorded: bool


class Filter:
    """One filter table: the first of its entries that matches a host decides."""

    __slots__ = ("_at", "_below", "_path")

    def __init__(self, config: Config, table: Node, what: str) -> None:
        self._path = config.path
        self._at: dict[str, _Decision] = {}
        self._below: dict[str, _Decision] = {}
        config.shaped(table, ("name",), ("entries",))
        entries = table.blocks["entries"]
        config.shaped(entries)
        for place, entry in enumerate(entries.edits.values()):
            config.shaped(entry, (what, "type", "action", "status"))
            # An entry that is not enabled does nothing, and was put there to do something.
            config.fixed(entry, type="regex", status="enable")
            text = config.one(entry, what)
            found = _FORMS[what].fullmatch(text) if len(text) <= _LONGEST else None
            action = config.one(entry, "action")
            if not found or action not in _EFFECTS:
                config.refuse(entry.line, "what this entry does is not known in both modes")
            says = Found(_EFFECTS[action], config.path, entry.line)
            self._add(found, _Decision(place, says, action in _RECORDED))

    def _add(self, found: re.Match[str], decision: _Decision) -> None:
        host, below = found["name"].replace("\\", ""), found["below"]
        # A later entry with a name that an earlier one has is never reached.
        if below != "+":
            self._at.setdefault(host, decision)
        if below:
            self._below.setdefault(host, decision)

    def decide(self, host: str) -> Found:
        """What the table says about a host."""
        first = self._first(host)
        return first.found if first else NOTHING

    def records(self, host: str) -> Found:
        """The entry that leaves a record of connections to a host, if one does."""
        first = self._first(host)
        return Found(None, self._path, first.found.line) if first and first.recorded else NOTHING

    def _first(self, host: str) -> _Decision | None:
        first = self._at.get(host)
        for parent in parents(host):
            above = self._below.get(parent)
            if above and (first is None or above.place < first.place):
                first = above
        return first

    def hosts(self) -> Iterator[str]:
        """Every name in the table."""
        yield from dict.fromkeys((*self._at, *self._below))
