"""Turns an expression of Gateway into what it is true of; what it cannot decide, it refuses.

Grammar: Cloudflare One docs, Gateway policy expressions. `domains` are a name and all names above
it, since a domain matches itself and its subdomains; the host fields are the name alone (selectors
of DNS, HTTP and network policies). Which of `and` and `or` binds stronger is nowhere said, so that
they may not meet without parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import HOST_NAME, Address, Network, Networks

_RULES = "rules.json"
_TOKEN = re.compile(
    r"\s*(?:(?P<mark>\[\*\]|==|[(){}])|(?P<list>\$<[A-Za-z0-9_-]+>)|(?P<text>\"[^\"\\]*\")"
    r"|(?P<network>[0-9a-f:.]+/[0-9]{1,3})|(?P<number>[0-9]+)|(?P<word>[a-z][a-z0-9_.]*))"
)
_HOST = re.compile(HOST_NAME)
# A beginning of paths, said so that it is the same whether all must match or a part.
_BEGINNING = re.compile(r"\^/(?:[A-Za-z0-9_~/-]|\[\.\])+(?:/\.\*|\(/\.\*\)\?\$)|\^/\.\*")
_END = re.compile(r"(?:(?<=/)\.\*|\(/\.\*\)\?\$)\Z")
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Subject:
    """One lookup, handshake or request."""

    address: Address
    host: str
    domains: frozenset[str]
    path: str = ""
    """Of an address; empty where only the host is asked about."""
    ai: bool = False
    """Whether Cloudflare counts the host as AI."""

    @classmethod
    def of(cls, address: Address, host: str, path: str = "", *, ai: bool = False) -> Subject:
        """The host as the fields show it."""
        return cls(address, host, frozenset((host, *parents(host))), path, ai)


class Condition(Protocol):
    """What an expression is about."""

    def holds(self, subject: Subject) -> bool:
        """Whether it is true of a subject."""
        ...


@dataclass(frozen=True, slots=True)
class _All:
    parts: tuple[Condition, ...]

    def holds(self, subject: Subject) -> bool:
        return all(part.holds(subject) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Any:
    parts: tuple[Condition, ...]

    def holds(self, subject: Subject) -> bool:
        return any(part.holds(subject) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Not:
    part: Condition

    def holds(self, subject: Subject) -> bool:
        return not self.part.holds(subject)


@dataclass(frozen=True, slots=True)
class _HostIn:
    hosts: frozenset[str]

    def holds(self, subject: Subject) -> bool:
        return subject.host in self.hosts


@dataclass(frozen=True, slots=True)
class _DomainIn:
    hosts: frozenset[str]

    def holds(self, subject: Subject) -> bool:
        return not subject.domains.isdisjoint(self.hosts)


@dataclass(frozen=True, slots=True)
class SourceIn:
    """Source addresses in any of some networks."""

    networks: Networks

    def holds(self, subject: Subject) -> bool:
        """Whether the subject comes from there."""
        return self.networks.hold(subject.address)


@dataclass(frozen=True, slots=True)
class _CountedAsAi:
    """What is in the content category of AI; that it is that one is for whoever knows the number.

    The number is told (`GatewayDecider.told`), and compared with the one in the settings.
    """

    def holds(self, subject: Subject) -> bool:
        return subject.ai


@dataclass(frozen=True, slots=True)
class _PathIn:
    """Some addresses of a host: so never the host as such."""

    pattern: str

    def holds(self, subject: Subject) -> bool:
        return bool(subject.path and re.search(self.pattern, subject.path))


def _addresses(parts: list[Condition]) -> set[str]:
    """The addresses that begin with a path of a host, as they are written."""
    hosts = [host for part in parts if isinstance(part, _HostIn) for host in part.hosts]
    paths = [part.pattern for part in parts if isinstance(part, _PathIn)]
    return {f"https://{host}{_plain(path)}" for host in hosts for path in paths}


def _plain(pattern: str) -> str:
    return _END.sub("", pattern.removeprefix("^")).replace("[.]", ".")


def from_source(condition: Condition) -> Condition:
    """What a condition asks of the source address, apart from anything else."""
    parts = condition.parts if isinstance(condition, _All) else (condition,)
    return _All(tuple(part for part in parts if _is_source(part)))


def _is_source(condition: Condition) -> bool:
    inner = condition.part if isinstance(condition, _Not) else condition
    return isinstance(inner, SourceIn)


@dataclass(frozen=True, slots=True)
class Fields:
    """What the fields of one type of policies are called."""

    source: str
    host: str
    domains: str
    categories: str
    path: str = ""


FIELDS: Mapping[str, Fields] = {
    "dns": Fields("dns.src_internal_ip", "dns.fqdn", "dns.domains", "dns.content_category"),
    "http": Fields(
        "http.conn.internal_src_ip",
        "http.request.host",
        "http.request.domains",
        "http.request.uri.content_category",
        "http.request.uri.path",
    ),
    "l4": Fields("net.src.internal_src_ip", "net.sni.host", "net.sni.domains", ""),
}


@dataclass(slots=True)
class Expression:
    """One expression as it is being read, with what was found in it."""

    rule: str
    fields: Fields
    lists: Mapping[str, frozenset[str]]
    tokens: Iterator[tuple[str, str]]
    next: tuple[str, str] = ("", "")
    used: set[str] = field(default_factory=set[str])
    hosts: set[str] = field(default_factory=set[str])
    addresses: set[str] = field(default_factory=set[str])
    """Beginnings of addresses, each on a host."""
    sources: list[Networks] = field(default_factory=list[Networks])
    pathed: bool = False
    """Whether it looks at the path of an address."""
    category: str = ""
    """The number of the category that it looks for, where it looks at what a host counts as."""

    @classmethod
    def read(
        cls, rule: str, text: str, fields: Fields, lists: Mapping[str, frozenset[str]]
    ) -> tuple[Condition, Expression]:
        """What a text says, with how it says it. Raises UnreadableArtifact."""
        made = cls(rule, fields, lists, iter(()))
        made.tokens = made.cut(text)
        made.step()
        condition = made.joined(0, negated=False)
        if made.next != ("", ""):
            made.refuse(f"goes on with {made.next[1]!r}")
        return condition, made

    def cut(self, text: str) -> Iterator[tuple[str, str]]:
        """The words and marks of a text."""
        place = 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if not found or found.lastgroup is None:
                self.refuse(f"has at {place} what is no part of an expression")
            yield found.lastgroup, found[found.lastgroup]
            place = found.end()

    def refuse(self, why: str) -> NoReturn:
        """Give up on the expression."""
        raise UnreadableArtifact(_RULES, f"the expression of {self.rule} {why}")

    def step(self) -> tuple[str, str]:
        """Take the next token."""
        taken, self.next = self.next, next(self.tokens, ("", ""))
        return taken

    def expect(self, *wanted: str) -> None:
        """Take exactly these marks and words."""
        for each in wanted:
            if (found := self.step()[1]) != each:
                self.refuse(f"has {found!r} where {each!r} should be")

    def joined(self, depth: int, *, negated: bool) -> Condition:
        """Terms with one operator between them."""
        if depth > _DEEPEST:
            self.refuse("is nested too deeply")
        parts = [self._term(depth, negated=negated)]
        operator = self.next
        while self.next in {("word", "and"), ("word", "or")}:
            if self.step() != operator:
                self.refuse("mixes `and` and `or` without parentheses")
            parts.append(self._term(depth, negated=negated))
        if len(parts) == 1:
            return parts[0]
        if operator[1] == "and":
            self.addresses |= _addresses(parts)
        return _All(tuple(parts)) if operator[1] == "and" else _Any(tuple(parts))

    def _term(self, depth: int, *, negated: bool) -> Condition:
        kind, found = self.step()
        match kind, found:
            case "word", "not":
                self.expect("(")
                inner = _Not(self.joined(depth + 1, negated=True))
                self.expect(")")
                return inner
            case "mark", "(":
                part = self.joined(depth + 1, negated=negated)
                self.expect(")")
                return part
            case "word", "any":
                self.expect("(")
                part = self._any(negated=negated)
                self.expect(")")
                return part
            case _:
                return self._comparison(found, negated=negated)

    def _any(self, *, negated: bool) -> Condition:
        if self.next[1] != self.fields.categories:
            self.expect(self.fields.domains, "[*]")
            return _DomainIn(self._names())
        self.expect(self.fields.categories, "[*]", "in")
        numbers = self._set("number")
        if negated or len(numbers) != 1 or self.category not in ("", numbers[0]):
            self.refuse("is about a category that is not accounted for")
        self.category = numbers[0]
        return _CountedAsAi()

    def _comparison(self, name: str, *, negated: bool) -> Condition:
        if not name or name not in {self.fields.host, self.fields.source, self.fields.path}:
            self.refuse(f"has {name!r}, which this type of policy is not known to have")
        if name == self.fields.host:
            return _HostIn(self._names())
        if name == self.fields.source:
            self.expect("in")
            texts = self._set("network")
            networks = Networks(Network.parse(text, _RULES) for text in texts)
            self.sources.append(networks)
            return SourceIn(networks)
        self.expect("matches")
        kind, text = self.step()
        if negated or kind != "text" or not _BEGINNING.fullmatch(text[1:-1]):
            self.refuse("has a pattern of paths that is not accounted for")
        self.pathed = True
        return _PathIn(text[1:-1])

    def _names(self) -> frozenset[str]:
        """What a field of names is compared with."""
        operator = self.step()
        if operator == ("mark", "=="):
            return self._named([self.step()[1]])
        if operator != ("word", "in"):
            self.refuse(f"compares by {operator[1]!r}")
        if self.next[0] != "list":
            return self._named(self._set("text"))
        name = self.step()[1][2:-1]
        if name not in self.lists:
            self.refuse(f"names the list {name}, which does not exist")
        self.used.add(name)
        return self.lists[name]

    def _named(self, texts: list[str]) -> frozenset[str]:
        names = frozenset(text[1:-1] for text in texts if text.startswith('"'))
        if len(names) != len(texts) or not all(map(_HOST.fullmatch, names)):
            self.refuse("names what is no host, or one twice")
        self.hosts |= names
        return names

    def _set(self, kind: str) -> list[str]:
        self.expect("{")
        found: list[str] = []
        while self.next[0] == kind:
            found.append(self.step()[1])
        self.expect("}")
        if not found or len(set(found)) != len(found):
            self.refuse("has an empty set, or one with something twice")
        return found
