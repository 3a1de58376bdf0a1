"""Turns squid's emitted files back into decisions, as squid makes them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import repeat

from aipol.blocklist import Blocklist
from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import NOTHING, Address, Files, Found, address_of
from aipol_targets.common.network.settings import in_words
from aipol_targets.squid.read_squid import read_proxy
from aipol_targets.squid.read_touched import (
    refuse_roundabout,
    refuse_untold,
    refuse_way_around,
    touched,
)

CONF = "aipol.conf"
_BY_REQUEST, _BY_NAME = CLIENTS = ("squid", "squid-sni")

_CLIENTS: Mapping[Kind, tuple[str, ...]] = {
    **dict.fromkeys((Kind.HOST, Kind.HEADER, Kind.URL), CLIENTS),
    Kind.HELD: ("inspect_tls", "log"),
}


class SquidDecider:
    """What squid denies by the requested host, and by the name in the handshake."""

    __slots__ = ("_files", "_paths", "_proxy")

    def __init__(self, files: Files) -> None:
        self._files = files
        self._proxy = read_proxy(files, CONF)
        refuse_way_around(self._proxy)
        refuse_untold(self._proxy)
        refuse_roundabout(self._proxy)
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")
        self._paths = {
            _BY_REQUEST: self._proxy.decide_request,
            _BY_NAME: self._proxy.decide_handshake,
        }

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The enforcement paths that each answer such questions on their own."""
        return _CLIENTS.get(kind, ())

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all kinds alike)
        """Which lists apply to a source address."""
        return self._proxy.kind_for(address_of(identity))

    def decide(self, question: Question) -> Answer:
        """The decision of squid on one enforcement path."""
        address = address_of(question.identity)
        if question.kind is Kind.URL:
            return _told(self._proxy.decide_url(address, question.value))
        # Requests are compared without case and the root's dot; handshakes keep the dot.
        host = question.value.lower()
        host = host if question.client == _BY_NAME else host.removesuffix(".")
        if question.kind is Kind.HEADER:
            return self._header(address, host)
        if question.kind is Kind.HELD:
            return self._held(question.client, address, host)
        path = self._paths.get(question.client) if question.kind is Kind.HOST else None
        found = path(address, host) if path else NOTHING
        return _told(found)

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterable[str]:
        """Those of the hosts that squid blocks on one enforcement path."""
        address, asked = address_of(identity), frozenset(hosts)
        by_name = client == _BY_NAME
        return (self._proxy.terminated if by_name else self._proxy.denied)(address, asked)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return self._files.edges()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        found = {"directory": self._proxy.directory, "log": in_words(self._proxy.log_files())}
        return {name: said for name, said in found.items() if said}

    def blocklist(self, identity: frozenset[str], client: str) -> Blocklist | None:
        """All that squid blocks on one enforcement path, where two sets of names say it."""
        proxy = self._proxy
        say = proxy.terminated_all if client == _BY_NAME else proxy.denied_all
        return say(address_of(identity))

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs anywhere in the files, and what lines do to some of them."""
        yield from zip(repeat(Kind.HOST), self._proxy.hosts(), strict=False)
        yield from touched(self._proxy)

    def _held(self, clause: str, address: Address, host: str) -> Answer:
        found = self._proxy.holds(clause, address, host)
        held = "held" if found.line else ""
        return Answer(None, found.artifact, f"line {found.line}" if held else "", held)

    def _header(self, address: Address, host: str) -> Answer:
        found = self._proxy.headers(address, host)
        if not found:
            return Answer(None)
        lines = ", ".join(str(line) for _, line in found)
        return Answer(Effect.ALLOW, CONF, f"line {lines}", "\n".join(text for text, _ in found))


def _told(found: Found) -> Answer:
    return Answer(found.effect, found.artifact, f"line {found.line}" if found.line else "")


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    return SquidDecider(Files(files))
