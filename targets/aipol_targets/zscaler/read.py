"""Turns emitted requests back into decisions, as Zscaler Internet Access would make them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import address_of
from aipol_targets.zscaler.read_rules import Policy

FILE = "requests.json"
CLIENTS = ("zia",)


class ZscalerDecider:
    """URL filtering after all requests were sent, in their order."""

    __slots__ = ("_policy",)

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The one path that answers for hosts."""
        return CLIENTS if kind in {Kind.HOST, Kind.CATEGORY} else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """Which source groups hold an address, or the rules about Zscaler's categories for it."""
        seat = self._policy.seat(address_of(identity))
        return self._policy.rules_of_ai(seat) if kind is Kind.CATEGORY else seat

    def decide(self, question: Question) -> Answer:
        """The first rule for the host's category and the address."""
        if question.kind not in {Kind.HOST, Kind.CATEGORY} or question.client not in CLIENTS:
            return Answer(None)
        # TLS and HTTP names are compared without case, and with or without the root's dot.
        host = question.value.lower().removesuffix(".")
        seat = self._policy.seat(address_of(question.identity))
        if question.kind is Kind.CATEGORY:
            return self._policy.decide_ai(seat, host)
        return self._policy.decide(seat, host)

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterator[str]:
        """Those of the hosts that are blocked for an address."""
        if client not in CLIENTS:
            return iter(())
        seat = self._policy.seat(address_of(identity))
        found = ((host, host.lower().removesuffix(".")) for host in hosts)
        decide = self._policy.decide
        return (host for host, name in found if decide(seat, name).effect is Effect.BLOCK)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return self._policy.edges()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        return self._policy.told()

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host in any category."""
        return ((Kind.HOST, host) for host in sorted(set(self._policy.urls.hosts())))


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    if FILE not in files:
        raise UnreadableArtifact(FILE, "is missing")
    for path in sorted(files.keys() - {FILE}):
        raise UnreadableArtifact(path, "nothing refers to it")
    try:
        return ZscalerDecider(Policy(files[FILE], FILE))
    except (AttributeError, KeyError, TypeError):
        raise UnreadableArtifact(FILE, "has a value of a kind that no such request has") from None
