"""Turns emitted files back into decisions, as a Suricata that runs inline would make them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from aipol.domains import parents
from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import Address, Files, address_of
from aipol_targets.common.network.settings import in_words
from aipol_targets.suricata.read_groups import Groups
from aipol_targets.suricata.read_rules import Rule, read_rules

RULES = "aipol.rules"
GROUPS = "address-groups.yaml"
CLIENTS = ("dns", "http", "tls")
STOPS = frozenset({"drop", "reject"})


class SuricataDecider:
    """The rules by what they look for; whichever applies stops the connection."""

    __slots__ = ("_groups", "_rules", "_seats")

    def __init__(self, files: Files) -> None:
        there = GROUPS in files.contents
        self._groups = Groups(files.lines(GROUPS, named_in=RULES) if there else (), GROUPS)
        self._rules: dict[str, dict[str, list[Rule]]] = {}
        self._seats: dict[tuple[str, Address], bool] = {}
        for rule in read_rules(files.lines(RULES, named_in=RULES), RULES):
            self._groups.note(rule.source, rule.number)
            known = self._rules.setdefault(rule.protocol, {})
            known.setdefault(rule.names.host, []).append(rule)
        if unused := self._groups.unused():
            raise UnreadableArtifact(GROUPS, f"no rule is about {unused[0]}")
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The protocols whose rules each answer such questions on their own."""
        return CLIENTS if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all alike)
        """Which groups hold a source address."""
        return self._groups.holding(address_of(identity))

    def decide(self, question: Question) -> Answer:
        """The decision of the rules of one protocol: there is none that lets through."""
        rules = self._rules.get(question.client, {}) if question.kind is Kind.HOST else {}
        # `nocase`, or a name in lower case, and an expression that takes final dots.
        host = question.value.lower().rstrip(".")
        address = address_of(question.identity)
        for place in (host, *parents(host)):
            for rule in rules.get(place, ()):
                if rule.action in STOPS and rule.matches(host) and self._is_for(rule, address):
                    return Answer(Effect.BLOCK, RULES, f"line {rule.number}")
        return Answer(None)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return self._groups.edges()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        by_host = (rules for known in self._rules.values() for rules in known.values())
        actions = {rule.action for rules in by_host for rule in rules}
        return {"action": in_words(actions)} if actions else {}

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs in a rule."""
        seen = {
            names.host
            for known in self._rules.values()
            for rules in known.values()
            for rule in rules
            for names in (rule.names, *rule.besides)
        }
        return ((Kind.HOST, host) for host in sorted(seen))

    def _is_for(self, rule: Rule, address: Address) -> bool:
        key = (rule.source, address)
        if key not in self._seats:
            self._seats[key] = self._groups.is_for(rule.source, address)
        return self._seats[key]


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    return SuricataDecider(Files(files))
