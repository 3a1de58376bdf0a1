"""Turns emitted files back into decisions, as a browser that takes the advice would make them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol_targets.common.network.reading import (
    Address,
    Files,
    Network,
    Networks,
    address_of,
    apart,
)
from aipol_targets.pac.read_script import Script

HANDOUT = "handout.csv"
HEADER = ["network", "file"]
CLIENTS = ("pac",)
_BLOCK, _VIA = "block", "via-"


@dataclass(frozen=True, slots=True)
class _Row:
    """Who is handed which file; nobody is handed one without a path."""

    networks: Networks
    path: str


class PacDecider:
    """The files, and who is handed which."""

    __slots__ = ("_default", "_rows", "_scripts", "_seats")

    def __init__(self, files: Files) -> None:
        self._scripts: dict[str, Script] = {}
        self._seats: dict[Address, str] = {}
        self._rows: list[_Row] = []
        self._default: str | None = None
        self._read_rows(files)
        if self._default is None:
            raise UnreadableArtifact(HANDOUT, "says nothing about everybody else")
        for path in files.unread():
            raise UnreadableArtifact(path, "is handed to nobody")

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """There is one way to ask."""
        return CLIENTS if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all alike)
        """Which file a source address is handed."""
        return self._path_for(address_of(identity))

    def decide(self, question: Question) -> Answer:
        """Whether a browser connects directly."""
        path = self._path_for(address_of(question.identity))
        if question.kind is not Kind.HOST or question.client not in CLIENTS or not path:
            return Answer(None)
        found = self._scripts[path].decide(question.value)
        return Answer(found.effect, found.artifact, f"line {found.line}" if found.line else "")

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for row in self._rows:
            yield from row.networks.edges()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        found: dict[str, str] = {}
        for path, script in self._scripts.items():
            for way, proxy in script.proxies():
                name = "black_hole" if way == _BLOCK else f"gateways.{way.removeprefix(_VIA)}"
                if found.setdefault(name, proxy) != proxy or way == name:
                    raise UnreadableArtifact(path, f"the way {way} is another one elsewhere")
        return found

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs in a file."""
        seen = {host for script in self._scripts.values() for host in script.hosts()}
        return ((Kind.HOST, host) for host in sorted(seen))

    def _path_for(self, address: Address) -> str:
        if address not in self._seats:
            found = (row.path for row in self._rows if row.networks.hold(address))
            self._seats[address] = next(found, self._default or "")
        return self._seats[address]

    def _read_rows(self, files: Files) -> None:
        rows = files.rows(HANDOUT)
        if not rows or rows[0] != HEADER:
            raise UnreadableArtifact(HANDOUT, "does not begin with its header")
        networks: dict[str, list[Network]] = {}
        for number, row in enumerate(rows[1:], start=2):
            match row:
                case ["*", path] if path and self._default is None:
                    self._default = path
                case [network, path] if network != "*":
                    networks.setdefault(path, []).append(Network.parse(network, HANDOUT))
                case _:
                    raise UnreadableArtifact(HANDOUT, f"line {number} is not known, or there twice")
            path = row[1]
            if path and path not in self._scripts:
                lines = files.lines(path, named_in=HANDOUT)
                self._scripts[path] = Script(lines, path)
        # An address in two rows would be handed whatever the server takes first.
        apart((network for found in networks.values() for network in found), HANDOUT)
        self._rows = [_Row(Networks(iter(found)), path) for path, found in networks.items()]


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    return PacDecider(Files(files))
