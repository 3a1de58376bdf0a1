"""Turns one proxy auto-config file into the way that it gives for a host.

The file is a program. One program is known here, by its text, and any other is refused: it looks a
host up under `=` and the names above it under `.`, nearest first, and else answers DIRECT.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import HOST_NAME, NOTHING, Found

LONGEST = 1_048_576
"""Octets of a file: Chromium does not use a longer one."""

_KNOWN = (
    "function FindProxyForURL(url, host) {",
    "var name = host.toLowerCase();",
    'while (name.charAt(name.length - 1) === ".") {',
    "name = name.substring(0, name.length - 1);",
    "}",
    'var way = rules["=" + name];',
    'var dot = name.indexOf(".");',
    "while (!way && dot >= 0) {",
    "name = name.substring(dot + 1);",
    'way = rules["." + name];',
    'dot = name.indexOf(".");',
    "}",
    'return way ? ways[way] : "DIRECT";',
    "}",
)
_KEY = re.compile(rf"[=.]({HOST_NAME})")
# One proxy and nothing after it: a browser tries what follows when the first does not answer.
_PROXY = re.compile(r"PROXY ([a-z0-9-]+(?:\.[a-z0-9-]+)*:([1-9][0-9]{0,4}))")
_PORTS = 65_535
# `__proto__` in a table would be no entry of it.
_WAY = re.compile(r"block|direct|via-[A-Za-z0-9][A-Za-z0-9._-]*")
_TABLES = ("var ways = {", "var rules = {")


class Script:
    """One file's rules."""

    __slots__ = ("_effects", "_lines", "_path", "_rules", "_ways")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._path = path
        if sum(map(len, lines)) + len(lines) > LONGEST:
            raise UnreadableArtifact(path, "is longer than browsers take")
        code = [(number, line) for number, line in enumerate(lines, 1) if line[:2] != "//"]
        ways, rest = self._table(code, _TABLES[0])
        self._rules, rest = self._table(rest, _TABLES[1])
        self._lines = {line.partition('": ')[0][1:]: number for number, line in code}
        # Blanks alone may stand before a line: what else Python strips is an error to a browser.
        if tuple(line.lstrip(" ") for _, line in rest) != _KNOWN:
            raise UnreadableArtifact(path, "is another program")
        self._ways = ways
        self._effects = {name: self._effect(answer) for name, answer in ways.items()}
        if set(self._rules.values()) != set(ways):
            raise UnreadableArtifact(path, "has a rule without a way, or a way without a rule")
        for way in ways:
            if not _WAY.fullmatch(way):
                raise UnreadableArtifact(path, f"{way!r} is no name of a way")
        for key in self._rules:
            if not _KEY.fullmatch(key):
                raise UnreadableArtifact(path, f"{key!r} is no rule that is ever looked up")

    def decide(self, host: str) -> Found:
        """The way to a host: none but the direct one lets a connection through."""
        name = host.lower().rstrip(".")
        for key in (f"={name}", *(f".{parent}" for parent in parents(name))):
            if way := self._rules.get(key):
                return Found(self._effects[way], self._path, self._lines.get(key, 0))
        return NOTHING

    def hosts(self) -> Iterator[str]:
        """Every name in the rules."""
        return (key[1:] for key in self._rules)

    def proxies(self) -> Iterator[tuple[str, str]]:
        """The name of each way that leads to a proxy, with the proxy."""
        for way, answer in self._ways.items():
            if found := _PROXY.fullmatch(answer):
                yield way, found[1]

    def _effect(self, answer: str) -> Effect:
        if answer == "DIRECT":
            return Effect.ALLOW
        found = _PROXY.fullmatch(answer)
        if not found or int(found[2]) > _PORTS:
            raise UnreadableArtifact(self._path, f"{answer!r} is not one proxy")
        return Effect.BLOCK

    def _table(
        self, lines: Sequence[tuple[int, str]], start: str
    ) -> tuple[Mapping[str, str], Sequence[tuple[int, str]]]:
        """A table of texts, and the lines after it."""
        if not lines or lines[0][1] not in {start, f"{start}}};"}:
            raise UnreadableArtifact(self._path, f"has no {start!r} where it should be")
        end = 0 if lines[0][1].endswith("};") else _end(lines)
        body = "".join(line for _, line in lines[: end + 1]).removeprefix(start[:-1])
        try:
            found = json.loads(body.removesuffix(";"), object_pairs_hook=_once)
        except ValueError as fault:
            raise UnreadableArtifact(self._path, f"has a table that is none: {fault}") from None
        if not all(isinstance(value, str) and value for value in found.values()):
            raise UnreadableArtifact(self._path, "has a value that is no text")
        return found, lines[end + 1 :]


def _end(lines: Sequence[tuple[int, str]]) -> int:
    return next((place for place, (_, line) in enumerate(lines) if line == "};"), 0)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found
