"""Turns a list of AdGuard Home's filtering rules into decisions for one address and one name.

What each part means is told by AdGuard's "DNS filtering rules syntax" (KnowledgeBaseDNS,
docs/general/dns-filtering-syntax.md), and where that leaves room by the engine (AdguardTeam/
urlfilter, rules/network.go and rules/regex.go; both read 2026-11-28):

- `||name^` is the name and all below it, `|name^` the name alone, `||*.name^` what is below it;
- `denyallow=a|b` keeps the rule from those names and from all below them; with a name that is not
  of letters, digits and hyphens, or whose last label is no word, the whole rule is ignored;
- `client=` has addresses and CIDRs it is for, and with `~` such as it is not for; those win, and
  with no others it is for everybody else;
- a name is blocked when any rule is for it, for there are no exceptions (`@@`) here.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from aipol.blocklist import Blocklist
from aipol.domains import parents
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import (
    HOST_NAME,
    NOTHING,
    Address,
    Found,
    Network,
    Networks,
)

_RULE = re.compile(rf"(\|\|\*\.|\|\||\|)({HOST_NAME})\^(?:\$(.+))?")
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_SPARED = rf"(?:{_LABEL}\.)*(?:[a-z]{{2,}}|xn--[a-z0-9-]{{4,}})"
_NAMES = re.compile(rf"{_SPARED}(?:\|{_SPARED})*")
_LONGEST = 65_535
"""Octets of a line: at a longer one the list is given up."""
_AT, _WHOLE, _BELOW = "|", "||", "||*."


@dataclass(frozen=True, slots=True)
class _Clients:
    """The addresses of one `client` modifier."""

    text: str
    only: Networks | None
    but: Networks

    def hold(self, address: Address) -> bool:
        """Whether a rule with it is for the address."""
        return not self.but.hold(address) and (self.only is None or self.only.hold(address))


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line; `clients` is empty when it is for everybody."""

    line: int
    besides: frozenset[str]
    clients: str


class AdGuard:
    """The rules of one list."""

    __slots__ = ("_clients", "_known", "_path", "_rules")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._path = path
        self._clients: dict[str, _Clients] = {}
        self._known: dict[Address, frozenset[str]] = {}
        self._rules: dict[tuple[str, str], list[_Rule]] = {}
        seen: set[str] = set()
        for number, line in enumerate(lines, start=1):
            if line.startswith("#"):
                continue
            found = _RULE.fullmatch(line) if len(line) <= _LONGEST else None
            if not found or line in seen:
                raise UnreadableArtifact(path, f"line {number}: unknown or repeated: {line!r}")
            seen.add(line)
            modifiers = self._modifiers(found.group(3), number)
            clients = modifiers.get("client", "")
            if clients and clients not in self._clients:
                self._clients[clients] = self._parsed(clients, number)
            besides = frozenset(filter(None, modifiers.get("denyallow", "").split("|")))
            rule = _Rule(number, besides, clients)
            self._rules.setdefault((found.group(1), found.group(2)), []).append(rule)

    def _modifiers(self, text: str | None, number: int) -> dict[str, str]:
        """A rule with a modifier that the server does not know would be ignored as a whole."""
        found: dict[str, str] = {}
        for each in text.split(",") if text else ():
            name, _, value = each.partition("=")
            known = name == "client" or (name == "denyallow" and _NAMES.fullmatch(value))
            if not known or not value or name in found:
                raise UnreadableArtifact(self._path, f"line {number}: modifier {each!r}")
            found[name] = value
        return found

    def _parsed(self, text: str, number: int) -> _Clients:
        """Anything but a network would be the name of a client, which we never write."""
        values = text.split("|")
        if len(set(values)) != len(values):
            raise UnreadableArtifact(self._path, f"line {number}: names a client twice")
        but = [each[1:] for each in values if each.startswith("~")]
        only = [each for each in values if not each.startswith("~")]
        return _Clients(text, self._networks(only) if only else None, self._networks(but))

    def _networks(self, texts: Sequence[str]) -> Networks:
        return Networks(Network.parse(each, self._path) for each in texts)

    def rules_for(self, address: Address) -> Hashable:
        """The `client` modifiers that let a rule be for the address."""
        return self._held(address)

    def _held(self, address: Address) -> frozenset[str]:
        if address not in self._known:
            held = (each.text for each in self._clients.values() if each.hold(address))
            self._known[address] = frozenset(held)
        return self._known[address]

    def decide(self, address: Address, host: str) -> Found:
        """What a client at the address is told about a name."""
        clients, above = self._held(address), tuple(parents(host))
        places = [(_AT, host), (_WHOLE, host)]
        places += [(mark, name) for name in above for mark in (_BELOW, _WHOLE)]
        for place in places:
            for rule in self._rules.get(place, ()):
                spared = not rule.besides.isdisjoint((host, *above))
                if not spared and (not rule.clients or rule.clients in clients):
                    return Found(Effect.BLOCK, self._path, rule.line)
        return NOTHING

    def blocked(self, address: Address, hosts: Iterable[str]) -> Iterator[str]:
        """Those of the names that a client at the address is denied."""
        return (host for host in hosts if self.decide(address, host).effect is Effect.BLOCK)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for each in self._clients.values():
            yield from each.but.edges()
            yield from each.only.edges() if each.only else ()

    def blocklist(self, address: Address) -> Blocklist | None:
        """All names that a client at the address is denied; None where a rule spares some."""
        clients, found = self._held(address), {_AT: set[str](), _WHOLE: set[str](), _BELOW: set()}
        for (mark, name), rules in self._rules.items():
            held = [rule for rule in rules if not rule.clients or rule.clients in clients]
            if any(rule.besides for rule in held):
                return None
            if held:
                found[mark].add(name)
        return Blocklist(found[_AT] | found[_WHOLE], found[_BELOW] | found[_WHOLE])

    def hosts(self) -> Iterator[str]:
        """Every name in the list, those that a rule spares too."""
        for (_, name), rules in self._rules.items():
            yield name
            for rule in rules:
                yield from sorted(rule.besides)
