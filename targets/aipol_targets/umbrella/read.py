"""Turns request bodies back into decisions, as Umbrella would make them for each network.

Policies are tried from the top and the first one with an identity of the subject's is applied;
with it an allowed destination is let through, then a blocked one is not, and all else is allowed
(Cisco, "Policy Precedence", "DNS Policy Settings", "Best Practices for DNS Policies").
"""

from __future__ import annotations

import re
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

POLICIES = "policies.json"
CLIENTS = ("dns-policy",)
OTHERS = "all others"
MOST = 500
"""Destinations that one request may have; with more it is refused as a whole."""

_LIST_KEYS = {"access", "isGlobal", "name", "bundleTypeId", "destinations"}
# Of a list that policies for DNS take, and of one for web policies (Destination Lists API).
_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class _Policy:
    name: str
    networks: Networks | None
    """None for everybody else."""
    lists: NamePair


class UmbrellaDecider:
    """The policies in their order."""

    __slots__ = ("_policies", "_seats")

    def __init__(self, files: Files) -> None:
        self._policies = tuple(self._read(files))
        self._seats: dict[Address, _Policy | None] = {}
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The one enforcement path."""
        return CLIENTS if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all alike)
        """Which policy is for a source address."""
        policy = self._policy_for(address_of(identity))
        return policy.name if policy else None

    def decide(self, question: Question) -> Answer:
        """What an address is told about a name."""
        policy = self._policy_for(address_of(question.identity))
        if policy is None or question.kind is not Kind.HOST or question.client not in CLIENTS:
            return Answer(None)
        # DNS names are compared without case, and with or without the root's dot.
        found = policy.lists.decide(question.value.lower().removesuffix("."))
        return Answer(found.effect, found.artifact)

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for policy in self._policies:
            yield from policy.networks.edges() if policy.networks else ()

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every name on any list."""
        seen = {host for policy in self._policies for host in policy.lists.hosts()}
        return ((Kind.HOST, host) for host in sorted(seen))

    def _policy_for(self, address: Address) -> _Policy | None:
        if address not in self._seats:
            every = self._policies
            found = (p for p in every if p.networks is None or p.networks.hold(address))
            self._seats[address] = next(found, None)
        return self._seats[address]

    # --- reading ----------------------------------------------------------------------------------

    def _read(self, files: Files) -> Iterator[_Policy]:
        if POLICIES not in files.contents:
            raise UnreadableArtifact(POLICIES, "is missing")
        written = json_of(files, POLICIES, named_in=POLICIES)
        known: set[str] = set()
        every: list[Network] = []
        for number, entry in enumerate(_listed(written, POLICIES), start=1):
            match entry:
                case {
                    "policy": str(name),
                    "internalNetworks": networks,
                    "destinationLists": list(lists),
                    **rest,
                } if not rest and name and name not in known:
                    known.add(name)
                case _:
                    raise UnreadableArtifact(POLICIES, f"policy {number} is not one of ours")
            pair = self._pair(files, lists, known)
            if networks == OTHERS:
                if number < len(written):
                    raise UnreadableArtifact(POLICIES, f"nothing after policy {number} is reached")
                yield _Policy(name, None, pair)
            else:
                mine = networks_of(networks, POLICIES)
                every += mine
                yield _Policy(name, Networks(iter(mine)), pair)
        # Which of two internal networks decides an address that is in both is not documented.
        apart(every, POLICIES)

    def _pair(self, files: Files, names: list[Any], known: set[str]) -> NamePair:
        """The lists of one policy, at most one of each kind; no other policy may have them."""
        found: dict[str, NameList] = {}
        for name in names:
            if not isinstance(name, str) or not _NAME.fullmatch(name) or name in known:
                raise UnreadableArtifact(POLICIES, f"{name!r} is no list of its own")
            known.add(name)
            access, listed = self._list(files, name)
            if access in found:
                raise UnreadableArtifact(POLICIES, f"a policy has two lists that {access}")
            found[access] = listed
        return NamePair(found.get("allow", NameList()), found.get("block", NameList()))

    def _list(self, files: Files, name: str) -> tuple[str, NameList]:
        """What a list does and what is on it, over all requests that fill it."""
        path = f"lists/{name}.json"
        body = json_of(files, path, named_in=POLICIES)
        # A global list would apply to every policy of the organisation.
        match body:
            case {
                "access": "allow" | "block" as access,
                "isGlobal": False,
                "name": str(called),
                "bundleTypeId": 1 as bundle,
                "destinations": list(first),
            } if body.keys() == _LIST_KEYS and called == name and type(bundle) is int:
                listed = NameList()
                _fill(listed, first, path)
            case _:
                raise UnreadableArtifact(path, f"does not make the list {name}")
        number = 2
        while (more := f"lists/{name}.add-{number}.json") in files.contents:
            added = json_of(files, more, named_in=POLICIES)
            _fill(listed, _listed(added, more), more)
            number += 1
        return access, listed


def _listed(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise UnreadableArtifact(path, "is not a list")
    return value


def _fill(listed: NameList, destinations: list[Any], path: str) -> None:
    if not 1 <= len(destinations) <= MOST:
        raise UnreadableArtifact(path, f"has {len(destinations)} destinations, not 1 to {MOST}")
    for each in destinations:
        if not isinstance(each, dict) or each.keys() != {"destination"}:
            raise UnreadableArtifact(path, f"{each!r} is not a destination")
        listed.add(each["destination"], path)


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    return UmbrellaDecider(Files(files))
