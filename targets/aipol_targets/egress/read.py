"""Turns emitted files back into decisions, as the devices that load them would make them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Address, Files, Found, address_of
from aipol_targets.egress.read_lists import RuleTable, domain_rules, url_rules
from aipol_targets.egress.read_squid import Proxy, read_proxy

EDL = "edl/rules.csv"
DOMAINS = "domains/rules.csv"
SQUID = "squid/aipol.conf"
PROXY = ("squid", "squid-sni")

_HELD = ("inspect_tls", "log")


class EgressDecider:
    """All outputs that are there; each enforcement path answers for itself."""

    __slots__ = ("_files", "_lists", "_paths", "_proxy")

    def __init__(self, files: Files) -> None:
        self._files = files
        self._lists: dict[str, RuleTable] = {}
        self._proxy: Proxy | None = None
        if EDL in files.contents:
            self._lists["edl"] = url_rules(files, EDL)
        if DOMAINS in files.contents:
            self._lists["domains"] = domain_rules(files, DOMAINS)
        if SQUID in files.contents:
            self._proxy = read_proxy(files, SQUID)
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")
        self._paths = dict(self._enforcement_paths())

    def _enforcement_paths(self) -> Iterator[tuple[str, Callable[[Address, str], Found]]]:
        for client, table in self._lists.items():
            yield client, table.decide
        if self._proxy:
            by_request, by_name = PROXY
            yield by_request, self._proxy.decide_request
            yield by_name, self._proxy.decide_handshake

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The enforcement paths that each answer such questions on their own."""
        if kind is Kind.HOST:
            return tuple(self._paths)
        if self._proxy is None:
            return ()
        return {Kind.HEADER: PROXY, Kind.HELD: _HELD}.get(kind, ())

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all kinds alike)
        """Which lists apply to a source address."""
        address = address_of(identity)
        return frozenset(
            path for path, networks in self._files.network_files().items() if networks.hold(address)
        )

    def decide(self, question: Question) -> Answer:
        """The decision of the device on one enforcement path."""
        address = address_of(question.identity)
        # DNS, TLS and HTTP names are compared without case, and with or without the root's dot.
        host = question.value.lower().removesuffix(".")
        if question.kind is Kind.HEADER:
            return self._header(address, host)
        if question.kind is Kind.HELD:
            return self._held(question.client, address, host)
        path = self._paths.get(question.client) if question.kind is Kind.HOST else None
        found = path(address, host) if path else NOTHING
        return Answer(found.effect, found.artifact, f"line {found.line}" if found.line else "")

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs anywhere in the files."""
        seen: set[str] = set()
        for source in (*self._lists.values(), self._proxy):
            seen.update(source.hosts() if source else ())
        return ((Kind.HOST, host) for host in sorted(seen))

    def _held(self, clause: str, address: Address, host: str) -> Answer:
        found = self._proxy.holds(clause, address, host) if self._proxy else NOTHING
        held = "held" if found.line else ""
        return Answer(None, found.artifact, f"line {found.line}" if held else "", held)

    def _header(self, address: Address, host: str) -> Answer:
        found = self._proxy.headers(address, host) if self._proxy else ()
        if not found:
            return Answer(None)
        lines = ", ".join(str(line) for _, line in found)
        return Answer(Effect.ALLOW, SQUID, f"line {lines}", "\n".join(text for text, _ in found))


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    return EgressDecider(Files(files))
