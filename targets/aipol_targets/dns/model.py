"""What each resolver is told, between a policy and its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from aipol.domains import HostEntry, Intent

BIND_CONF = "bind/aipol.conf"
UNBOUND_CONF = "unbound/aipol.conf"
KNOT_LUA = "knot/aipol.lua"
POWERDNS_CONFIG = "powerdns/zones.lua"
POWERDNS_SCRIPT = "powerdns/aipol.lua"
LOCAL_CONF = "unbound-local/aipol.conf"
DNSMASQ_CONF = "dnsmasq/aipol.conf"
HOSTS = "hosts/hosts"
ADGUARD_RULES = "adguard/rules.txt"
PIHOLE_BLOCK = "pihole/block.txt"
PIHOLE_ALLOW = "pihole/allow.txt"

GATEWAYS = "_gateways"
"""In place of a segment's id, which has no underscore."""

POOLED = frozenset({"dnsmasq", "hosts", "pihole"})
"""Outputs that tell everybody the same."""
ZONED = ("bind", "unbound", "knot", "powerdns")
"""Outputs that share a policy zone for each segment."""


class Name(NamedTuple):
    """One name with what holds for it, below it and, without it, around it."""

    host: str
    blocked: bool
    below_blocked: bool
    around_blocked: bool


Names = tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class SegmentNames:
    """What one segment's addresses are told; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    said: tuple[HostEntry, ...]
    """As the policy wants it, in the fewest entries; a policy zone can say all of it."""
    local: Names
    """As far as local zones can say it."""
    ruled: Names
    """As far as rules of AdGuard Home can say it."""

    @property
    def folder(self) -> str:
        """Where the segment's files are."""
        return f"segments/{self.id}"

    @property
    def zone(self) -> str:
        """Name of its response policy zone. `invalid` is reserved (RFC 2606): nobody owns it."""
        return f"{self.id}.aipol.invalid"

    @property
    def zone_file(self) -> str:
        """Where its response policy zone is."""
        return f"{self.folder}/rpz.zone"

    @property
    def local_file(self) -> str:
        """Where its local zones for Unbound are."""
        return f"{self.folder}/unbound-local.conf"


_MARKS = {Intent.EXACT: "|", Intent.SUBTREE: "||", Intent.CHILDREN: "||*."}


@dataclass(frozen=True, slots=True)
class Denied:
    """Names to deny: those a pattern stands for, without a few of them and all below these."""

    host: str
    intent: Intent
    besides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientRule:
    """Names to deny to some addresses: to all `but` some, or `only` to some."""

    denied: Denied
    only: tuple[str, ...]
    but: tuple[str, ...]

    @property
    def octets(self) -> int:
        """What it takes when written on one line, without the end of the line."""
        clients = (*self.only, *(f"~{network}" for network in self.but))
        modifiers = (("denyallow", self.denied.besides), ("client", clients))
        said = [f"{name}={'|'.join(values)}" for name, values in modifiers if values]
        mark = _MARKS[self.denied.intent]
        return len(mark) + len(self.denied.host) + len("^") + sum(len(each) + 1 for each in said)


@dataclass(frozen=True, slots=True)
class Access:
    """A network's line in unbound.conf: whether it may ask, and as whom."""

    network: str
    allowed: bool
    name: str
    """A segment's id, or that of the gateways."""

    @property
    def verb(self) -> str:
        """What Unbound is to do with its questions."""
        return "allow" if self.allowed else "refuse"


@dataclass(frozen=True, slots=True)
class Directories:
    """Where the files will be on the servers that read them."""

    bind: str
    unbound: str
    knot: str
    powerdns: str


@dataclass(frozen=True, slots=True)
class Dns:
    """All outputs of one policy; the default segment is the last one."""

    identifier: str
    outputs: tuple[str, ...]
    serial: int
    directories: Directories
    access: tuple[Access, ...]
    bind_view_include: str
    segments: tuple[SegmentNames, ...]
    gateways: tuple[str, ...]
    """Source networks that are not filtered."""
    pooled: Names
    """What everybody is told by a resolver that cannot tell addresses apart."""
    hosts: tuple[str, ...]
    """The names that everybody is denied by a file of hosts."""
    rules: tuple[ClientRule, ...]
    """What is denied by rules that each say for whom they are."""
    lists: tuple[HostEntry, ...]
    """What everybody is denied by a pair of lists, with the exceptions."""
