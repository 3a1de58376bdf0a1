"""Turns what a policy says of ways out into rules on source addresses, ports and destinations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from aipol.bypasses import DOH_ADDRESSES
from aipol.ir import Confined, Ir
from aipol.segments import fewest_networks, gateway_networks
from aipol.target import Lowered
from aipol_targets.common.network.settings import idle
from aipol_targets.nftables.account import coverage, policy_coverage
from aipol_targets.nftables.model import AddressSet, Rule, Table
from aipol_targets.nftables.settings import NftablesSettings

TARGET_ID = "nftables"
_VERSIONS = (4, 6)
_TRANSPORTS = ("tcp", "udp")
_ASKING = (53, 443, 853)
"""DNS, DNS over HTTPS, and DNS over TLS or QUIC."""


def lower(ir: Ir, settings: NftablesSettings) -> Lowered[Table]:
    """One table for the whole network, with an account of every clause."""
    made = _Made(ir, settings)
    rules = tuple(made.rules())
    used = {name for rule in rules for name in (rule.source, rule.to, rule.beyond)}
    sets = tuple(each for name, each in made.sets.items() if name in used)
    table = Table(ir.organization.identifier, settings.priority, sets, rules)
    policy = tuple(policy_coverage(ir, TARGET_ID, settings))
    denied = any(rule.verdict == settings.action for rule in rules)
    unused = idle(action=denied, inside=rules)
    return Lowered(table, coverage(ir, TARGET_ID), policy=policy, idle=unused)


@dataclass(frozen=True)
class _Made:
    """The sets and rules of one policy."""

    ir: Ir
    settings: NftablesSettings

    @cached_property
    def sets(self) -> dict[str, AddressSet]:
        """Every set of addresses that is not empty, by name."""
        named = {
            "gateways": gateway_networks(self.ir),
            "resolvers": self.ir.resolvers,
            "doh": [_single(address) for address in DOH_ADDRESSES],
        }
        named |= {
            f"via-{each.gateway}": self.ir.gateways[each.gateway].networks
            for each in self.ir.confined
        }
        named |= {f"only-{each.segment}": each.networks for each in self.ir.confined}
        found = (each for name, networks in named.items() for each in _by_version(name, networks))
        return {each.name: each for each in found}

    def rules(self) -> Iterator[Rule]:
        """In order, for the first that holds decides."""
        deny = self.settings.action
        if not self.ir.close_bypasses and not self.ir.confined:
            return
        yield from (Rule("accept", leaving_by=name) for name in self.settings.inside)
        yield from self._free()
        if self.settings.ipv6 == "deny":
            yield Rule(deny, version=6)
        if self.ir.close_bypasses:
            yield from self._closed(deny)
        for each in self.ir.confined:
            yield from self._confined(each, deny)

    def _free(self) -> Iterator[Rule]:
        """Gateways and resolvers go anywhere and are answered; everybody may ask the resolvers."""
        for name in ("gateways", "resolvers"):
            for version, found in self._versions(name):
                yield Rule("accept", version, source=found)
                if self._unanswered(found, version):
                    yield Rule("accept", version, to=found, reply=True)
        for version, found in self._versions("resolvers"):
            for protocol in _TRANSPORTS:
                yield Rule("accept", version, to=found, protocol=protocol, ports=_ASKING)

    def _unanswered(self, name: str, version: int) -> bool:
        """Whether a rule would deny what comes back to a set of addresses."""
        if version == 6 and self.settings.ipv6 == "deny":  # noqa: PLR2004 - a version of IP
            return True
        asking = set(self.sets[name].networks)
        only = (each for each in self.ir.confined if f"only-{each.segment}-{version}" in self.sets)
        ends = (self.sets.get(f"via-{each.gateway}-{version}") for each in only)
        return any(asking.difference(end.networks if end else ()) for end in ends)

    def _closed(self, deny: str) -> Iterator[Rule]:
        """QUIC, DNS over TLS and over QUIC, other resolvers, and known DNS over HTTPS."""
        yield Rule(deny, protocol="udp", ports=(443,))
        # Without resolvers that may be asked, nobody could ask any.
        for port in (853, 53) if self.ir.resolvers else (853,):
            for protocol in _TRANSPORTS:
                yield Rule(deny, protocol=protocol, ports=(port,))
        for version, found in self._versions("doh"):
            yield Rule(deny, version, to=found, protocol="tcp", ports=(443,))

    def _confined(self, each: Confined, deny: str) -> Iterator[Rule]:
        """Whatever does not go to the gateway."""
        gateway = dict(self._versions(f"via-{each.gateway}"))
        for version, found in self._versions(f"only-{each.segment}"):
            yield Rule(deny, version, source=found, beyond=gateway.get(version, ""))

    def _versions(self, name: str) -> Iterator[tuple[int, str]]:
        """The sets of a name, by version of IP."""
        for version in _VERSIONS:
            if f"{name}-{version}" in self.sets:
                yield version, f"{name}-{version}"


def _by_version(name: str, networks: Iterable[str]) -> Iterator[AddressSet]:
    every = fewest_networks(networks)
    for version in _VERSIONS:
        found = tuple(text for text in every if (":" in text) is (version == 6))  # noqa: PLR2004
        if found:
            yield AddressSet(f"{name}-{version}", version, found)


def _single(address: str) -> str:
    return f"{address}/{128 if ':' in address else 32}"
