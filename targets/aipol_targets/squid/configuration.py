"""Turns the lists of every segment into one squid configuration to include."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol_targets.common.network.addresses import AddressLevel, hosts_of
from aipol_targets.common.network.escape import comment, template
from aipol_targets.common.network.levels import Level, Levels
from aipol_targets.common.network.sources import EXCEPT, networks_file
from aipol_targets.common.network.tenants import TenantHeader
from aipol_targets.squid import templates
from aipol_targets.squid.escape import squid_token
from aipol_targets.squid.model import SegmentLists, Squid


@dataclass(frozen=True, slots=True)
class HostList:
    """One list file with the access lists that read it: by requested host, by TLS name."""

    level: Level
    file: str
    request: str
    name: str
    by_name: bool


@dataclass(frozen=True, slots=True)
class AddressList:
    """One list file of patterns for addresses, with the access list that reads it.

    `level` is None for the paths that lead up again, on the `hosts` of all the others.
    """

    file: str
    acl: str
    level: AddressLevel | None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Choice:
    """The access lists that select a level's hosts without those of deeper levels."""

    request: tuple[str, ...]
    name: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    name: str
    value: str
    sent: tuple[_Choice, ...]


@dataclass(frozen=True, slots=True)
class _Segment:
    id: str
    acl: str
    networks: str
    source: str
    lists: tuple[HostList, ...]
    denied: tuple[_Choice, ...]
    inspected: tuple[_Choice, ...]
    logged: tuple[_Choice, ...]
    headers: tuple[_Header, ...]
    addresses: tuple[AddressList, ...]
    dots: str
    shut: tuple[tuple[str, ...], ...]


def configuration(model: Squid) -> str:
    """The file to include in squid.conf."""
    return _TEMPLATE.render(
        identifier=comment(model.identifier),
        directory=model.directory,
        log=model.log,
        exempt=EXCEPT if model.exempt else "",
        segments=tuple(_segment(model, segment) for segment in model.segments),
    )


def host_lists(segment: SegmentLists) -> tuple[HostList, ...]:
    """Every list of hosts a segment has for squid."""
    return tuple(
        found for kind, levels in _kinds(segment) for found in _lists(segment, kind, levels)
    )


def address_lists(segment: SegmentLists) -> tuple[AddressList, ...]:
    """Every list of addresses a segment has for squid."""
    acl = f"aipol-{segment.id}-u"
    found = tuple(
        AddressList(segment.list_file(level.name), f"{acl}{level.depth}", level)
        for level in segment.addresses
    )
    hosts = hosts_of(segment.addresses)
    dots = AddressList(segment.list_file("address-dots"), f"{acl}-dots", None, hosts)
    return (*found, dots) if hosts else found


def _shut(lists: Sequence[AddressList]) -> Iterator[tuple[str, ...]]:
    """How to select what the levels deny, without what a deeper level lets through."""
    for found in lists:
        if found.level and found.level.blocked:
            depth = found.level.depth
            yield (
                found.acl,
                *(
                    f"!{other.acl}"
                    for other in lists
                    if other.level and other.level.depth > depth and not other.level.blocked
                ),
            )


def _kind_of(header: TenantHeader) -> str:
    # A header's name may be longer than an access list's name can be (facts.ACL_NAME).
    digest = hashlib.sha256(header.name.lower().encode()).hexdigest()[:8]
    return f"tenant-{digest}"


def _kinds(segment: SegmentLists) -> Iterator[tuple[str, Levels]]:
    yield "level", segment.decided
    yield "inspect", segment.inspect
    yield "log", segment.logged
    for header in segment.headers:
        yield _kind_of(header), header.hosts


def _lists(segment: SegmentLists, kind: str, levels: Levels) -> Iterator[HostList]:
    for level in levels:
        listed = level.name.removeprefix("level-") if kind == "level" else str(level.depth)
        # `h` for the host of a request, `n` for the name in a TLS handshake.
        stem = {"level": "", "inspect": "i", "log": "l"}.get(kind, f"t{kind[7:]}-")
        acl = f"aipol-{segment.id}-{stem}"
        yield HostList(
            level,
            segment.list_file(f"{kind}-{listed}"),
            f"{acl}h{level.depth}",
            f"{acl}n{level.depth}",
            by_name=kind in {"level", "inspect"},
        )


def _choices(segment: SegmentLists, kind: str, levels: Levels) -> tuple[_Choice, ...]:
    """How to select what a set of levels selects, in whatever order the lines are tried."""
    lists = tuple(_lists(segment, kind, levels))
    return tuple(
        _Choice(
            (found.request, *(f"!{other.request}" for other in _deeper(found, lists))),
            (found.name, *(f"!{other.name}" for other in _deeper(found, lists))),
        )
        for found in lists
        if found.level.blocked
    )


def _deeper(found: HostList, lists: tuple[HostList, ...]) -> Iterator[HostList]:
    for other in lists:
        if other.level.depth > found.level.depth and not other.level.blocked:
            yield other


def _segment(model: Squid, segment: SegmentLists) -> _Segment:
    acl = f"aipol-{segment.id}"
    rest = "!aipol_exempt" if model.exempt else "all"
    lists = address_lists(segment)
    return _Segment(
        id=segment.id,
        acl=acl,
        networks=networks_file(segment) if segment.networks else "",
        source=acl if segment.networks else rest,
        lists=host_lists(segment),
        denied=_choices(segment, "level", segment.decided),
        inspected=_choices(segment, "inspect", segment.inspect),
        logged=_choices(segment, "log", segment.logged),
        headers=tuple(_header(segment, header) for header in segment.headers),
        addresses=lists,
        dots=next((found.acl for found in lists if found.level is None), ""),
        shut=tuple(_shut(lists)),
    )


def _header(segment: SegmentLists, header: TenantHeader) -> _Header:
    return _Header(
        name=header.name,
        value=header.value,
        sent=_choices(segment, _kind_of(header), header.hosts),
    )


_TEMPLATE = template(templates.SQUID, squid_token)
