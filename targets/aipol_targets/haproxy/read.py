"""Turns emitted files back into decisions, as an HAProxy that loads them would make them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol_targets.common.network.reading import Files, address_of
from aipol_targets.haproxy.read_conf import Frontend, read_frontends

CONF = "aipol.cfg"
CLIENTS = {"tls": "tcp", "http": "http"}
"""The ways to ask, each with the mode of the frontend that answers."""


class HaProxyDecider:
    """Both frontends; each answers for itself."""

    __slots__ = ("_files", "_frontends")

    def __init__(self, files: Files) -> None:
        self._files = files
        self._frontends: Mapping[str, Frontend] = read_frontends(files, CONF)
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The frontends that each answer such questions on their own."""
        return tuple(CLIENTS) if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all alike)
        """Which lists of addresses hold a source address."""
        address = address_of(identity)
        return frozenset(
            path for path, networks in self._files.network_files().items() if networks.hold(address)
        )

    def decide(self, question: Question) -> Answer:
        """The decision of one frontend."""
        mode = CLIENTS.get(question.client) if question.kind is Kind.HOST else None
        if mode is None:
            return Answer(None)
        # Each list compares a name that `lower` or `host_only`, and then `rtrim(.)`, has changed.
        host = question.value.lower().rstrip(".")
        found = self._frontends[mode].decide(address_of(question.identity), host)
        return Answer(found.effect, found.artifact, f"line {found.line}" if found.line else "")

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return self._files.edges()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        tls, http = (self._frontends[mode] for mode in CLIENTS.values())
        return {
            "tls_bind": tls.said["bind"],
            "http_bind": http.said["bind"],
            "tls_backend": tls.said["default_backend"],
            "http_backend": http.said["default_backend"],
            "nameless": "reject" if tls.named and http.named else "pass",
            **({"directory": tls.directory} if tls.directory else {}),
        }

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs in a list."""
        seen = {host for each in self._frontends.values() for host in each.hosts()}
        return ((Kind.HOST, host) for host in sorted(seen))


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    if CONF not in files:
        raise UnreadableArtifact(CONF, "is missing")
    return HaProxyDecider(Files(files))
