"""The lists between a policy and its files: what each segment of source addresses gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aipol.domains import HostEntry, Intent

DEFAULT_FOLDER = "segments/default"
SQUID_CONF = "squid/aipol.conf"
BIND_CONF = "bind/aipol.conf"
UNBOUND_CONF = "unbound/aipol.conf"
EDL_RULES = "edl/rules.csv"
DOMAIN_RULES = "domains/rules.csv"
EXCEPT = f"{DEFAULT_FOLDER}/except.txt"


@dataclass(frozen=True, slots=True)
class Level:
    """Hosts with one effect that are nested equally deep: none of them contains another.

    Depth 0 is outermost. The most specific entry decides, so deeper levels come first.
    """

    depth: int
    blocked: bool
    entries: tuple[HostEntry, ...]

    @property
    def name(self) -> str:
        """What files of this level are called."""
        return f"level-{self.depth}-{'block' if self.blocked else 'allow'}"

    def with_intent(self, intent: Intent) -> tuple[HostEntry, ...]:
        """The entries of one intent."""
        return tuple(entry for entry in self.entries if entry.intent is intent)


Levels = tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class TenantHeader:
    """A request header that keeps connections to `hosts` to the organisation's own accounts."""

    name: str
    value: str
    hosts: Levels
    urls: tuple[str, ...]
    """Addresses that would let people around the restriction."""


@dataclass(frozen=True, slots=True)
class SegmentLists:
    """Everything one segment's addresses get; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    native: Levels
    """For formats that can say `children only`."""
    flat: Levels
    """For formats that know only a host and a subtree."""
    squid: Levels
    inspect: Levels
    logged: Levels
    headers: tuple[TenantHeader, ...]
    records: tuple[tuple[str, bool], ...]
    """Owner names of the response policy zone and whether each is blocked or let through."""

    @property
    def folder(self) -> str:
        """Where the segment's files are."""
        return f"segments/{self.id}"

    @property
    def networks_file(self) -> str:
        """The segment's own addresses."""
        return f"{self.folder}/networks.txt"

    @property
    def zone(self) -> str:
        """Name of its response policy zone. `invalid` is reserved (RFC 2606): nobody owns it."""
        return f"{self.id}.aipol.invalid"

    @property
    def zone_file(self) -> str:
        """Where its response policy zone is."""
        return f"{self.folder}/rpz.zone"

    def edl_file(self, level: Level) -> str:
        """One level as a URL list."""
        return f"{self.folder}/edl/{level.name}.txt"

    def domains_file(self, level: Level, intent: Intent) -> str:
        """One level's plain names of one meaning."""
        return f"{self.folder}/domains/{level.name}-{intent.value}.txt"

    def squid_file(self, list_name: str) -> str:
        """One list for squid."""
        return f"{self.folder}/squid/{list_name}.txt"


@dataclass(frozen=True, slots=True)
class Directories:
    """Where the files will be on the servers that read them."""

    squid: str
    bind: str
    unbound: str


@dataclass(frozen=True, slots=True)
class Egress:
    """All outputs of one policy; the default segment is the last one."""

    identifier: str
    outputs: tuple[str, ...]
    serial: int
    directories: Directories
    squid_log: str
    resolver_clients: tuple[str, ...]
    bind_view_include: str
    segments: tuple[SegmentLists, ...]
    gateways: tuple[str, ...]
    """Source networks that are not filtered."""
    exempt: tuple[str, ...]
    """Source networks that the default segment's lists are not for."""


def levels_of(entries: Sequence[HostEntry]) -> Levels:
    """Minimal entries by depth of nesting, deepest first.

    `entries` come parents first, and in a minimal list an entry has the opposite effect of the one
    it is nested in, so that a level has one effect.
    """
    found: list[list[HostEntry]] = []
    around: list[HostEntry] = []
    for entry in entries:
        while around and not _contains(around[-1], entry):
            around.pop()
        if len(found) == len(around):
            found.append([])
        found[len(around)].append(entry)
        around.append(entry)
    return tuple(Level(depth, level[0].blocked, tuple(level)) for depth, level in enumerate(found))[
        ::-1
    ]


def _contains(outer: HostEntry, inner: HostEntry) -> bool:
    if outer.host == inner.host:
        return outer.intent is Intent.SUBTREE
    return outer.intent is not Intent.EXACT and inner.host.endswith(f".{outer.host}")
