"""Turns a configuration of HAProxy with its lists into who is refused what (manual of 2.6, 7.1).

Rules are tried in their order and the first that applies decides; the access lists of a rule must
all apply, lists of one name are alternatives. Until a handshake is complete, or the delay is over,
a rule about its name waits; after that it does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Address, Files, Found, Networks
from aipol_targets.haproxy.read_list import HostList

_FETCH = {"tcp": "req.ssl_sni,lower,rtrim(.)", "http": "req.hdr(host),host_only,rtrim(.)"}
_REFUSE = {"tcp": ("tcp-request", "content", "reject"), "http": ("http-request", "deny")}
_DELAY = re.compile(r"[1-9][0-9]*s")
_HELLO = ("{", "req.ssl_hello_type", "1", "}")
_NAMED = {
    "tcp": ("{", "req.ssl_sni", "-m", "found", "}"),
    "http": ("{", "req.hdr(host)", "-m", "found", "}"),
}
_ACL = re.compile(r"[a-z0-9][a-z0-9._:-]*")
_RESERVED = {"or", "if", "unless"}
_ONCE = ("bind", "mode", "default_backend")
_SAID = {"tcp": {*_ONCE, "inspect-delay"}, "http": {*_ONCE}}


@dataclass(frozen=True, slots=True)
class _Rule:
    number: int
    acls: tuple[str, ...]


@dataclass(slots=True)
class _Lists:
    """The files that the configuration names, all in one directory, whatever that is called."""

    files: Files
    path: str
    directory: str = ""
    read: dict[tuple[str, str], HostList] = field(default_factory=dict[tuple[str, str], HostList])

    def networks(self, place: str) -> Networks:
        """The source networks in a file."""
        return self.files.networks(self._path(place), named_in=self.path)

    def hosts(self, place: str, method: str) -> HostList:
        """The hosts in a file, to be compared in a way."""
        path = self._path(place)
        if (path, method) not in self.read:
            lines = self.files.lines(path, named_in=self.path)
            self.read[path, method] = HostList(lines, path, method)
        return self.read[path, method]

    def _path(self, place: str) -> str:
        directory, mark, rest = place.partition("/segments/")
        if not mark or not directory.startswith("/") or self.directory not in {"", directory}:
            raise UnreadableArtifact(self.path, f"{place} is not a list of ours")
        self.directory = directory
        return f"segments/{rest}"


@dataclass(slots=True)
class Frontend:
    """One frontend with its access lists and the rules that refuse."""

    path: str
    said: dict[str, str] = field(default_factory=dict[str, str])
    sources: dict[str, Networks] = field(default_factory=dict[str, Networks])
    lists: dict[str, list[HostList]] = field(default_factory=dict[str, list[HostList]])
    rules: list[_Rule] = field(default_factory=list[_Rule])
    complete: bool = False
    """Whether a handshake that is not complete in time is refused."""
    named: bool = False
    """Whether connections that name no host are refused."""
    directory: str = ""
    """Where the lists are."""
    _seats: dict[Address, tuple[_Rule, ...]] = field(
        default_factory=dict[Address, tuple[_Rule, ...]]
    )

    def decide(self, address: Address, host: str) -> Found:
        """A connection from an address that names a host; None when it goes on."""
        if address not in self._seats:
            self._seats[address] = tuple(rule for rule in self.rules if self._for(rule, address))
        for rule in self._seats[address]:
            if all(self._names(acl, host) for acl in rule.acls):
                return Found(Effect.BLOCK, self.path, rule.number)
        return NOTHING

    def hosts(self) -> Iterator[str]:
        """Every name in any list."""
        for lists in self.lists.values():
            for each in lists:
                yield from each.hosts()

    def _for(self, rule: _Rule, address: Address) -> bool:
        """Whether the lists of addresses leave open that the rule applies."""
        return all(
            self.sources[known].hold(address) is (known == acl)
            for acl in rule.acls
            if (known := acl.removeprefix("!")) in self.sources
        )

    def _names(self, acl: str, host: str) -> bool:
        """Whether a list of hosts, if it is one, leaves open that its rule applies."""
        known = acl.removeprefix("!")
        if known in self.sources:
            return True
        return any(each.matches(host) for each in self.lists[known]) is (known == acl)

    @property
    def mode(self) -> str:
        """How it takes connections."""
        return self.said.get("mode", "")


def read_frontends(files: Files, path: str) -> Mapping[str, Frontend]:
    """The frontend of each mode. Raises UnreadableArtifact."""
    found: dict[str, Frontend] = {}
    lists = _Lists(files, path)
    for number, line in enumerate(files.lines(path, named_in=path), start=1):
        words = tuple(line.split())
        if not words or words[0].startswith("#"):
            continue
        match words:
            case ["frontend", name] if name not in found:
                found[name] = Frontend(path)
            case _ if not found:
                raise UnreadableArtifact(path, f"line {number} is in no frontend")
            case _:
                _Reader(list(found.values())[-1], lists, number).read(words)
    for frontend in found.values():
        frontend.directory = lists.directory
    return _by_mode(found, path)


def _by_mode(found: Mapping[str, Frontend], path: str) -> Mapping[str, Frontend]:
    """One of each mode, and both complete."""
    by_mode = {frontend.mode: frontend for frontend in found.values()}
    binds = {frontend.said.get("bind") for frontend in found.values()}
    if len(found) != len(_FETCH) or by_mode.keys() != _FETCH.keys() or len(binds) != len(found):
        raise UnreadableArtifact(path, "does not have one frontend for TLS and one for HTTP")
    for mode, frontend in by_mode.items():
        if frontend.said.keys() != _SAID[mode]:
            raise UnreadableArtifact(path, f"the {mode} frontend is not complete")
    if by_mode["tcp"].named is not by_mode["http"].named:
        raise UnreadableArtifact(path, "refuses what names no host in one frontend alone")
    if not by_mode["tcp"].complete:
        raise UnreadableArtifact(path, "lets on what sends its handshake slowly")
    return by_mode


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one line into a frontend."""

    frontend: Frontend
    lists: _Lists
    number: int

    def read(self, words: tuple[str, ...]) -> None:
        """What is not known to be harmless is refused."""
        mode = self.frontend.mode
        match words:
            case ["bind" | "default_backend" as name, value]:
                self._once(name, value)
            case ["mode", "tcp" | "http" as value]:
                self._once("mode", value)
            case ["tcp-request", "inspect-delay", delay] if mode == "tcp":
                # Without a delay the name is looked for before anything has come in.
                if not _DELAY.fullmatch(delay):
                    self._refuse(f"waits {delay}")
                self._once("inspect-delay", delay)
            case ["acl", name, *rest]:
                self._acl(name, tuple(rest))
            case _ if mode and words[: len(_REFUSE[mode])] == _REFUSE[mode]:
                self._rule(words[len(_REFUSE[mode]) :])
            case _:
                self._refuse("is not known")

    def _once(self, name: str, value: str) -> None:
        if name in self.frontend.said:
            self._refuse(f"says `{name}` again")
        self.frontend.said[name] = value

    def _acl(self, name: str, words: tuple[str, ...]) -> None:
        frontend = self.frontend
        if not _ACL.fullmatch(name) or name in _RESERVED or name in frontend.sources:
            self._refuse(f"{name!r} is there already, or no name")
        match words:
            case ["src", "-f", place] if name not in frontend.lists:
                frontend.sources[name] = self.lists.networks(place)
            case [fetch, "-m", "str" | "end" as method, "-f", place] if fetch == _FETCH.get(
                frontend.mode
            ):
                frontend.lists.setdefault(name, []).append(self.lists.hosts(place, method))
            case _:
                self._refuse("is a kind of access list that is not known")

    def _rule(self, words: tuple[str, ...]) -> None:
        frontend = self.frontend
        match words:
            case ["unless", *test] if tuple(test) == _HELLO and frontend.mode == "tcp":
                frontend.complete = True
            case ["unless", *test] if tuple(test) == _NAMED[frontend.mode]:
                frontend.named = True
            case ["if", *acls] if any(name.removeprefix("!") in frontend.lists for name in acls):
                for name in acls:
                    known = name.removeprefix("!")
                    if known not in frontend.sources and known not in frontend.lists:
                        self._refuse(f"{name!r} is no access list")
                frontend.rules.append(_Rule(self.number, tuple(acls)))
            case _:
                self._refuse("refuses what no list names")

    def _refuse(self, why: str) -> None:
        raise UnreadableArtifact(self.frontend.path, f"line {self.number}: {why}")
