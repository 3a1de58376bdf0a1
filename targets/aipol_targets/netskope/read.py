"""Turns emitted files back into decisions, as a tenant set up with them would make them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import Files, address_of
from aipol_targets.netskope.read_policies import Tenant

CLIENTS = ("swg",)


class NetskopeDecider:
    """Real-time protection of one tenant."""

    __slots__ = ("_tenant",)

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The one path that answers for hosts."""
        return CLIENTS if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all alike)
        """Which network locations hold an address."""
        return self._tenant.seat(address_of(identity))

    def decide(self, question: Question) -> Answer:
        """The first policy for the host's category and the address."""
        if question.kind is not Kind.HOST or question.client not in CLIENTS:
            return Answer(None)
        # TLS and HTTP names are compared without case, and with or without the root's dot.
        host = question.value.lower().removesuffix(".")
        return self._tenant.decide(self._tenant.seat(address_of(question.identity)), host)

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterator[str]:
        """Those of the hosts that are blocked for an address."""
        if client not in CLIENTS:
            return iter(())
        seat = self._tenant.seat(address_of(identity))
        found = ((host, host.lower().removesuffix(".")) for host in hosts)
        decide = self._tenant.decide
        return (host for host, name in found if decide(seat, name).effect is Effect.BLOCK)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return self._tenant.edges()

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host in any list."""
        return ((Kind.HOST, host) for host in sorted(set(self._tenant.lists.hosts())))


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    known = Files(files)
    tenant = Tenant(known)
    for path in known.unread():
        raise UnreadableArtifact(path, "nothing refers to it")
    return NetskopeDecider(tenant)
