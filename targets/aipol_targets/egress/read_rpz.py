"""Turns policy zones and the two ways to bind them into decisions, as a resolver makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.egress.reading import (
    NOTHING,
    Address,
    Files,
    Found,
    Network,
    Networks,
    note_parents,
    parents,
)

_ACTIONS = {
    ".": Effect.BLOCK,
    "*.": Effect.BLOCK,
    "rpz-drop.": Effect.BLOCK,
    "rpz-passthru.": Effect.ALLOW,
}
_RECORD = re.compile(r"((?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*) CNAME (\S+)")
_SOA = re.compile(r"@ IN SOA localhost\. hostmaster\.localhost\. ([0-9]{10}) 3600 600 604800 60")
_OCTETS = 255
_HEAD = 5
_TOKENS = re.compile(r'\s+|//[^\n]*|("[^"\n]*"|[{};]|[^\s{};"]+)')
_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_SERVER_KEYS = frozenset({"module-config", "define-tag", "access-control", "access-control-tag"})
_ZONE_KEYS = frozenset({"name", "zonefile", "tags"})

Statement = tuple[tuple[str, ...], "tuple[Statement, ...] | None", tuple[str, ...]]


class Zone:
    """A policy zone as DNS looks names up in it: the wildcard of the closest name that exists."""

    __slots__ = ("_names", "_path", "_records")

    def __init__(self, lines: Sequence[str], path: str, zone: str) -> None:
        self._path = path
        self._records: dict[str, tuple[Effect, int]] = {}
        self._names: set[str] = set()
        match lines[:_HEAD]:
            case [comment, "$TTL 60", origin, soa, "@ IN NS localhost."] if comment[:1] == ";":
                if origin != f"$ORIGIN {zone}." or not _SOA.fullmatch(soa):
                    raise UnreadableArtifact(path, f"is not zone {zone}")
            case _:
                raise UnreadableArtifact(path, "does not begin as a policy zone")
        for number, line in enumerate(lines[_HEAD:], start=_HEAD + 1):
            self._add(line, number, len(zone))
        for name in self._names:
            self._check(name)

    def _add(self, line: str, number: int, zone_length: int) -> None:
        found = _RECORD.fullmatch(line)
        owner, target = found.groups() if found else ("", "")
        if target not in _ACTIONS:
            raise UnreadableArtifact(self._path, f"line {number} is not a policy: {line!r}")
        if owner in self._records or len(owner) + zone_length + 3 > _OCTETS:
            raise UnreadableArtifact(self._path, f"line {number}: {owner} is twice or too long")
        self._records[owner] = (_ACTIONS[target], number)
        self._names.add(owner)
        note_parents(owner, self._names)

    def _check(self, name: str) -> None:
        """PowerDNS and Knot take the nearest wildcard above a name, whatever exists between."""
        records = self._records
        # A wildcard is a name as well, but nobody asks for it or for what is below it.
        if name[0] == "*" or (name in records and f"*.{name}" in records):
            return
        for parent in parents(name):
            if above := records.get(f"*.{parent}"):
                if above[0] is Effect.BLOCK:
                    why = f"resolvers would not agree on {name}, or on what is below it"
                    raise UnreadableArtifact(self._path, why)
                return

    def decide(self, host: str) -> Found:
        """What the zone says about a name."""
        record = self._records.get(host)
        # A name that exists, if only as the parent of another, is never covered by a wildcard.
        if record is None and host not in self._names:
            closest = next((name for name in parents(host) if name in self._names), "")
            record = self._records.get(f"*.{closest}")
        return Found(record[0], self._path, record[1]) if record else NOTHING

    def hosts(self) -> Iterator[str]:
        """Every name in the zone."""
        return (owner.removeprefix("*.") for owner in self._records)


@dataclass(frozen=True, slots=True)
class _Bindings:
    """Which zone an address gets: by network, None for no zone, and for everybody else."""

    networks: Mapping[str, str | None]
    otherwise: str
    files: Mapping[str, str]


class Resolver:
    """A BIND or an Unbound with these zones; both bindings are known to say the same."""

    __slots__ = ("_known", "_otherwise", "_seats", "_zones")

    def __init__(self, bindings: _Bindings, zones: Mapping[str, Zone], path: str) -> None:
        self._zones = zones
        self._otherwise = bindings.otherwise
        self._known: dict[Address, str | None] = {}
        by_zone: dict[str | None, list[str]] = {}
        for network, zone in bindings.networks.items():
            by_zone.setdefault(zone, []).append(network)
        self._seats = [
            (zone, Networks(Network.parse(each, path) for each in networks))
            for zone, networks in by_zone.items()
        ]

    def zone_for(self, address: Address) -> str | None:
        """The zone that an address gets, None when it is not filtered."""
        if address not in self._known:
            held = (zone for zone, networks in self._seats if networks.hold(address))
            self._known[address] = next(held, self._otherwise)
        return self._known[address]

    def decide(self, address: Address, host: str) -> Found:
        """What a client at the address is told about a name."""
        zone = self.zone_for(address)
        return self._zones[zone].decide(host) if zone else NOTHING

    def hosts(self) -> Iterator[str]:
        """Every name in any zone."""
        for zone in self._zones.values():
            yield from zone.hosts()


def read_resolver(files: Files, bind: str, unbound: str) -> Resolver:
    """Read the zones through both bindings, which must agree."""
    views = _read_bind(files, bind)
    tags = _read_unbound(files, unbound)
    if views != tags:
        raise UnreadableArtifact(unbound, f"binds other zones or networks than {bind}")
    _disjoint(views.networks, bind)
    zones = {
        zone: Zone(files.lines(path, named_in=bind), path, zone)
        for zone, path in views.files.items()
    }
    return Resolver(views, zones, bind)


def _disjoint(networks: Mapping[str, str | None], path: str) -> None:
    """One takes the first view, the other the most specific network: they must not differ."""
    parsed = sorted(
        (Network.parse(each, path) for each in networks), key=lambda each: (each.family, each.first)
    )
    for before, after in pairwise(parsed):
        if before.family == after.family and after.first <= before.last:
            raise UnreadableArtifact(path, "two views are for the same address")


def _zone_path(text: str, conf: str) -> str:
    _, mark, rest = text.partition("/segments/")
    if not mark:
        raise UnreadableArtifact(conf, f"{text} is not a zone of ours")
    return f"segments/{rest}"


# --- BIND -----------------------------------------------------------------------------------------


def _read_bind(files: Files, path: str) -> _Bindings:
    text = "\n".join(files.lines(path, named_in=path))
    networks: dict[str, str | None] = {}
    zone_files: dict[str, str] = {}
    otherwise: str | None = None
    seen: set[tuple[str, ...]] = set()
    for words, block, _ in _statements(_tokens(text, path), path):
        if block is None or otherwise or words[:1] != ("view",) or words in seen:
            raise UnreadableArtifact(path, "has something other than views, or one too many")
        seen.add(words)
        clients, zone, zone_file = _view(block, path)
        if zone and zone_file:
            zone_files[zone] = _zone_path(zone_file, path)
        if clients == ("any",):
            otherwise = zone
        elif any(client in networks for client in clients):
            raise UnreadableArtifact(path, "two views are for the same network")
        else:
            networks |= dict.fromkeys(clients, zone)
    if otherwise is None:
        raise UnreadableArtifact(path, "has no view for all others")
    return _Bindings(networks, otherwise, zone_files)


def _view(block: tuple[Statement, ...], path: str) -> tuple[tuple[str, ...], str | None, str]:
    clients: tuple[str, ...] = ()
    policy: str | None = None
    zones: dict[str, str] = {}
    for words, inner, after in block:
        match words:
            case ("match-clients",) if inner and not clients and not after:
                clients = tuple(item[0][0] for item in inner)
            case ("response-policy",) if inner and policy is None:
                policy = _policy_zone(inner, after, path)
            case ("zone", name) if inner and not after:
                zones[_unquoted(name)] = _zone_block(inner, path)
            case ("include", _) if inner is None:
                pass
            case _:
                raise UnreadableArtifact(path, f"a view has the unknown statement {words!r}")
    if not clients or set(zones) != ({policy} if policy else set()):
        raise UnreadableArtifact(path, "a view is for nobody, or its policy is not its zone")
    return clients, policy, zones[policy] if policy else ""


def _policy_zone(inner: tuple[Statement, ...], after: tuple[str, ...], path: str) -> str:
    match inner:
        case ((("zone", name), None, ()),):
            # Without the first a blocked name waits for an answer, without the second a client
            # that asks for signatures gets one.
            if after == ("qname-wait-recurse", "no", "break-dnssec", "yes"):
                return _unquoted(name)
        case _:
            pass
    raise UnreadableArtifact(path, "a response policy is not one zone with the known options")


def _zone_block(inner: tuple[Statement, ...], path: str) -> str:
    match inner:
        case ((("type", "primary"), None, ()), (("file", name), None, ())):
            return _unquoted(name)
        case _:
            raise UnreadableArtifact(path, "a zone is not a primary zone from a file")


def _unquoted(word: str) -> str:
    return word.strip('"')


def _tokens(text: str, path: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = _TOKENS.match(text, place)
        if found is None:
            raise UnreadableArtifact(path, f"cannot be read at {text[place : place + 20]!r}")
        place = found.end()
        if found.group(1):
            yield found.group(1)


def _statements(tokens: Iterator[str], path: str, *, nested: bool = False) -> tuple[Statement, ...]:
    done: list[Statement] = []
    words: list[str] = []
    after: list[str] = []
    block: tuple[Statement, ...] | None = None
    for part in tokens:
        if part == "{" and block is None:
            block = _statements(tokens, path, nested=True)
        elif part == ";" and words:
            done.append((tuple(words), block, tuple(after)))
            words, after, block = [], [], None
        elif part == "}" and nested and not words:
            return tuple(done)
        elif part in {"{", "}", ";"}:
            break
        else:
            (words if block is None else after).append(part)
    else:
        if not nested and not words:
            return tuple(done)
    raise UnreadableArtifact(path, "its braces and semicolons do not fit")


# --- Unbound --------------------------------------------------------------------------------------


def _read_unbound(files: Files, path: str) -> _Bindings:
    server, zones = _sections(files.lines(path, named_in=path), path)
    tags = _pairs(server.get("access-control-tag", []), path)
    verbs = _pairs(server.get("access-control", []), path)
    modules, defined = server.get("module-config"), server.get("define-tag", [])
    if modules != ['"respip validator iterator"'] or len(defined) != 1:
        raise UnreadableArtifact(path, "does not load the module that applies the zones")
    known = frozenset(_unquoted(defined[0]).split())
    expected = {network: "refuse" if network in _ANYWHERE else "allow" for network in tags}
    if verbs != expected or not set(tags.values()) <= known:
        raise UnreadableArtifact(path, "tags are not for the networks that may ask")
    return _by_tag(tags, zones, known, path)


def _sections(lines: Sequence[str], path: str) -> tuple[dict[str, list[str]], list[dict[str, str]]]:
    """What is set for the server, which may be repeated, and for each zone, which may not."""
    server: dict[str, list[str]] = {}
    zones: list[dict[str, str]] = []
    section = ""
    for line in (line.strip() for line in lines if not line.startswith("#")):
        key, _, value = line.partition(": ")
        if line in {"server:", "rpz:"}:
            section = line
            zones += [{}] if line == "rpz:" else []
        elif section == "server:" and key in _SERVER_KEYS:
            server.setdefault(key, []).append(value)
        elif section == "rpz:" and key in _ZONE_KEYS and key not in zones[-1]:
            zones[-1][key] = _unquoted(value)
        else:
            raise UnreadableArtifact(path, f"unknown, misplaced or repeated: {line!r}")
    return server, zones


def _pairs(values: Sequence[str], path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        network, _, word = value.partition(" ")
        if network in found or not word:
            raise UnreadableArtifact(path, f"{network} is there twice, or nothing is said of it")
        found[network] = _unquoted(word)
    return found


def _by_tag(
    tags: Mapping[str, str], zones: list[dict[str, str]], defined: frozenset[str], path: str
) -> _Bindings:
    zone_of = {zone.get("tags", ""): zone.get("name", "") for zone in zones}
    rest = {tags.get(network, "") for network in _ANYWHERE}
    if len(zone_of) != len(zones) or not zone_of.keys() <= defined or len(rest) != 1:
        raise UnreadableArtifact(path, "a zone is for an unknown tag, or two are for one")
    (other,) = rest
    named = {network: tag for network, tag in tags.items() if tag != other}
    parsed = Networks(Network.parse(network, path) for network in named)
    for network in tags.keys() - named.keys() - _ANYWHERE:
        found = Network.parse(network, path)
        ends = (Address(found.family, found.first), Address(found.family, found.last))
        # The most specific network counts, so one for all others would take a part out of these.
        if all(parsed.hold(end) for end in ends):
            raise UnreadableArtifact(path, f"{network} takes addresses away from a segment")
    return _Bindings(
        {network: zone_of.get(tag) for network, tag in named.items()},
        zone_of.get(other, ""),
        {
            zone["name"]: _zone_path(zone.get("zonefile", ""), path)
            for zone in zones
            if "name" in zone
        },
    )
