"""Turn the groups' networks into disjoint segments of source addresses, and say who sits in each.

A source address belongs to exactly the groups that list it. What no group lists is the default
segment, where groups without a network of their own cannot be told apart. The addresses of the
organisation's own gateways belong to nobody: a gateway is no person.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import socket
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from aipol.audience import EVERYBODY, NOBODY, Person, Region
from aipol.ir import Ir, Ruling
from aipol.scoping import choose
from aipol.vocabulary import Account, Surface

DEFAULT = "default"

_BITS = {socket.AF_INET: 32, socket.AF_INET6: 128}
_NOWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
_LOOPBACK = {socket.AF_INET: 0x7F000001, socket.AF_INET6: 1}
_SAMPLED_RANGES = 32
_PLAIN_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_LOOKS_DERIVED = re.compile(r"-and-|-[0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class Segment:
    """Source addresses that belong to the same groups.

    `networks` are the fewest CIDRs that make it up; the default segment has none, being whatever
    is left. `region` are the people who may sit there and `person` the one in those groups and no
    others, None in the default segment. `samples` are a few of its addresses, its edges first.
    """

    id: str
    groups: tuple[str, ...]
    networks: tuple[str, ...]
    region: Region
    person: Person | None
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Range:
    family: socket.AddressFamily
    first: int
    last: int


def segments(ir: Ir) -> tuple[Segment, ...]:
    """The segments of the organisation's networks by id, the default segment last."""
    placed = _placed(ir)
    named = [_networked(ir, groups, ranges) for groups, ranges in placed.items() if groups]
    rest = Segment(DEFAULT, (), (), _default_region(ir), None, _samples_of_rest(placed.get((), [])))
    return (*sorted(named, key=lambda segment: segment.id), rest)


def whose(ir: Ir, address: str) -> tuple[str, ...] | None:
    """The groups that list a source address; None when it is a gateway's, and so nobody's.

    Raises ValueError when it is no address.
    """
    ends = _range(str(ipaddress.ip_network(ipaddress.ip_address(address))))
    for groups, ranges in _placed(ir).items():
        for each in ranges:
            if each.family == ends.family and each.first <= ends.first <= each.last:
                return groups
    return None


def gateway_networks(ir: Ir) -> tuple[str, ...]:
    """The fewest CIDRs that hold the addresses of all gateways."""
    return fewest_networks(text for gateway in ir.gateways.values() for text in gateway.networks)


def fewest_networks(networks: Iterable[str]) -> tuple[str, ...]:
    """The fewest CIDRs that hold the same addresses, IPv4 before IPv6."""
    return _cidrs(_merged(sorted(map(_range, networks), key=_by_address)))


@dataclass(frozen=True, slots=True)
class Use:
    """What a segment's addresses do about one use, by account and for all accounts alike."""

    corporate: Ruling
    personal: Ruling
    carried: Ruling
    """The ruling to carry out where accounts cannot be told apart."""


def uses_at(
    ir: Ir, segment: Segment, surfaces: Collection[Surface]
) -> dict[tuple[str, Surface], Use]:
    """What a segment's addresses do about every use on `surfaces`."""
    found: dict[tuple[str, Surface], Use] = {}
    for app, surface in ir.by_use:
        if surface not in surfaces:
            continue
        corporate = ruling_at(ir, segment, app, surface, Account.CORPORATE)
        personal = ruling_at(ir, segment, app, surface, Account.PERSONAL)
        present = [ruling for ruling in (corporate, personal) if ruling]
        if present:
            carried = choose(ir, present)
            found[app, surface] = Use(corporate or carried, personal or carried, carried)
    return found


def ruling_at(
    ir: Ir, segment: Segment, app: str, surface: Surface, account: Account
) -> Ruling | None:
    """The ruling that a segment's addresses carry out for a use with one kind of account.

    That of the segment's person; where no single person stands for the segment, the least strict
    of anybody's who may sit there, or the strictest with `on_gap: tighten`.
    """
    if segment.person is not None:
        return ir.decide(segment.person, app, surface, account)
    region = seated(segment)
    present = [
        ruling
        for ruling in ir.by_use.get((app, surface), ())
        if ruling.account in {account, Account.ANY}
        and ir.universe.overlap(ruling.audience.region, region)
    ]
    return choose(ir, present) if present else None


def seated(segment: Segment) -> Region:
    """Who may sit in a segment: where nobody is known to, anybody may."""
    return EVERYBODY if segment.region == NOBODY else segment.region


def _networked(ir: Ir, groups: tuple[str, ...], ranges: list[_Range]) -> Segment:
    universe = ir.universe
    inside = universe.all_of(ir.groups[name].region for name in groups)
    person = universe.witness(inside)
    region = inside
    for other in ir.groups.values():
        # A group that the person is in without being listed here, such as `none_of` others, says
        # nothing about the address.
        implied = person is not None and universe.contains(other.region, person)
        if other.placed and other.name not in groups and not implied:
            region = universe.minus(region, other.region)
    merged = _merged(ranges)
    return Segment(_id(groups), groups, _cidrs(merged), region, person, _samples(merged))


