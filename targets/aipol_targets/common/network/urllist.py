"""Matches hosts against the URL lists of PAN-OS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import count

from aipol.blocklist import Blocklist, among, below
from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import run_of

_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_HOSTS = re.compile(r"(?:[a-z0-9_-]++(?:\.[a-z0-9_-]++)*+/\n)*+")
_URL_TOKEN = re.compile(r"[a-z0-9_-]+|\*|\^")
_LONGEST = 255
_MOST_IN_A_ROW = 9


class UrlList:
    """A URL list as PAN-OS matches it: by tokens between separators, `*` any, `^` exactly one."""

    __slots__ = ("_below", "_exact", "_others")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._exact: dict[str, int] = {}
        self._below: dict[str, int] = {}
        self._others: list[tuple[tuple[str, ...], int]] = []
        hosts = [line.removesuffix("/") for line in run_of(lines, _HOSTS)]
        self._exact = dict(zip(hosts, count(1)))
        if len(self._exact) < len(hosts) or max(map(len, hosts), default=0) >= _LONGEST:
            # Which it is, is told line by line.
            hosts, self._exact = [], {}
        for number, line in enumerate(lines[len(hosts) :], start=1 + len(hosts)):
            self._add(line, number, path)

    def _add(self, line: str, number: int, path: str) -> None:
        if len(line) > _LONGEST:
            raise UnreadableArtifact(path, f"an entry has {len(line)} characters, not {_LONGEST}")
        name = line.removesuffix("/")
        if name == line:
            # PAN-OS up to 10.1 then lets more tokens follow, later versions add the slash.
            raise UnreadableArtifact(path, f"{line!r} has no slash: devices differ on what it is")
        simple = name.removeprefix("*.")
        if _NAME.fullmatch(simple):
            table = self._below if simple != name else self._exact
            if simple in table:
                raise UnreadableArtifact(path, f"{line!r} is listed twice")
            table[simple] = number
            return
        tokens = tuple(name.split("."))
        if not all(_URL_TOKEN.fullmatch(token) for token in tokens):
            raise UnreadableArtifact(path, f"{line!r} is not an entry of a URL list")
        if ".".join(["^"] * (_MOST_IN_A_ROW + 1)) in name:
            raise UnreadableArtifact(path, f"{line!r} has more than {_MOST_IN_A_ROW} `^` in a row")
        self._others.append((tokens, number))

    def line_for(self, host: str) -> int:
        """The line that matches, 0 when none does."""
        if line := self._exact.get(host):
            return line
        for parent in parents(host):
            if line := self._below.get(parent):
                return line
        labels = tuple(host.split("."))
        return next((number for tokens, number in self._others if _tokens_match(tokens, labels)), 0)

    def among(self, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of many hosts that some line matches."""
        if self._others:
            return {host for host in hosts if self.line_for(host)}
        found = among(hosts, self._exact.keys())
        return found | below(hosts - found, self._below) if self._below else found

    def blocklist(self) -> Blocklist | None:
        """All that some line matches; None where a line has tokens that stand for any."""
        return None if self._others else Blocklist(self._exact.keys(), self._below.keys())

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        yield from self._exact
        yield from self._below
        for tokens, _ in self._others:
            yield ".".join(token for token in tokens if token not in {"*", "^"})


def _tokens_match(tokens: tuple[str, ...], labels: tuple[str, ...]) -> bool:
    if not tokens or not labels:
        return not tokens and not labels
    first, rest = tokens[0], tokens[1:]
    if first == "*":
        return any(_tokens_match(rest, labels[taken:]) for taken in range(1, len(labels) + 1))
    return first in {"^", labels[0]} and _tokens_match(rest, labels[1:])
