"""Turns emitted files back into decisions, as the resolvers that load them would make them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import chain, repeat
from typing import Protocol

from aipol.blocklist import Blocklist
from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import Address, Files, Found, address_of
from aipol_targets.common.network.settings import in_words
from aipol_targets.dns.read_adguard import AdGuard
from aipol_targets.dns.read_bind import read_bind
from aipol_targets.dns.read_bindings import Bindings, Resolver
from aipol_targets.dns.read_lua import read_knot, read_powerdns
from aipol_targets.dns.read_pihole import PiHole, PiHoleList
from aipol_targets.dns.read_rules import Dnsmasq, Hosts, LocalZones
from aipol_targets.dns.read_unbound import read_tags, read_views
from aipol_targets.dns.read_zone import Zone

BIND = "bind/aipol.conf"
UNBOUND = "unbound/aipol.conf"
KNOT = "knot/aipol.lua"
POWERDNS = ("powerdns/zones.lua", "powerdns/aipol.lua")
LOCAL = "unbound-local/aipol.conf"
DNSMASQ = "dnsmasq/aipol.conf"
HOSTS = "hosts/hosts"
ADGUARD = "adguard/rules.txt"
_ZONED = frozenset({"bind", "unbound", "knot", "powerdns"})
PIHOLE = ("pihole/block.txt", "pihole/allow.txt")


class _Server(Protocol):
    def rules_for(self, address: Address) -> Hashable:
        """What tells addresses apart."""
        ...

    def decide(self, address: Address, host: str) -> Found:
        """What a client at the address is told about a name."""
        ...

    def blocked(self, address: Address, hosts: Iterable[str]) -> Iterator[str]:
        """Those of the names that a client at the address is denied."""
        ...

    def blocklist(self, address: Address) -> Blocklist | None:
        """All names that a client at the address is denied, where two sets of names say it."""
        ...

    def hosts(self) -> Iterator[str]:
        """Every name it knows."""
        ...

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        ...


class _Pool:
    """A server that tells everybody the same."""

    __slots__ = ("_rules",)

    def __init__(self, rules: Dnsmasq | Hosts | PiHole) -> None:
        self._rules = rules

    def rules_for(self, address: Address) -> Hashable:  # noqa: ARG002  (it does not look)
        """That nobody is told apart."""
        return None

    def decide(self, address: Address, host: str) -> Found:  # noqa: ARG002
        """What everybody is told about a name."""
        return self._rules.decide(host)

    def blocked(self, address: Address, hosts: Iterable[str]) -> Iterator[str]:  # noqa: ARG002
        """Those of the names that everybody is denied."""
        return (host for host in hosts if self._rules.decide(host).effect is Effect.BLOCK)

    def blocklist(self, address: Address) -> Blocklist | None:  # noqa: ARG002
        """All names that everybody is denied, where two sets of names say it."""
        return None if isinstance(self._rules, PiHole) else self._rules.blocklist()

    def hosts(self) -> Iterator[str]:
        """Every name it knows."""
        return self._rules.hosts()

    def edges(self) -> Iterator[str]:
        """None: it tells no addresses apart."""
        return iter(())


class DnsDecider:
    """All outputs that are there; each answers for itself."""

    __slots__ = ("_files", "_kinds", "_servers", "_zones")

    def __init__(self, files: Files) -> None:
        self._files = files
        self._zones: dict[str, Zone] = {}
        self._kinds: dict[Hashable, int] = {}
        self._servers: dict[str, _Server] = dict(self._read())
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")
        said: dict[tuple[str, ...], int] = {}
        self._kinds = {
            name: said.setdefault(zone.said, len(said)) for name, zone in self._zones.items()
        }

    def _read(self) -> Iterator[tuple[str, _Server]]:
        files, there = self._files, self._files.contents.keys()
        if ADGUARD in there:
            yield "adguard", AdGuard(files.lines(ADGUARD, named_in=ADGUARD), ADGUARD)
        if BIND in there:
            yield "bind", self._zoned(read_bind(files, BIND), BIND, Zone.by_closest_name)
        if DNSMASQ in there:
            yield "dnsmasq", _Pool(Dnsmasq(files.lines(DNSMASQ, named_in=DNSMASQ), DNSMASQ))
        if HOSTS in there:
            yield "hosts", _Pool(Hosts(files.lines(HOSTS, named_in=HOSTS), HOSTS))
        if KNOT in there:
            yield "knot", self._zoned(read_knot(files, KNOT), KNOT, Zone.by_nearest_wildcard)
        if there & set(PIHOLE):
            blocked, allowed = (files.lines(each, named_in=PIHOLE[0]) for each in PIHOLE)
            lists = PiHoleList(blocked, PIHOLE[0], "||"), PiHoleList(allowed, PIHOLE[1], "@@||")
            yield "pihole", _Pool(PiHole(*lists))
        if there & set(POWERDNS):
            bindings = read_powerdns(files, *POWERDNS)
            yield "powerdns", self._zoned(bindings, POWERDNS[1], Zone.by_nearest_wildcard)
        if UNBOUND in there:
            yield "unbound", self._zoned(read_tags(files, UNBOUND), UNBOUND, Zone.by_closest_name)
        if LOCAL in there:
            views = read_views(files, LOCAL)
            rules = {
                name: LocalZones(files.lines(path, named_in=LOCAL), path)
                for name, path in views.files.items()
            }
            yield "unbound-local", Resolver(views, rules, LOCAL, LocalZones.decide)

    def _zoned(
        self, bindings: Bindings, path: str, look_up: Callable[[Zone, str], Found]
    ) -> Resolver[Zone]:
        for name, file in bindings.files.items():
            if name not in self._zones:
                self._zones[name] = Zone(self._files.lines(file, named_in=path), file, name)
            elif file != self._zones[name].path:
                raise UnreadableArtifact(path, f"has another file for {name}")
        return Resolver(bindings, self._zones, path, look_up)

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The resolvers that each answer such questions on their own."""
        return tuple(self._servers) if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all alike)
        """Which rules apply to a source address."""
        address = address_of(identity)
        return tuple(self._kind(client, address) for client in self._servers)

    def _kind(self, client: str, address: Address) -> Hashable:
        """What tells addresses apart: whoever is told the same is asked about once."""
        rules = self._servers[client].rules_for(address)
        return self._kinds.get(rules, rules) if client in _ZONED else rules

    def decide(self, question: Question) -> Answer:
        """The decision of one resolver."""
        server = self._servers.get(question.client) if question.kind is Kind.HOST else None
        if server is None:
            return Answer(None)
        # DNS names are compared without case, and with or without the root's dot.
        host = question.value.lower().removesuffix(".")
        found = server.decide(address_of(question.identity), host)
        return Answer(found.effect, found.artifact, f"line {found.line}" if found.line else "")

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterator[str]:
        """Those of the hosts that one resolver denies."""
        server = self._servers.get(client)
        return server.blocked(address_of(identity), hosts) if server else iter(())

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for server in self._servers.values():
            yield from server.edges()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        return {"outputs": in_words(self._servers)}

    def blocklist(self, identity: frozenset[str], client: str) -> Blocklist | None:
        """All that one resolver denies, where two sets of names say it."""
        server = self._servers.get(client)
        return server.blocklist(address_of(identity)) if server else None

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs anywhere in the files."""
        servers = (each.hosts() for client, each in self._servers.items() if client not in _ZONED)
        zones = (zone.hosts() for zone in self._zones.values())
        return zip(repeat(Kind.HOST), chain.from_iterable((*servers, *zones)), strict=False)


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    return DnsDecider(Files(files))
