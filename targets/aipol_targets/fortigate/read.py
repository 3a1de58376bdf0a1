"""Turns emitted files back into decisions, as a FortiGate that loads them would make them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import Address, Files, Found, address_of
from aipol_targets.common.network.settings import in_words
from aipol_targets.fortigate.read_cli import read_cli, read_removal
from aipol_targets.fortigate.read_policies import Policy, read_policies
from aipol_targets.fortigate.read_rest import read_rest
from aipol_targets.fortigate.read_told import told_of
from aipol_targets.fortigate.read_tree import Config

CONF = "aipol.conf"
REMOVE = "remove.conf"
REST = "rest.json"
CLIENTS = ("webfilter", "dnsfilter")
HELD = ("log",)


class FortigateDecider:
    """The policies in their order; each filter answers for itself."""

    __slots__ = ("_policies", "_seats", "_told")

    def __init__(self, config: Config, outputs: Iterable[str]) -> None:
        self._policies = read_policies(config)
        self._told = {"outputs": in_words(outputs), **told_of(config)}
        self._seats: dict[Address, Policy | None] = {}

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The filters that each answer such questions on their own."""
        return {Kind.HOST: CLIENTS, Kind.HELD: HELD}.get(kind, ())

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all alike)
        """Which policy is for a source address."""
        policy = self._policy_for(address_of(identity))
        return policy.id if policy else None

    def decide(self, question: Question) -> Answer:
        """The decision of one filter, or whether both leave a record."""
        policy = self._policy_for(address_of(question.identity))
        if policy is None or policy.filters is None:
            return Answer(None)
        # Names are compared without case, and with or without the root's dot.
        host = question.value.lower().removesuffix(".")
        match question.kind:
            case Kind.HOST if question.client in CLIENTS:
                found = policy.filters[CLIENTS.index(question.client)].decide(host)
                return Answer(found.effect, found.artifact, _place(found))
            case Kind.HELD if question.client in HELD:
                records = [each.records(host) for each in policy.filters]
                if all(found.artifact for found in records):
                    return Answer(None, records[0].artifact, _place(records[0]), "held")
            case _:
                pass
        return Answer(None)

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterator[str]:
        """Those of the hosts that one filter blocks."""
        policy = self._policy_for(address_of(identity))
        if policy is None or policy.filters is None:
            return iter(())
        decide = policy.filters[CLIENTS.index(client)].decide
        return (host for host in hosts if decide(host).effect is Effect.BLOCK)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for policy in self._policies:
            yield from policy.networks.edges() if policy.networks else ()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        return self._told

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs in a filter."""
        seen = {
            host
            for policy in self._policies
            for each in policy.filters or ()
            for host in each.hosts()
        }
        return ((Kind.HOST, host) for host in sorted(seen))

    def _policy_for(self, address: Address) -> Policy | None:
        if address not in self._seats:
            found = (policy for policy in self._policies if policy.is_for(address))
            self._seats[address] = next(found, None)
        return self._seats[address]


def _place(found: Found) -> str:
    return f"line {found.line}" if found.line else ""


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    known = Files(files)
    read_back: list[Config] = []
    if CONF in files:
        read_back.append(read_cli(known.lines(CONF, named_in=CONF), CONF))
        read_removal(known.lines(REMOVE, named_in=CONF), REMOVE, read_back[0])
    if REST in files:
        read_back.append(read_rest(known.whole(REST), REST))
    for path in known.unread():
        raise UnreadableArtifact(path, "nothing refers to it")
    if not read_back:
        raise UnreadableArtifact(CONF, "is missing")
    if read_back[0].said() != read_back[-1].said():
        raise UnreadableArtifact(REST, f"does not say what {CONF} says")
    outputs = [form for form, path in (("cli", CONF), ("rest", REST)) if path in files]
    return FortigateDecider(read_back[0], outputs)
