"""Turns a policy into the answers of the organisation's own DNS resolvers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.dns.facts import NAME_OCTETS, RULE_OCTETS
from aipol_targets.dns.settings import DnsSettings

if TYPE_CHECKING:
    from aipol_targets.dns.model import Dns

DNS: StagedTarget[DnsSettings, Dns] = StagedTarget(
    id="dns",
    title="DNS resolvers (BIND, Unbound, Knot, PowerDNS, dnsmasq, hosts, AdGuard Home, Pi-hole)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(NAME_OCTETS, RULE_OCTETS, *SHARED),
    settings=DnsSettings,
    lower=stage("aipol_targets.dns.lower:lower"),
    render=stage("aipol_targets.dns.render:render"),
    read=stage("aipol_targets.dns.read:read"),
)
