"""Turns both files back into decisions, as Gateway would make them.

Within a type, policies are evaluated from the lowest precedence up, and the first that matches is
the last that is asked; what none matches is let through (Order of enforcement). DNS policies stand
alone; an Allow of a network policy leaves the HTTP policies to be asked. Of those all that say Do
Not Inspect, which is `off`, come first: what one of them matches is let through by all others, and
is not decrypted. That everything else is decrypted is taken for granted: the account may say so.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.cloudflare.read_expression import (
    FIELDS,
    Condition,
    Expression,
    Subject,
    from_source,
)
from aipol_targets.cloudflare.read_json import LISTS, RULES, Body, read_lists, read_rules
from aipol_targets.common.network.reading import Address, Files, Networks, address_of
from aipol_targets.common.network.settings import in_words

_CLIENTS = {"dns": "dns", "http": "http", "l4": "network"}
_EFFECTS = {"allow": Effect.ALLOW, "block": Effect.BLOCK, "off": Effect.ALLOW}
_INSPECT = "inspect_tls"
NOTHING = Answer(None)


@dataclass(frozen=True, slots=True)
class _Rule:
    body: Body
    condition: Condition
    source: Condition
    category: str
    """The number of the content category that it is about, if it is about one."""
    hosts: frozenset[str]
    addresses: frozenset[str]

    @property
    def place(self) -> str:
        return f"rule {self.body.name}"


class GatewayDecider:
    """The policies of every type in their order."""

    __slots__ = ("_edges", "_hosts", "_rules", "_seats")

    def __init__(
        self,
        rules: Mapping[str, tuple[_Rule, ...]],
        hosts: frozenset[str],
        edges: Iterable[str],
    ) -> None:
        self._edges = tuple(sorted(edges))
        self._hosts = hosts
        self._rules = rules
        self._seats: dict[tuple[str, Address], tuple[_Rule, ...]] = {}

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The types of policies that there are; each answers for itself."""
        if kind is Kind.HELD:
            return (_INSPECT,) if "http" in self._rules else ()
        if kind is Kind.CATEGORY:
            return tuple(client for client in self._rules if client != "network")
        return tuple(self._rules) if kind in {Kind.HOST, Kind.HEADER, Kind.URL} else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """Which policies are for a source address."""
        address = address_of(identity)
        return tuple(
            rule.body.name
            for client in self._rules
            for rule in self._seat(client, address)
            if kind is not Kind.CATEGORY or _counts(rule)
        )

    def decide(self, question: Question) -> Answer:
        """The decision of one type of policies, or the headers of what gets through them all."""
        address = address_of(question.identity)
        if question.kind is Kind.URL:
            return self._url(address, question.value)
        # Names are compared without case, and with or without the root's dot.
        host = question.value.lower().removesuffix(".")
        if question.kind is Kind.HEADER:
            return self._headers(address, host)
        if question.kind is Kind.HELD:
            return self._held(question.client, address, host)
        if question.kind is Kind.CATEGORY:
            return self._category(question.client, Subject.of(address, host, ai=True))
        if question.kind is not Kind.HOST:
            return NOTHING
        rule = self._matching(question.client, Subject.of(address, host))
        if rule is None:
            return NOTHING
        return Answer(_EFFECTS[rule.body.action], RULES, rule.place)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return iter(self._edges)

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        orders = [rule.body.precedence for rules in self._rules.values() for rule in rules]
        first = {"first_precedence": str(min(orders))} if orders else {}
        numbers = {rule.category for rules in self._rules.values() for rule in rules} - {""}
        category = {"ai_category": ", ".join(sorted(numbers))} if numbers else {}
        return {"policies": in_words(self._rules), **first, **category}

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs in a list or an expression, and what is done to some of them."""
        yield from ((Kind.HOST, host) for host in sorted(self._hosts))
        every = {rule.body.name: rule for rules in self._rules.values() for rule in rules}
        for rule in every.values():
            yield from ((Kind.URL, url) for url in sorted(rule.addresses))
            if rule.body.headers:
                yield from ((Kind.HEADER, host) for host in sorted(rule.hosts))

    def _url(self, address: Address, url: str) -> Answer:
        """Of a request that HTTP policies see: the host gets through all, or its address does."""
        host, mark, path = url.removeprefix("https://").partition("/")
        for client in self._rules:
            seen = f"{mark}{path}" if client == "http" else ""
            rule = self._matching(client, Subject.of(address, host, seen))
            if rule and rule.body.action == "block":
                return Answer(Effect.BLOCK, RULES, rule.place)
        return NOTHING

    def _headers(self, address: Address, host: str) -> Answer:
        """Of a request: whatever lookup and handshake are let through, it comes to HTTP."""
        subject = Subject.of(address, host)
        for client in self._rules:
            rule = self._matching(client, subject)
            if rule and rule.body.action == "block":
                return NOTHING
        sending = self._matching("http", subject)
        if sending is None or not sending.body.headers:
            return NOTHING
        told = "\n".join(f"{name}: {value}" for name, value in sending.body.headers)
        return Answer(Effect.ALLOW, RULES, sending.place, told)

    def _category(self, client: str, subject: Subject) -> Answer:
        """What is done by the category: a policy that lets through before ends the search."""
        rules = filter(_counts, self._seat(client, subject.address))
        rule = next((rule for rule in rules if rule.condition.holds(subject)), None)
        return Answer(_EFFECTS[rule.body.action], RULES, rule.place) if rule else NOTHING

    def _held(self, clause: str, address: Address, host: str) -> Answer:
        """Whether a connection is decrypted."""
        rule = self._matching("http", Subject.of(address, host))
        if clause != _INSPECT or "http" not in self._rules or (rule and rule.body.action == "off"):
            return NOTHING
        return Answer(Effect.ALLOW, RULES, rule.place if rule else "", "held")

    def _matching(self, client: str, subject: Subject) -> _Rule | None:
        rules = self._seat(client, subject.address)
        return next((rule for rule in rules if rule.condition.holds(subject)), None)

    def _seat(self, client: str, address: Address) -> tuple[_Rule, ...]:
        """The policies of a type that can be for anything from an address."""
        found = self._seats.get((client, address))
        if found is None:
            nothing = Subject(address, "", frozenset())
            rules = self._rules.get(client, ())
            found = tuple(rule for rule in rules if rule.source.holds(nothing))
            self._seats[client, address] = found
        return found


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    known = Files(files)
    for path in (LISTS, RULES):
        if path not in files:
            raise UnreadableArtifact(path, "is missing")
    lists = read_lists(known.whole(LISTS))
    types = read_rules(known.whole(RULES))
    for path in known.unread():
        raise UnreadableArtifact(path, "nothing refers to it")
    used, hosts, sources = set[str](), set[str](), list[Networks]()
    try:
        rules = {
            _CLIENTS[kind]: _spared_first(_rules(kind, bodies, lists, (used, hosts, sources)))
            for kind, bodies in types.items()
        }
    except (AttributeError, KeyError, TypeError):
        raise UnreadableArtifact(RULES, "has a value of a kind that no policy has") from None
    for name in sorted(lists.keys() - used):
        raise UnreadableArtifact(LISTS, f"no policy refers to {name}")
    edges = {address for networks in sources for address in networks.edges()}
    return GatewayDecider(rules, frozenset(hosts).union(*lists.values()), edges)


def _rules(
    kind: str,
    bodies: tuple[Body, ...],
    lists: Mapping[str, frozenset[str]],
    noted: tuple[set[str], set[str], list[Networks]],
) -> Iterator[_Rule]:
    """The policies of one type, noting the lists, hosts and sources of all of them."""
    used, hosts, sources = noted
    for body in bodies:
        condition, found = Expression.read(body.name, body.traffic, FIELDS[kind], lists)
        if found.pathed and body.action != "block":
            raise UnreadableArtifact(RULES, f"{body.name} lets through what is no whole host")
        if found.category and body.action != "block":
            raise UnreadableArtifact(RULES, f"{body.name} lets a category through")
        if body.by_own_name is not (bool(found.category) and kind == "dns"):
            why = "is about categories of the names that an answer leads to, or about none"
            raise UnreadableArtifact(RULES, f"{body.name} {why}")
        used |= found.used
        hosts |= found.hosts
        sources += found.sources
        named = found.hosts.union(*(lists[name] for name in found.used))
        source, addresses = from_source(condition), frozenset(found.addresses)
        yield _Rule(body, condition, source, found.category, frozenset(named), addresses)


def _counts(rule: _Rule) -> bool:
    """Whether it matters to what a category is for: not a block by lists."""
    return bool(rule.category) or rule.body.action != "block"


def _spared_first(rules: Iterable[_Rule]) -> tuple[_Rule, ...]:
    """Policies in the order they are evaluated in: by precedence, Do Not Inspect before others."""
    return tuple(sorted(rules, key=lambda rule: rule.body.action != "off"))
