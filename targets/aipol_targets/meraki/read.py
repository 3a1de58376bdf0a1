"""Turns request bodies back into decisions, as an MX would make them for each network.

A client with a group policy gets its lists, everybody else those of the whole network; an allowed
pattern wins over a blocked one (Cisco Meraki, "URL Filtering"), and what no pattern speaks about is
let through. A name stands for all below it as well: a child can be excepted from a blocked parent,
and not the other way round (the same document; what is read into that is in the README).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol_targets.common.network.read_json import json_of
from aipol_targets.common.network.read_pair import NameList, NamePair, networks_of
from aipol_targets.common.network.reading import (
    Address,
    Files,
    Network,
    Networks,
    address_of,
    apart,
)

NETWORK_WIDE = "content-filtering.json"
BINDINGS = "bindings.json"
CLIENTS = ("content-filter",)
_LONGEST_NAME = 127
_VLANS = range(1, 4095)


@dataclass(frozen=True, slots=True)
class _Bound:
    name: str
    networks: Networks
    lists: NamePair


class MerakiDecider:
    """The group policies, and the lists of the whole network."""

    __slots__ = ("_bound", "_rest", "_seats")

    def __init__(self, files: Files) -> None:
        self._bound = tuple(_bindings(files))
        self._rest = _network_wide(files)
        self._seats: dict[Address, _Bound | None] = {}
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The one enforcement path."""
        return CLIENTS if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all alike)
        """Which group policy is for a source address, if any is."""
        bound = self._bound_to(address_of(identity))
        return bound.name if bound else None

    def decide(self, question: Question) -> Answer:
        """Whether an address is let through to a host."""
        if question.kind is not Kind.HOST or question.client not in CLIENTS:
            return Answer(None)
        bound = self._bound_to(address_of(question.identity))
        # Names are compared without case, and with or without the root's dot.
        host = question.value.lower().removesuffix(".")
        found = (bound.lists if bound else self._rest).decide(host)
        return Answer(found.effect, found.artifact)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for bound in self._bound:
            yield from bound.networks.edges()

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every name on any list."""
        every = (*(bound.lists for bound in self._bound), self._rest)
        return ((Kind.HOST, host) for host in sorted({h for pair in every for h in pair.hosts()}))

    def _bound_to(self, address: Address) -> _Bound | None:
        if address not in self._seats:
            found = (bound for bound in self._bound if bound.networks.hold(address))
            self._seats[address] = next(found, None)
        return self._seats[address]


def _bindings(files: Files) -> Iterator[_Bound]:
    if BINDINGS not in files.contents:
        raise UnreadableArtifact(BINDINGS, "is missing")
    written = json_of(files, BINDINGS, named_in=BINDINGS)
    if not isinstance(written, list):
        raise UnreadableArtifact(BINDINGS, "is not a list")
    names: set[str] = set()
    vlans: set[int] = set()
    every: list[Network] = []
    for entry in written:
        match entry:
            case {"groupPolicy": str(name), "networks": networks, **rest} if name not in names:
                names.add(name)
                _check_vlan(rest, vlans)
            case _:
                raise UnreadableArtifact(BINDINGS, f"{entry!r} binds no policy of its own")
        mine = networks_of(networks, BINDINGS)
        every += mine
        yield _Bound(name, Networks(iter(mine)), _group_policy(files, name))
    # A client has one group policy: which of two would hold is not said here.
    apart(every, BINDINGS)


def _check_vlan(rest: Mapping[Any, Any], taken: set[int]) -> None:
    """A VLAN has one group policy."""
    if not rest:
        return
    vlan = rest.get("vlan")
    if set(rest) != {"vlan"} or type(vlan) is not int or vlan not in _VLANS or vlan in taken:
        raise UnreadableArtifact(BINDINGS, f"{rest!r} is no VLAN of its own")
    taken.add(vlan)


def _group_policy(files: Files, name: str) -> NamePair:
    path = f"group-policies/{name}.json"
    match json_of(files, path, named_in=BINDINGS):
        case {
            "name": str(called),
            "contentFiltering": {
                "allowedUrlPatterns": dict(allowed),
                "blockedUrlPatterns": dict(blocked),
                **more,
            },
            **rest,
        } if called == name and len(name) <= _LONGEST_NAME and not more and not rest:
            return NamePair(_overriding(allowed, path), _overriding(blocked, path))
        case _:
            raise UnreadableArtifact(path, f"does not make the group policy {name}")


def _overriding(setting: Mapping[str, Any], path: str) -> NameList:
    """Patterns in place of the network's: with `append` its allowed ones would win over these."""
    match setting:
        case {"settings": "override", "patterns": list(patterns), **rest} if not rest:
            return _names(patterns, path)
        case _:
            raise UnreadableArtifact(path, "does not replace the patterns of the network")


def _network_wide(files: Files) -> NamePair:
    if NETWORK_WIDE not in files.contents:
        return NamePair(NameList(), NameList())
    match json_of(files, NETWORK_WIDE, named_in=NETWORK_WIDE):
        case {
            "allowedUrlPatterns": list(allowed),
            "blockedUrlPatterns": list(blocked),
            **rest,
        } if not rest:
            return NamePair(_names(allowed, NETWORK_WIDE), _names(blocked, NETWORK_WIDE))
        case _:
            raise UnreadableArtifact(NETWORK_WIDE, "has other keys than the two lists")


def _names(patterns: list[Any], path: str) -> NameList:
    found = NameList()
    for pattern in patterns:
        found.add(pattern, path)
    return found


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    return MerakiDecider(Files(files))
