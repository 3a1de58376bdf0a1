"""Turns emitted files back into decisions, as a firewall that has loaded them would make them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol_targets.common.network.reading import Files, address_of
from aipol_targets.common.network.settings import in_words
from aipol_targets.paloalto.read_objects import read_objects
from aipol_targets.paloalto.read_rules import Rulebase
from aipol_targets.paloalto.read_told import told_of
from aipol_targets.paloalto.read_tree import read_commands, read_document

_READERS = {
    "edl": ("edl/aipol.xml", read_document),
    "set": ("set/aipol.txt", read_commands),
    "xml": ("xml/aipol.xml", read_document),
}
_HELD = ("inspect_tls", "log")


class PaloAltoDecider:
    """All outputs that are there; each decides for itself."""

    __slots__ = ("_rules", "_told")

    def __init__(self, files: Files) -> None:
        self._rules: dict[str, Rulebase] = {}
        self._told: dict[str, set[str]] = {}
        for output, (path, read_system) in _READERS.items():
            if path in files.contents:
                system = read_system(files.whole(path), path)
                if ("external-list" in system) > (output == "edl"):
                    raise UnreadableArtifact(path, "has lists that are somewhere else")
                objects = read_objects(system, files, path)
                self._rules[output] = Rulebase(system.get("rulebase", {}), objects)
                for name, said in told_of(system, self._rules[output].alike).items():
                    self._told.setdefault(name, set()).add(said)
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The outputs that each answer such questions on their own."""
        if kind in {Kind.HOST, Kind.HEADER, Kind.URL}:
            return tuple(self._rules)
        return _HELD if kind is Kind.HELD and self._rules else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all alike)
        """Which rules apply to a source address."""
        address = address_of(identity)
        return tuple(rules.seat(address) for rules in self._rules.values())

    def decide(self, question: Question) -> Answer:
        """The decision of a firewall with one output."""
        address = address_of(question.identity)
        # TLS and HTTP names are compared without case, and with or without the root's dot.
        host = question.value.lower().removesuffix(".")
        if question.kind is Kind.HELD:
            answers = [each.holds(question.client, address, host) for each in self._rules.values()]
            return next((each for each in answers if not each.detail), answers[0])
        rules = self._rules.get(question.client)
        if rules is None:
            return Answer(None)
        if question.kind is Kind.URL:
            return rules.decide_url(address, question.value)
        if question.kind is Kind.HEADER:
            return rules.headers(address, host)
        return rules.decide(address, host) if question.kind is Kind.HOST else Answer(None)

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterator[str]:
        """Those of the hosts that a firewall with one output blocks."""
        rules = self._rules.get(client)
        return rules.blocked(address_of(identity), hosts) if rules else iter(())

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for rules in self._rules.values():
            yield from rules.edges()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings; where outputs differ, what each of them says."""
        said = {name: " / ".join(sorted(found)) for name, found in self._told.items()}
        return {"outputs": in_words(self._rules), **said}

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs anywhere in the files, and what is done to some of them."""
        seen = {host for rules in self._rules.values() for host in rules.hosts()}
        yield from ((Kind.HOST, host) for host in sorted(seen))
        for rules in self._rules.values():
            yield from rules.touched()


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    return PaloAltoDecider(Files(files))
