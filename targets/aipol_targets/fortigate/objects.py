"""Turns what each segment gets into the tables of FortiOS that say so."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol_targets.fortigate.model import (
    Block,
    Entry,
    Fortigate,
    SegmentFilter,
    Table,
    Text,
    Value,
    Values,
)
from aipol_targets.fortigate.names import (
    address_name,
    domain_pattern,
    object_name,
    policy_name,
    url_pattern,
)
from aipol_targets.fortigate.settings import FortigateSettings

_TLS = "aipol-certificate"
# No segment is called like that: an underscore is in none of their names.
_GATEWAYS = "aipol_gateways"
# A new profile inspects all of these deeply; what the policies let out is HTTPS.
_NOT_INSPECTED = ("ftps", "imaps", "pop3s", "smtps", "ssh", "dot")
_NO_RATING: Values = (("options", "ftgd-disable"),)


@dataclass(frozen=True, slots=True)
class _Source:
    """Whom a pair of policies is for, in one family of addresses each."""

    name: str
    networks: tuple[str, ...]
    everybody: bool
    filtered: bool


def objects(
    identifier: str,
    settings: FortigateSettings,
    segments: Sequence[SegmentFilter],
    gateways: tuple[str, ...],
) -> Fortigate:
    """All objects, each after those it refers to."""
    filtered = tuple(segment for segment in segments if segment.rules)
    policies = tuple(_policies(settings, tuple(_sources(segments, gateways))))
    tables = (
        *_addresses(segments, gateways),
        *_filters(settings.first_id, filtered),
        Table("firewall policy", "policyid", policies),
    )
    before = settings.before_policy
    moved = tuple(int(policy.key) for policy in policies) if before else ()
    used = tuple(table for table in tables if table.entries)
    return Fortigate(identifier, settings.outputs, used, moved, before)


def _sources(
    segments: Sequence[SegmentFilter], gateways: tuple[str, ...]
) -> Iterator[_Source | None]:
    """Gateways first and the default segment last; None leaves the ids of a pair unused."""
    yield _Source(_GATEWAYS, gateways, everybody=False, filtered=False) if gateways else None
    for segment in segments:
        everybody = not segment.networks
        if everybody and not segment.rules:
            # Nothing is to be said about the rest, so that their traffic is no business of ours.
            yield None
        else:
            name = object_name(segment.id)
            yield _Source(name, segment.networks, everybody, filtered=bool(segment.rules))


# --- who ------------------------------------------------------------------------------------------


def _six(network: str) -> bool:
    return ":" in network


def _addresses(segments: Sequence[SegmentFilter], gateways: tuple[str, ...]) -> Iterator[Table]:
    groups = [(object_name(each.id), each.networks) for each in segments]
    groups = [(_GATEWAYS, gateways), *groups]
    networks = sorted({network for _, listed in groups for network in listed})
    yield Table("firewall address", "name", tuple(map(_four, (n for n in networks if not _six(n)))))
    yield Table(
        "firewall address6",
        "name",
        tuple(
            Entry(address_name(network), (("type", "ipprefix"), ("ip6", network)))
            for network in networks
            if _six(network)
        ),
    )
    for path, six in (("firewall addrgrp", False), ("firewall addrgrp6", True)):
        yield Table(path, "name", tuple(_groups(groups, six=six)))


def _four(network: str) -> Entry:
    parsed = ipaddress.IPv4Network(network)
    subnet = f"{parsed.network_address} {parsed.netmask}"
    return Entry(address_name(network), (("type", "ipmask"), ("subnet", subnet)))


def _groups(groups: Sequence[tuple[str, tuple[str, ...]]], *, six: bool) -> Iterator[Entry]:
    for name, networks in groups:
        members = tuple(address_name(network) for network in networks if _six(network) is six)
        if members:
            yield Entry(name, (("member", members),))


# --- what -----------------------------------------------------------------------------------------


def _filters(first: int, segments: Sequence[SegmentFilter]) -> Iterator[Table]:
    numbered = tuple(enumerate(segments, start=first))
    yield _filter_table("webfilter urlfilter", "url", numbered)
    yield _filter_table("dnsfilter domain-filter", "domain", numbered)
    yield Table("webfilter profile", "name", tuple(_web_profile(*each) for each in numbered))
    yield Table("dnsfilter profile", "name", tuple(_dns_profile(*each) for each in numbered))
    yield Table("firewall ssl-ssh-profile", "name", (_tls_profile(),) if segments else ())


def _filter_table(path: str, what: str, segments: Sequence[tuple[int, SegmentFilter]]) -> Table:
    return Table(
        path,
        "id",
        tuple(
            Entry(
                number,
                (("name", Text(object_name(segment.id))),),
                tables=(Table("entries", "id", tuple(_entries(segment, what))),),
            )
            for number, segment in segments
        ),
    )


def _entries(segment: SegmentFilter, what: str) -> Iterator[Entry]:
    for number, rule in enumerate(segment.rules, start=1):
        pattern = url_pattern(rule) if what == "url" else domain_pattern(rule)
        done: Values = (("type", "regex"), ("action", rule.action.value), ("status", "enable"))
        yield Entry(number, ((what, Text(pattern)), *done))


def _web_profile(number: int, segment: SegmentFilter) -> Entry:
    table = Block("web", (("urlfilter-table", number),))
    # Without a licence an attempt to rate blocks whatever it cannot rate.
    return Entry(object_name(segment.id), (), (table, Block("ftgd-wf", _NO_RATING)))


def _dns_profile(number: int, segment: SegmentFilter) -> Entry:
    table = Block("domain-filter", (("domain-filter-table", number),))
    values: Values = (("block-action", "block"),)
    return Entry(object_name(segment.id), values, (table, Block("ftgd-dns", _NO_RATING)))


def _tls_profile() -> Entry:
    https = Block("https", (("ports", 443), ("status", "certificate-inspection")))
    others = tuple(Block(name, (("status", "disable"),)) for name in _NOT_INSPECTED)
    return Entry(_TLS, (), (https, *others))


# --- policies -------------------------------------------------------------------------------------


def _policies(settings: FortigateSettings, sources: Sequence[_Source | None]) -> Iterator[Entry]:
    for number, source in enumerate(sources):
        for six in (False, True):
            if source and (source.everybody or any(_six(n) is six for n in source.networks)):
                yield _policy(settings, settings.first_id + 2 * number + six, source, six=six)


def _policy(settings: FortigateSettings, number: int, source: _Source, *, six: bool) -> Entry:
    suffix = "6" if six else ""
    who = "all" if source.everybody else source.name
    values: list[tuple[str, Value]] = [
        ("name", Text(policy_name(source.name, six=six))),
        ("srcintf", settings.inside),
        ("dstintf", settings.outside),
        (f"srcaddr{suffix}", (who,)),
        (f"dstaddr{suffix}", ("all",)),
        ("action", "accept"),
        ("schedule", Text("always")),
        ("service", settings.services),
        ("status", "enable"),
    ]
    if source.filtered:
        profiles = ("webfilter-profile", "dnsfilter-profile")
        values += [("utm-status", "enable"), ("ssl-ssh-profile", Text(_TLS))]
        values += [(profile, Text(source.name)) for profile in profiles]
    if not six:
        values.append(("nat", "enable" if settings.nat else "disable"))
    return Entry(number, tuple(values))
