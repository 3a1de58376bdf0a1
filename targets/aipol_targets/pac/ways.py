"""Turns decisions over hosts into the way that a browser is to take to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aipol.domains import HostTrie, Intent, reversed_labels
from aipol.ir import Ir, Ruling
from aipol.vocabulary import Effect
from aipol_targets.common.network.placed import Decisions
from aipol_targets.pac.model import BLOCK, DIRECT

Patterns = Mapping[tuple[str, Intent], str]


def way_name(gateway: str) -> str:
    """What the way through a gateway is called; no other way has the mark."""
    return f"via-{gateway}"


def through_gateways(ir: Ir, decided: Decisions, known: Mapping[str, str]) -> Patterns:
    """Blocked patterns that every use needs through one and the same gateway with a proxy."""
    wanted: dict[tuple[str, Intent], set[str]] = {}
    for app in ir.apps.values():
        for claim in app.claims:
            uses = (decided.uses.get((app.id, surface)) for surface in claim.surfaces)
            ways = {_gateway(use.carried) for use in uses if use}
            if ways and not claim.shared:
                wanted.setdefault((claim.host, claim.intent), set()).update(ways)
    return {
        pattern: way_name(gateway)
        for pattern, gateways in wanted.items()
        if len(gateways) == 1 and (gateway := min(gateways)) in known
    }


def _gateway(ruling: Ruling) -> str:
    """The gateway through which the use is allowed; none where it is not, or needs none."""
    return (ruling.obligations.via or "") if ruling.effect is not Effect.BLOCK else ""


@dataclass(frozen=True, slots=True)
class Ways:
    """The way to every host."""

    trie: HostTrie
    hosts: tuple[str, ...]
    through: Patterns

    def to(self, host: str) -> str:
        """The way to a host."""
        entry = self.trie.decide(host)
        if entry is None or not entry.blocked:
            return DIRECT
        return self.through.get((entry.host, entry.intent), BLOCK)

    def rules(self) -> dict[str, str]:
        """The fewest rules that say so: for a host, and for all below it."""
        ordered = sorted(self.hosts, key=reversed_labels)
        return dict(rule for host in ordered for rule in self._rules(host))

    def _rules(self, host: str) -> Iterator[tuple[str, str]]:
        parent = host.partition(".")[2]
        # No host has this label, so that only what stands for all below decides.
        around = self.to(f"*.{parent}") if parent else DIRECT
        for name, way in ((f"={host}", self.to(host)), (f".{host}", self.to(f"*.{host}"))):
            if way != around:
                yield name, way
