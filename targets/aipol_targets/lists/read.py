"""Turns emitted lists back into decisions, as the devices that load them would make them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import repeat

from aipol.blocklist import Blocklist
from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol_targets.common.network.reading import Files, address_of
from aipol_targets.common.network.settings import in_words
from aipol_targets.lists.read_policies import PolicyTable
from aipol_targets.lists.read_rules import RuleTable, domain_rules, url_rules
from aipol_targets.lists.read_sonicwall import sonicwall_policies
from aipol_targets.lists.read_watchguard import watchguard_policies

_TABLES: Mapping[str, tuple[str, Callable[[Files, str], RuleTable | PolicyTable]]] = {
    "edl": ("edl/rules.csv", url_rules),
    "domains": ("domains/rules.csv", domain_rules),
    "sonicwall": ("sonicwall/policies.csv", sonicwall_policies),
    "watchguard": ("watchguard/policies.csv", watchguard_policies),
}


class ListsDecider:
    """All outputs that are there; each answers for itself."""

    __slots__ = ("_files", "_tables")

    def __init__(self, files: Files) -> None:
        self._files = files
        self._tables = {
            client: load(files, path)
            for client, (path, load) in _TABLES.items()
            if path in files.contents
        }
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The enforcement paths that each answer such questions on their own."""
        return tuple(self._tables) if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all kinds alike)
        """Which lists apply to a source address."""
        address = address_of(identity)
        return tuple(table.kind_for(address) for table in self._tables.values())

    def decide(self, question: Question) -> Answer:
        """The decision of the device that loads one of the outputs."""
        table = self._tables.get(question.client) if question.kind is Kind.HOST else None
        if table is None:
            return Answer(None)
        # DNS, TLS and HTTP names are compared without case, and with or without the root's dot.
        host = question.value.lower().removesuffix(".")
        found = table.decide(address_of(question.identity), host)
        return Answer(found.effect, found.artifact, f"line {found.line}" if found.line else "")

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterable[str]:
        """Those of the hosts that the device which loads one of the outputs blocks."""
        table = self._tables.get(client)
        return table.blocked(address_of(identity), frozenset(hosts)) if table else ()

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return self._files.edges()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        return {"outputs": in_words(self._tables)}

    def blocklist(self, identity: frozenset[str], client: str) -> Blocklist | None:
        """All that the device which loads one of the outputs blocks, where two sets say it."""
        table = self._tables.get(client)
        return table.blocklist(address_of(identity)) if isinstance(table, RuleTable) else None

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs anywhere in the files."""
        hosts = (host for table in self._tables.values() for host in table.hosts())
        return zip(repeat(Kind.HOST), hosts, strict=False)


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    return ListsDecider(Files(files))
