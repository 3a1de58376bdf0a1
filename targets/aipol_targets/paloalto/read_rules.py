"""Decides hosts by the rules of a configuration: from the top, and the first that matches.

Rules are tried top down and the first match ends it (PAN-OS Administrator's Guide, Policy).
Connections that none of these rules matches are left to the rules below them; what no decryption
rule matches is not decrypted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aipol.target import Answer, Kind, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import Address, Networks
from aipol_targets.paloalto.read_objects import Objects, UrlCategory, Watch, seated

_RULE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,62}")
_ANY = ["any"]
_YES = {"yes": True, "no": False, None: False}
NOTHING = Answer(None)


@dataclass(frozen=True, slots=True)
class _Matcher:
    """What a rule of either kind looks at."""

    name: str
    networks: Networks | None
    negated: bool
    categories: tuple[UrlCategory, ...]
    """None where a rule is for every host."""
    listed: frozenset[str]

    def takes(self, host: str) -> bool:
        return any(each.holds(host) for each in self.categories)


@dataclass(frozen=True, slots=True)
class _Security:
    matcher: _Matcher
    effect: Effect
    logged: bool
    watch: Watch | None


@dataclass(frozen=True, slots=True)
class _Decryption:
    matcher: _Matcher
    decrypted: bool
    http1: bool


@dataclass(frozen=True, slots=True)
class _Seat:
    """The rules that are for one source address."""

    security: tuple[_Security, ...]
    decryption: tuple[_Decryption, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """What all rules have in common; None where there is no rule."""

    zones: tuple[tuple[str, ...], tuple[str, ...]] | None
    watching: tuple[tuple[str, tuple[str, ...]], ...] | None
    """The kinds of threat profiles of what is let through, with their names."""


class Rulebase:
    """Both kinds of rules of one configuration."""

    __slots__ = ("_decryption", "_objects", "_path", "_seats", "_security", "alike")

    def __init__(self, rulebase: Mapping[str, Any], objects: Objects) -> None:
        self._path, self._objects = objects.path, objects
        security = rulebase.get("security", {}).get("rules", {})
        decryption = rulebase.get("decryption", {}).get("rules", {})
        self._security = tuple(self._active(security, self._read_security))
        self._decryption = tuple(self._active(decryption, self._read_decryption))
        self.alike = self._alike([*security.values(), *decryption.values()])
        if unused := objects.unused():
            raise UnreadableArtifact(self._path, f"no rule has {unused[0]}")
        self._seats: dict[Address, _Seat] = {}

    # --- deciding

    def seat(self, address: Address) -> tuple[str, ...]:
        """The names of the rules that are for an address."""
        seat = self._seat(address)
        matchers = [rule.matcher for rule in seat.security]
        matchers += [rule.matcher for rule in seat.decryption]
        return tuple(matcher.name for matcher in matchers)

    def decide(self, address: Address, host: str) -> Answer:
        """What happens to a connection."""
        rule = self._security_rule(address, host)
        return self._answer(rule, rule.effect) if rule else NOTHING

    def blocked(self, address: Address, hosts: Iterable[str]) -> Iterator[str]:
        """Those of the hosts to which connections are refused."""
        for host in hosts:
            rule = self._security_rule(address, host)
            if rule and rule.effect is Effect.BLOCK:
                yield host

    def decide_url(self, address: Address, url: str) -> Answer:
        """What happens to a request: its path is seen where the connection is decrypted."""
        asked = url.removeprefix("https://")
        host = asked.partition("/")[0]
        found = self._decryption_rule(address, host)
        if not (found and found.decrypted):
            return self.decide(address, host)
        for rule in self._seat(address).security:
            if any(each.holds_url(host, asked) for each in rule.matcher.categories):
                return self._answer(rule, rule.effect)
        return NOTHING

    def touched(self) -> Iterator[tuple[Kind, str]]:
        """The names that are decrypted, those that a header is for, and denied addresses."""
        for rule in self._decryption:
            for category in rule.matcher.categories if rule.decrypted else ():
                yield from ((Kind.HELD, host) for host in category.hosts())
        for watch in self._objects.watches.values():
            for each in watch.insertions:
                yield from ((Kind.HEADER, host) for host in each.domains.hosts())
        for category in self._objects.categories.values():
            yield from ((Kind.URL, f"https://{url}") for url in category.urls)

    def holds(self, clause: str, address: Address, host: str) -> Answer:
        """The rule that decrypts (`inspect_tls`) or records (`log`) what passes, or stops all."""
        rule = self._security_rule(address, host)
        if rule and rule.effect is Effect.BLOCK:
            return self._answer(rule, None, "held")
        if clause == "log":
            held = rule if rule and self._records(rule, host) else None
            return self._answer(held, None, "held") if held else NOTHING
        found = self._decryption_rule(address, host)
        return self._answer(found, None, "held") if found and found.decrypted else NOTHING

    def headers(self, address: Address, host: str) -> Answer:
        """What is inserted: into HTTP/1 only, so the connection has to be kept to it."""
        rule, found = self._security_rule(address, host), self._decryption_rule(address, host)
        if not (rule and rule.watch and found and found.decrypted and found.http1):
            return NOTHING
        sent = dict.fromkeys(
            f"{each.header}: {each.value}"
            for each in rule.watch.insertions
            if each.domains.line_for(host)
        )
        return self._answer(rule, Effect.ALLOW, "\n".join(sent)) if sent else NOTHING

    def hosts(self) -> Iterator[str]:
        """Every name in any list."""
        for category in self._objects.categories.values():
            yield from category.hosts()
        for watch in self._objects.watches.values():
            for each in watch.insertions:
                yield from each.domains.hosts()

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for networks in self._objects.networks.values():
            yield from networks.edges()

    def _records(self, rule: _Security, host: str) -> bool:
        """Whether host and time end up in the log of URLs."""
        recorded = rule.watch.recorded if rule.watch else frozenset[str]()
        lists = (self._objects.categories[name] for name in recorded & rule.matcher.listed)
        return rule.logged and any(each.holds(host) for each in lists)

    def _security_rule(self, address: Address, host: str) -> _Security | None:
        rules = self._seat(address).security
        return next((rule for rule in rules if rule.matcher.takes(host)), None)

    def _decryption_rule(self, address: Address, host: str) -> _Decryption | None:
        rules = self._seat(address).decryption
        return next((rule for rule in rules if rule.matcher.takes(host)), None)

    def _seat(self, address: Address) -> _Seat:
        known = self._seats.get(address)
        if known is None:
            known = self._seats[address] = _Seat(
                tuple(rule for rule in self._security if _is_for(rule.matcher, address)),
                tuple(rule for rule in self._decryption if _is_for(rule.matcher, address)),
            )
        return known

    def _answer(
        self, rule: _Security | _Decryption, effect: Effect | None, detail: str = ""
    ) -> Answer:
        return Answer(effect, self._path, f"rule {rule.matcher.name}", detail)

    # --- reading

    def _active(self, rules: Mapping[str, Any], read: Any) -> Iterator[Any]:
        for name, found in rules.items():
            rule = read(name, found)
            if not self._yes(found, "disabled"):
                yield rule

    def _alike(self, rules: Sequence[Mapping[str, Any]]) -> Alike:
        """All rules are between the same zones, and all that let through look with the same."""
        zones = {(tuple(sorted(each["from"])), tuple(sorted(each["to"]))) for each in rules}
        watching = {
            tuple(
                (kind, tuple(names))
                for kind, names in sorted(_profiles(each).items())
                if kind != "url-filtering"
            )
            for each in rules
            if each["action"] == "allow"
        }
        if len(zones) > 1 or len(watching) > 1:
            raise UnreadableArtifact(self._path, "rules differ in zones or in profiles")
        return Alike(next(iter(zones), None), next(iter(watching), None))

    def _read_security(self, name: str, found: Mapping[str, Any]) -> _Security:
        action = found.get("action")
        watching = _profiles(found).get("url-filtering")
        if action not in {"allow", "deny"} or found.get("application") != _ANY:
            self._refuse(name, "is not of allowing or denying any application")
        if (watching is not None and len(watching) != 1) or ("profile-setting" in found) > (
            action == "allow"
        ):
            self._refuse(name, "has profiles that make no sense")
        watch = self._objects.watch(watching[0]) if watching else None
        if watch and watch.recorded != frozenset(found.get("category", [])):
            self._refuse(name, "has a profile for other lists")
        if action == "allow" and not all(map(self._is_of_hosts, found.get("category", []))):
            self._refuse(name, "lets addresses through that are no whole host's")
        if "log-end" not in found or (action == "deny" and found["log-end"] != "yes"):
            self._refuse(name, "does not say that it is logged")
        return _Security(
            self._matcher(name, found),
            Effect.ALLOW if action == "allow" else Effect.BLOCK,
            self._yes(found, "log-end"),
            watch,
        )

    def _read_decryption(self, name: str, found: Mapping[str, Any]) -> _Decryption:
        action, profile = found.get("action"), found.get("profile")
        if action not in {"decrypt", "no-decrypt"} or found.get("type") != {
            "ssl-forward-proxy": {}
        }:
            self._refuse(name, "is not of decrypting, or not, as a forward proxy")
        matcher = self._matcher(name, found)
        http1 = profile is not None and self._objects.strips(profile)
        return _Decryption(matcher, action == "decrypt", http1)

    def _matcher(self, name: str, found: Mapping[str, Any]) -> _Matcher:
        for tag in ("source-user", "destination", "service"):
            if found.get(tag) != _ANY:
                self._refuse(name, f"is not for any {tag}")
        if not _RULE_NAME.fullmatch(name) or not found.get("from") or not found.get("to"):
            self._refuse(name, "has no name, or no zones")
        sources, listed = found.get("source", []), found.get("category", [])
        if len(sources) != 1:
            self._refuse(name, "is not for one source")
        if not listed or listed == _ANY:
            # To let through, or to decrypt, whatever it is would undo rules that are not ours.
            self._refuse(name, "is for any address")
        networks = None if sources == _ANY else self._objects.source(sources[0])
        negated = self._yes(found, "negate-source")
        if negated and networks is None:
            self._refuse(name, "is for nobody")
        categories = tuple(map(self._objects.category, listed))
        return _Matcher(name, networks, negated, categories, frozenset(listed))

    def _is_of_hosts(self, category: str) -> bool:
        known = self._objects.categories.get(category)
        return known is None or any(known.hosts())

    def _yes(self, found: Mapping[str, Any], tag: str) -> bool:
        if found.get(tag) not in _YES:
            raise UnreadableArtifact(self._path, f"{tag} is neither yes nor no")
        return _YES[found.get(tag)]

    def _refuse(self, name: str, why: str) -> None:
        raise UnreadableArtifact(self._path, f"rule {name!r} {why}")


def _profiles(found: Mapping[str, Any]) -> Mapping[str, list[str]]:
    profiles: Mapping[str, list[str]] = found.get("profile-setting", {}).get("profiles", {})
    return profiles


def _is_for(matcher: _Matcher, address: Address) -> bool:
    return seated(matcher.networks, address, negated=matcher.negated)