def _default_region(ir: Ir) -> Region:
    networked = [group.region for group in ir.groups.values() if group.placed]
    return ir.universe.others(ir.universe.any_of(r for r in networked if r != EVERYBODY))


def _id(groups: tuple[str, ...]) -> str:
    """A name that is one DNS label, and the same whatever other segments there are."""
    name = "-and-".join(groups)
    unclear = name == DEFAULT or any(_LOOKS_DERIVED.search(group) for group in groups)
    if _PLAIN_ID.fullmatch(name) and not unclear:
        return name
    digest = hashlib.sha256("\0".join(groups).encode()).hexdigest()[:8]
    stem = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:31].rstrip("-")
    return f"{stem}-{digest}" if stem else digest


# --- address arithmetic ---------------------------------------------------------------------------


def _range(network: str) -> _Range:
    address, _, length = network.partition("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    host_bits = _BITS[family] - int(length)
    first = int.from_bytes(socket.inet_pton(family, address)) >> host_bits << host_bits
    return _Range(family, first, first + (1 << host_bits) - 1)


def _by_address(found: _Range) -> tuple[int, int, int]:
    return (_BITS[found.family], found.first, found.last)


def _placed(ir: Ir) -> dict[tuple[str, ...], list[_Range]]:
    """Every address under the groups that list it; gateways' addresses are in none of them."""
    listed = [(_range(text), group.name) for group in ir.groups.values() for text in group.networks]
    taken = [_range(text) for gateway in ir.gateways.values() for text in gateway.networks]
    placed: dict[tuple[str, ...], list[_Range]] = {}
    for family in _BITS:
        owned = [(found, name) for found, name in listed if found.family == family]
        owned += [(found, "") for found in taken if found.family == family]
        for groups, found in _sweep(family, owned):
            if "" not in groups:
                placed.setdefault(groups, []).append(found)
    return placed


def _sweep(
    family: socket.AddressFamily, owned: list[tuple[_Range, str]]
) -> Iterator[tuple[tuple[str, ...], _Range]]:
    """Cut a family's addresses at every edge: one pass over the sorted edges, whatever overlaps."""
    edges: dict[int, list[tuple[str, int]]] = {0: [], 1 << _BITS[family]: []}
    for found, name in owned:
        edges.setdefault(found.first, []).append((name, 1))
        edges.setdefault(found.last + 1, []).append((name, -1))
    open_by_name: dict[str, int] = {}
    places = sorted(edges)
    for here, following in pairwise(places):
        for name, step in edges[here]:
            open_by_name[name] = open_by_name.get(name, 0) + step
            if not open_by_name[name]:
                del open_by_name[name]
        yield tuple(sorted(open_by_name)), _Range(family, here, following - 1)


def _merged(ranges: Iterable[_Range]) -> list[_Range]:
    """Sorted ranges with those that touch or overlap made one."""
    merged: list[_Range] = []
    for found in ranges:
        last = merged[-1] if merged else None
        if last and last.family == found.family and found.first <= last.last + 1:
            merged[-1] = _Range(last.family, last.first, max(last.last, found.last))
        else:
            merged.append(found)
    return merged


def _cidrs(ranges: Iterable[_Range]) -> tuple[str, ...]:
    return tuple(text for found in ranges for text in _split(found))


def _split(found: _Range) -> Iterator[str]:
    first, bits = found.first, _BITS[found.family]
    while first <= found.last:
        aligned = (first & -first).bit_length() - 1 if first else bits
        fitting = (found.last - first + 1).bit_length() - 1
        host_bits = min(aligned, fitting)
        yield f"{_address(found.family, first)}/{bits - host_bits}"
        first += 1 << host_bits


def _address(family: socket.AddressFamily, number: int) -> str:
    return socket.inet_ntop(family, number.to_bytes(_BITS[family] // 8))


def _samples(ranges: list[_Range]) -> tuple[str, ...]:
    edges = (
        (found.family, number)
        for family in _BITS
        for found in [each for each in ranges if each.family == family][:_SAMPLED_RANGES]
        for number in dict.fromkeys((found.first, found.last))
    )
    return tuple(_address(family, number) for family, number in edges)


def _samples_of_rest(ranges: list[_Range]) -> tuple[str, ...]:
    """Addresses right beside those of a named segment; any address when there is none.

    Of a family whose every address is somebody's, there is nothing to sample.
    """
    found: list[str] = []
    for family, bits in _BITS.items():
        left = [each for each in ranges if each.family == family]
        if not left:
            continue
        ends = [
            number
            for each in left
            for number in (each.first, each.last)
            if number not in {0, (1 << bits) - 1}
        ][: 2 * _SAMPLED_RANGES]
        found += [_address(family, number) for number in ends] or [_NOWHERE[family]]
        # Products often have rules of their own for the machine itself.
        if any(each.first <= _LOOPBACK[family] <= each.last for each in left):
            found.append(_address(family, _LOOPBACK[family]))
    return tuple(found)
