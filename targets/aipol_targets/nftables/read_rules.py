"""Turns the lines of a chain into rules, and says which of them decides about a packet."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Address, Networks

_FAMILIES = {"ip": socket.AF_INET, "ip6": socket.AF_INET6}
_PROTO = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
_SET = r"@([A-Za-z][A-Za-z0-9._-]*)"
_PORT = r"[1-9][0-9]{0,4}"
_RULE = re.compile(
    r"(?P<reply>ct direction reply )?"
    r'(?:oifname "(?P<interface>[A-Za-z0-9][A-Za-z0-9._-]{0,14})" )?'
    rf"(?:(?P<source_ip>ip6?) saddr {_SET.replace('(', '(?P<source>', 1)} )?"
    rf"(?:(?P<to_ip>ip6?) daddr (?P<not>!= )?{_SET.replace('(', '(?P<to>', 1)} )?"
    r"(?:meta nfproto (?P<proto>ipv[46]) )?"
    rf"(?:(?P<protocol>tcp|udp) dport (?:(?P<port>{_PORT})|"
    rf"\{{ (?P<ports>{_PORT}(?:, {_PORT})*) \}}) )?"
    r"(?P<verdict>accept|drop|reject)"
)


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of a connection, as far as it is asked about; it leaves the network."""

    protocol: str
    port: int
    to: Address


@dataclass(frozen=True, slots=True)
class AddressSet:
    """A named set: its family, its addresses, and its networks as they are written."""

    family: socket.AddressFamily
    addresses: Networks
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """All of it must hold; `family` None is either, no ports are all of them."""

    line: int
    verdict: str
    interface: str
    family: socket.AddressFamily | None
    source: AddressSet | None
    to: AddressSet | None
    negated: bool
    protocol: str
    ports: frozenset[int]
    reply: bool

    def meets(self, source: Address) -> bool:
        """Whether a packet of a source can be one that the rule is about.

        What leaves by an interface that the rules name stays inside: nobody asks about that.
        """
        if self.reply or self.interface or self.family not in {None, source.family}:
            return False
        return self.source is None or self.source.addresses.hold(source)

    def meets_answers_to(self, source: Address) -> bool:
        """Whether what comes back to a source can be a packet that the rule is about.

        It comes back to a port that the system chose, which is none that a rule names.
        """
        if self.interface or self.ports or self.family not in {None, source.family}:
            return False
        return self.to is None or self.to.addresses.hold(source) is not self.negated

    def is_about_answers_from(self, to: Address) -> bool:
        """Whether all but where it comes back to holds."""
        return self.source is None or self.source.addresses.hold(to)

    def is_about(self, packet: Packet) -> bool:
        """Whether all but the source holds."""
        if self.protocol and (self.protocol != packet.protocol or packet.port not in self.ports):
            return False
        return self.to is None or self.to.addresses.hold(packet.to) is not self.negated


@dataclass(frozen=True)
class Chain:
    """A base chain at the hook where packets are forwarded; `policy` is for what no rule is."""

    policy: str
    rules: tuple[Rule, ...]
    priority: str = "0"
    _met: dict[Address, tuple[Rule, ...]] = field(default_factory=dict)
    _met_by_answers: dict[Address, tuple[Rule, ...]] = field(default_factory=dict)

    def _rules_for(self, source: Address) -> tuple[Rule, ...]:
        if source not in self._met:
            self._met[source] = tuple(rule for rule in self.rules if rule.meets(source))
        return self._met[source]

    def met_by(self, source: Address) -> tuple[object, ...]:
        """The lines of the rules that a source, and what comes back to it, can meet."""
        there = tuple(rule.line for rule in self._rules_for(source))
        return (source.family, there, tuple(rule.line for rule in self._answers_to(source)))

    def deciding(self, source: Address, packet: Packet) -> Rule | None:
        """The first rule that is about a packet: each verdict here ends the chain."""
        return next((rule for rule in self._rules_for(source) if rule.is_about(packet)), None)

    def answering(self, source: Address, to: Address) -> Rule | None:
        """The first rule that is about what comes back to a source."""
        found = (rule for rule in self._answers_to(source) if rule.is_about_answers_from(to))
        return next(found, None)

    def _answers_to(self, source: Address) -> tuple[Rule, ...]:
        if source not in self._met_by_answers:
            found = list[Rule]()
            for rule in self.rules:
                if rule.meets_answers_to(source):
                    found.append(rule)
                    if rule.source is None:  # what comes back goes no further
                        break
            self._met_by_answers[source] = tuple(found)
        return self._met_by_answers[source]

    def told(self) -> dict[str, str]:
        """Settings by what the rules do, without those that no rule follows."""
        actions = {rule.verdict for rule in self.rules} - {"accept"}
        inside = {rule.interface for rule in self.rules} - {""}
        found = {"action": ", ".join(sorted(actions)), "inside": ", ".join(sorted(inside))}
        said = {name: value for name, value in found.items() if value}
        return {"priority": self.priority, **said}

    def mentions(self) -> set[str]:
        """Every network of the sets, and every port."""
        found = {str(port) for rule in self.rules for port in rule.ports}
        for rule in self.rules:
            for each in (rule.source, rule.to):
                found.update(each.written if each else ())
        return found


def rules_of(
    lines: Iterator[tuple[int, str]], sets: Mapping[str, AddressSet], artifact: str
) -> Iterator[Rule]:
    """The rules of a chain; every set is to be used by one."""
    used: set[str] = set()
    for number, line in lines:
        found = _RULE.fullmatch(line)
        if found is None:
            raise UnreadableArtifact(artifact, f"line {number} is no rule that is known")
        used.update(name for name in (found["source"], found["to"]) if name)
        yield _rule(number, found, sets, artifact)
    if unused := sorted(sets.keys() - used):
        raise UnreadableArtifact(artifact, f"no rule uses the set {unused[0]}")


def _rule(number: int, found: re.Match[str], sets: Mapping[str, AddressSet], artifact: str) -> Rule:
    source = _named(number, found["source_ip"], found["source"], sets, artifact)
    to = _named(number, found["to_ip"], found["to"], sets, artifact)
    families = {each.family for each in (source, to) if each}
    families |= {_PROTO[found["proto"]]} if found["proto"] else set()
    ports = [int(text) for text in (found["ports"] or found["port"] or "").split(", ") if text]
    if len(families) > 1 or len(set(ports)) != len(ports) or any(port > 65535 for port in ports):  # noqa: PLR2004
        raise UnreadableArtifact(artifact, f"line {number} contradicts itself")
    if found["reply"] and found["protocol"]:
        why = f"line {number} is about answers to some ports: they come back to any"
        raise UnreadableArtifact(artifact, why)
    return Rule(
        number,
        found["verdict"],
        found["interface"] or "",
        next(iter(families), None),
        source,
        to,
        bool(found["not"]),
        found["protocol"] or "",
        frozenset(ports),
        bool(found["reply"]),
    )


def _named(
    number: int, ip: str | None, name: str | None, sets: Mapping[str, AddressSet], artifact: str
) -> AddressSet | None:
    if ip is None or name is None:
        return None
    found = sets.get(name)
    if found is None or found.family is not _FAMILIES[ip]:
        raise UnreadableArtifact(artifact, f"line {number}: no set {name} of {ip} addresses")
    return found
