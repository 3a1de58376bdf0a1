"""Turns a storyboard into the decision it comes to for a host, line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Found
from aipol_targets.e2guardian.read_sites import SiteList

ENTRIES = ("localcheckrequest", "localsslrequestcheck")
"""What the distributed stories ask first: of every request, and of a handshake in its own mode."""

_INCLUDE = re.compile(r"\.Include<(/[A-Za-z0-9._/-]+)>")
_FUNCTION = re.compile(r"function\(([a-z][a-z0-9_-]*)\)")
_LINE = re.compile(r"if\((?:(true)|sitein,([a-z0-9_-]+))\) return ([a-z][a-z0-9_-]*)")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    sites: SiteList | None
    """The list that must have the host; None when any host will do."""
    action: str


class Story:
    """The functions of one story; what they do not decide is left to those it includes."""

    __slots__ = ("_functions", "_path", "begins_with")

    def __init__(self, lines: Sequence[str], path: str, lists: Mapping[str, SiteList]) -> None:
        self._path = path
        self._functions: dict[str, list[_Line]] = {}
        begun = _INCLUDE.fullmatch(lines[0]) if lines else None
        if not begun:
            raise UnreadableArtifact(path, "does not begin with the story it changes")
        self.begins_with = begun[1]
        used: set[str] = set()
        for number, line in enumerate(lines[1:], start=2):
            if line.startswith("#"):
                continue
            if found := _FUNCTION.fullmatch(line):
                self._begin(found[1])
            elif found := _LINE.fullmatch(line):
                self._add(number, found, lists)
                used.add(found[2] or "")
            else:
                raise UnreadableArtifact(path, f"line {number}: {line!r} is not one of ours")
        if left := sorted(lists.keys() - used):
            raise UnreadableArtifact(path, f"does not ask the list {left[0]!r}")
        self._check()

    def decide(self, host: str) -> Found:
        """What the story does about a host, if anything."""
        return self._run(ENTRIES[0], host)

    def _begin(self, name: str) -> None:
        if name in self._functions:
            raise UnreadableArtifact(self._path, f"defines {name!r} twice")
        self._functions[name] = []

    def _add(self, number: int, found: re.Match[str], lists: Mapping[str, SiteList]) -> None:
        _, name, action = found.groups()
        if name and name not in lists:
            # The program only warns, and the line is never true.
            raise UnreadableArtifact(self._path, f"line {number}: no list {name!r}")
        if not self._functions:
            raise UnreadableArtifact(self._path, f"line {number} is in no function")
        current = next(reversed(self._functions.values()))
        current.append(_Line(number, lists[name] if name else None, action))

    def _check(self) -> None:
        """That both entries do the same, and that every function ends without running on."""
        bodies = [
            [(line.sites, line.action) for line in self._functions.get(entry, ())]
            for entry in ENTRIES
        ]
        if not bodies[0] or bodies[0] != bodies[1]:
            raise UnreadableArtifact(self._path, "does not do the same on every way in")
        for name, body in self._functions.items():
            called = self._functions.keys() - set(ENTRIES) if name in ENTRIES else ()
            known = {"false", "setblock", *called}
            if name not in (*ENTRIES, *self._called()):
                # A function of the distributed story by this name would be replaced by it.
                raise UnreadableArtifact(self._path, f"nothing here calls {name!r}")
            if not body or body[-1].sites is not None or any(x.action not in known for x in body):
                raise UnreadableArtifact(self._path, f"{name!r} does not come to an end")

    def _called(self) -> set[str]:
        return {line.action for entry in ENTRIES for line in self._functions[entry]}

    def _run(self, function: str, host: str) -> Found:
        for line in self._functions[function]:
            if line.sites is not None and not line.sites.line_for(host):
                continue
            match line.action:
                case "false":
                    return NOTHING if line.sites is None else self._found(None, line)
                case "setblock":
                    return self._found(Effect.BLOCK, line)
                case other:
                    return self._run(other, host)
        return NOTHING

    def _found(self, effect: Effect | None, line: _Line) -> Found:
        return Found(effect, self._path, line.number)
