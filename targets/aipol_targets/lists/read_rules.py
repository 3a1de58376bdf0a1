"""Turns rule tables with URL and domain lists into decisions, as first-match devices make them."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from aipol.blocklist import Blocklist, below
from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Address, Files, Found, Networks
from aipol_targets.common.network.urllist import UrlList

_ACTIONS = {"allow": Effect.ALLOW, "block": Effect.BLOCK}
_URL_HEADER = ["order", "source", "source_list", "action", "url_list"]
_DOMAIN_HEADER = ["order", "source", "source_list", "action", "meaning", "domain_list"]
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


class _HostList(Protocol):
    def line_for(self, host: str) -> int:
        """The line that matches, 0 when none does."""
        ...

    def among(self, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of many hosts that some line matches."""
        ...

    def blocklist(self) -> Blocklist | None:
        """All that some line matches, where two sets of names say it."""
        ...

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        ...


@dataclass(frozen=True, slots=True)
class _Rule:
    path: str
    effect: Effect
    networks: Networks | None
    negated: bool
    hosts: _HostList

    def is_for(self, address: Address) -> bool:
        return self.networks is None or self.networks.hold(address) != self.negated


class RuleTable:
    """Rules in the order a device tries them."""

    __slots__ = ("_rules", "_seats")

    def __init__(self, rules: Sequence[_Rule]) -> None:
        self._rules = tuple(rules)
        self._seats: dict[Address, tuple[_Rule, ...]] = {}

    def decide(self, address: Address, host: str) -> Found:
        """The first rule that matches decides."""
        for rule in self._rules_for(address):
            if line := rule.hosts.line_for(host):
                return Found(rule.effect, rule.path, line)
        return NOTHING

    def blocked(self, address: Address, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of many hosts that are blocked."""
        left: AbstractSet[str] = hosts
        blocked: AbstractSet[str] = frozenset()
        for rule in self._rules_for(address):
            taken = rule.hosts.among(left)
            left = left - taken if taken else left
            if rule.effect is Effect.BLOCK:
                blocked = blocked | taken if blocked else taken
        return blocked

    def blocklist(self, address: Address) -> Blocklist | None:
        """All that is blocked; None where a rule allows something, or a list says more."""
        parts: list[Blocklist] = []
        for rule in self._rules_for(address):
            part = rule.hosts.blocklist() if rule.effect is Effect.BLOCK else None
            if part is None:
                return None
            parts.append(part)
        return Blocklist.of(parts)

    def kind_for(self, address: Address) -> Hashable:
        """What the rules for an address do, the same for all who get equal lists."""
        return tuple((rule.effect, rule.hosts) for rule in self._rules_for(address))

    def _rules_for(self, address: Address) -> tuple[_Rule, ...]:
        rules = self._seats.get(address)
        if rules is None:
            rules = tuple(rule for rule in self._rules if rule.is_for(address))
            self._seats[address] = rules
        return rules

    def hosts(self) -> Iterator[str]:
        """Every name in any list."""
        for rule in self._rules:
            yield from rule.hosts.hosts()


def url_rules(files: Files, table: str) -> RuleTable:
    """A table of URL lists in the notation of PAN-OS."""
    known: dict[tuple[str, ...], UrlList] = {}

    def load(row: list[str]) -> tuple[str, _HostList]:
        (path,) = row
        lines = files.lines(path, named_in=table)
        # Equal lists are one, so that whoever gets them is asked about once.
        key = tuple(lines)
        if key not in known:
            known[key] = UrlList(lines, path)
        return path, known[key]

    return RuleTable(tuple(_rules(files, table, _URL_HEADER, load)))


def domain_rules(files: Files, table: str) -> RuleTable:
    """A table of plain lists, each with the meaning of its names."""
    known: dict[tuple[str, ...], DomainList] = {}

    def load(row: list[str]) -> tuple[str, _HostList]:
        meaning, path = row
        if meaning not in {"exact", "subtree"}:
            raise UnreadableArtifact(table, f"a list cannot mean {meaning!r}")
        lines = files.lines(path, named_in=table)
        key = (meaning, *lines)
        if key not in known:
            known[key] = DomainList(lines, path, meaning)
        return path, known[key]

    return RuleTable(tuple(_rules(files, table, _DOMAIN_HEADER, load)))


def _rules(
    files: Files, table: str, header: list[str], load: Callable[[list[str]], tuple[str, _HostList]]
) -> Iterator[_Rule]:
    rows = files.rows(table)
    if rows[0] != header:
        raise UnreadableArtifact(table, f"its columns are not {', '.join(header)}")
    used: set[str] = set()
    for number, row in enumerate(rows[1:], start=1):
        if len(row) != len(header) or row[0] != str(number):
            raise UnreadableArtifact(table, f"rule {number} is not in its place")
        _, source, source_list, action, *rest = row
        if action not in _ACTIONS:
            raise UnreadableArtifact(table, f"rule {number} has the unknown action {action!r}")
        networks = _source(files, table, source, source_list)
        path, hosts = load(rest)
        if path in used:
            raise UnreadableArtifact(table, f"{path} is used twice")
        used.add(path)
        yield _Rule(path, _ACTIONS[action], networks, source == "not-in", hosts)


def _source(files: Files, table: str, source: str, source_list: str) -> Networks | None:
    if source == "any" and not source_list:
        return None
    if source not in {"in", "not-in"}:
        raise UnreadableArtifact(table, f"a source cannot be {source!r}")
    return files.networks(source_list, named_in=table)


class DomainList:
    """Plain names that all mean the host, or all mean the host and everything below it."""

    __slots__ = ("_lines", "_subtree")

    def __init__(self, lines: Sequence[str], path: str, meaning: str) -> None:
        self._subtree = meaning == "subtree"
        self._lines: dict[str, int] = {}
        for number, line in enumerate(lines, start=1):
            if not _NAME.fullmatch(line) or line in self._lines:
                raise UnreadableArtifact(path, f"{line!r} is not a name, or is listed twice")
            self._lines[line] = number

    def line_for(self, host: str) -> int:
        """The line that matches, 0 when none does."""
        if line := self._lines.get(host):
            return line
        if self._subtree:
            for parent in parents(host):
                if line := self._lines.get(parent):
                    return line
        return 0

    def among(self, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of many hosts that some line matches."""
        found = set(hosts & self._lines.keys())
        return found | below(hosts - found, self._lines) if self._subtree else found

    def blocklist(self) -> Blocklist:
        """All that some line matches."""
        return Blocklist(self._lines.keys(), self._lines.keys() if self._subtree else frozenset())

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        yield from self._lines
