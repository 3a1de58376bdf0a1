"""Turns a file of nft back into decisions about new connections that a router is to forward."""

from __future__ import annotations

import re
import socket
from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import Address, Files, address_of
from aipol_targets.nftables.read_rules import Chain, Packet, Rule
from aipol_targets.nftables.read_table import chain_of

FILE = "aipol.nft"
_CLIENTS = ("ipv4", "ipv6")
_WAY = re.compile(r"([a-z]+)(?:/([0-9]{1,5}))? to ([0-9a-f.:]+)")
_EFFECTS = {"accept": Effect.ALLOW, "drop": Effect.BLOCK, "reject": Effect.BLOCK}


class NftablesDecider:
    """One table, as the kernel would walk its chain."""

    __slots__ = ("_chain",)

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The versions of IP, each of which is a way of its own."""
        return _CLIENTS if kind is Kind.WAY else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (only ways)
        """Which rules a source address can meet at all."""
        return self._chain.met_by(address_of(identity))

    def decide(self, question: Question) -> Answer:
        """What becomes of a connection: of its first packet, and of what comes back."""
        source = address_of(question.identity)
        packet = _packet(question.value) if question.kind is Kind.WAY else None
        version = "ipv6" if source.family is socket.AF_INET6 else "ipv4"
        if packet is None or version != question.client or packet.to.family is not source.family:
            return Answer(None)
        there = self._said(self._chain.deciding(source, packet))
        if there.effect is Effect.BLOCK:
            return there
        return self._said(self._chain.answering(source, packet.to), there)

    def _said(self, rule: Rule | None, otherwise: Answer | None = None) -> Answer:
        """The answer of a rule; where there is none, or it lets through, another may be clearer."""
        verdict = rule.verdict if rule else self._chain.policy
        effect = _EFFECTS[verdict]
        if otherwise and effect is otherwise.effect:
            return otherwise
        return Answer(effect, FILE, f"line {rule.line}" if rule else "")

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        return self._chain.told()

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every network and every port."""
        return ((Kind.WAY, value) for value in sorted(self._chain.mentions()))


@lru_cache(maxsize=4096)
def _packet(value: str) -> Packet | None:
    found = _WAY.fullmatch(value)
    return Packet(found[1], int(found[2] or 0), Address.parse(found[3])) if found else None


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    if FILE not in files:
        raise UnreadableArtifact(FILE, "is not there")
    found = Files(files)
    chain = chain_of(found.lines(FILE, named_in=FILE), FILE)
    for path in found.unread():
        raise UnreadableArtifact(path, "nothing refers to it")
    return NftablesDecider(chain)
