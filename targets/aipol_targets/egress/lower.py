"""Turns rulings into one set of host lists for every segment of source addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import (
    BAD_DOMAIN,
    BAD_VALUE,
    LIMIT_EXCEEDED,
    LOCK_OUT,
    TOO_MANY_CLASSES,
)
from aipol.domains import HostEntry, HostTrie, Intent
from aipol.hosts import BYPASS_SWITCHES, claims_of, host_entries, hosts_behind
from aipol.ir import Ir, Ruling
from aipol.scoping import Verdict
from aipol.segments import Segment, Use, fewest_networks, gateway_networks, segments, uses_at
from aipol.source import Span
from aipol.target import Lowered
from aipol.vocabulary import Effect, Surface
from aipol_targets.egress import account
from aipol_targets.egress.account import TARGET_ID
from aipol_targets.egress.decided import Decided
from aipol_targets.egress.facts import HOST_LENGTH, MOST_SEGMENTS, NAME_OCTETS, SURFACES
from aipol_targets.egress.hostlists import flattened, selected, with_hosts, zone_records
from aipol_targets.egress.model import Directories, Egress, Levels, SegmentLists, levels_of
from aipol_targets.egress.settings import EgressSettings
from aipol_targets.egress.tenants import TENANT, Restriction, restrictions

_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_PROTECTED_INTENTS = {intent.value: intent for intent in Intent}
_PROBES = {
    Intent.EXACT: ("{}",),
    Intent.SUBTREE: ("{}", "any.{}"),
    Intent.CHILDREN: ("any.{}",),
}


@dataclass(frozen=True, slots=True)
class _Placed:
    """One segment's lists with what they were made from."""

    lists: SegmentLists
    decided: Decided


def lower(ir: Ir, settings: EgressSettings) -> Lowered[Egress]:
    """Give every segment its lists, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*_bad_hosts(ir), *_bad_tenants(ir)]
    if len(parts) > MOST_SEGMENTS:
        finding = TOO_MANY_CLASSES.at(
            ir.unlisted_span, target=TARGET_ID, count=len(parts), limit=MOST_SEGMENTS
        )
        return Lowered(_model(ir, settings, ()), (), (*findings, finding))
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    placed = tuple(_place(ir, segment) for segment in parts)
    model = _model(ir, settings, tuple(each.lists for each in placed))
    findings += [fault for each in placed for fault in _locked_out(ir, each)]
    findings += [*_too_long(ir, model), *_over_capacity(ir, model, settings.edl_capacity)]
    decided = tuple(each.decided for each in placed)
    return Lowered(model, account.coverage(ir, settings.outputs, decided), tuple(findings))


def _model(ir: Ir, settings: EgressSettings, lists: tuple[SegmentLists, ...]) -> Egress:
    gateways = gateway_networks(ir)
    named = (network for each in lists for network in each.networks)
    exempt = fewest_networks((*named, *gateways))
    return Egress(
        identifier=ir.organization.identifier,
        outputs=settings.outputs,
        # A zone's serial must never fall: the day decides, and a day's outputs are equal.
        serial=int(f"{ir.as_of:%Y%m%d}00"),
        directories=Directories(
            settings.squid_directory, settings.bind_directory, settings.unbound_directory
        ),
        squid_log=settings.squid_log,
        resolver_clients=tuple(
            network
            for network in fewest_networks(settings.resolver_clients)
            # Unbound takes the most specific network: one inside a segment's would take it over.
            if fewest_networks((*exempt, network)) != exempt
        ),
        bind_view_include=settings.bind_view_include,
        segments=lists,
        gateways=gateways,
        exempt=exempt,
    )


def _place(ir: Ir, segment: Segment) -> _Placed:
    uses = uses_at(ir, segment, SURFACES)
    verdicts = {use: Verdict(found.carried, ()) for use, found in uses.items()}
    ways_out = [(gateway.host, Intent.EXACT) for gateway in ir.gateways.values()]
    entries = with_hosts(host_entries(ir, verdicts), ways_out, blocked=False)
    trie = HostTrie(entries.values())
    minimal = trie.minimal()
    held = restrictions(ir, uses)
    proxied = trie
    if ir.tighten and held:
        proxied = HostTrie(with_hosts(entries, _told_apart(ir, uses, held), blocked=False).values())
    switches = [(host, Intent.EXACT) for host in BYPASS_SWITCHES if ir.close_bypasses]
    resolved = with_hosts(entries, switches, blocked=True)
    inspected = selected([*_owing(ir, uses, "inspect_tls"), *_header_hosts(held)])
    native, flat = levels_of(minimal), _flat_levels(minimal)
    lists = SegmentLists(
        id=segment.id,
        networks=segment.networks,
        native=native,
        flat=flat,
        squid=flat if proxied is trie else _flat_levels(proxied.minimal()),
        inspect=() if ir.inspect_tls == "none" else _flat_levels(inspected),
        logged=_flat_levels(selected(_owing(ir, uses, "log"))),
        headers=tuple(each.header for each in held),
        records=zone_records(HostTrie(resolved.values()).minimal() if switches else minimal),
    )
    return _Placed(lists, Decided(segment, lists, uses, trie, proxied, held))


def _flat_levels(entries: tuple[HostEntry, ...]) -> Levels:
    return levels_of(tuple(flattened(entries)))


def _told_apart(
    ir: Ir, uses: dict[tuple[str, Surface], Use], held: tuple[Restriction, ...]
) -> Iterator[tuple[str, Intent]]:
    """Hosts there is no need to tighten: a header keeps them to accounts that may be used."""
    verdicts = {
        use: Verdict(min(found.corporate, found.personal, key=_strictness), ())
        for use, found in uses.items()
    }
    usable = HostTrie(host_entries(ir, verdicts).values())
    for host, intent in _header_hosts(held):
        if not usable.blocked(_PROBES[intent][0].format(host)):
            yield host, intent


def _strictness(ruling: Ruling) -> int:
    return ruling.direct.strictness


def _header_hosts(held: tuple[Restriction, ...]) -> Iterator[tuple[str, Intent]]:
    for each in held:
        yield from ((entry.host, entry.intent) for entry in each.trie.minimal())


def _owing(
    ir: Ir, uses: dict[tuple[str, Surface], Use], obligation: str
) -> Iterator[tuple[str, Intent]]:
    """The app's own hosts that a use with the obligation needs."""
    for (app, surface), use in uses.items():
        ruling = use.carried
        if ruling.direct is not Effect.BLOCK and getattr(ruling.obligations, obligation):
            for claim in hosts_behind(ir.apps[app], surface):
                if not claim.shared:
                    yield claim.host, claim.intent


# --- what must not happen -------------------------------------------------------------------------


def _owner(ir: Ir, entry: HostEntry) -> Span:
    """The line behind an entry."""
    owners = [ir.by_id[owner] for owner in entry.owners if owner in ir.by_id]
    return owners[0].decided_by.span if owners else ir.unlisted_span


def _bad_hosts(ir: Ir) -> Iterator[Diagnostic]:
    for app in ir.apps.values():
        for claim in claims_of(app):
            if not _HOST.fullmatch(claim.host) or len(claim.host) > HOST_LENGTH:
                why = "a name is labels of letters, digits, `-` and `_`"
                yield BAD_DOMAIN.at(app.declared or ir.unlisted_span, domain=claim.host, why=why)


def _bad_tenants(ir: Ir) -> Iterator[Diagnostic]:
    """A tenant's id goes into a header of every request: nothing but an id may."""
    for ruling in ir.rulings:
        for tenant in ruling.tenants:
            if ir.apps[ruling.app].app.tenant_restriction and not TENANT.fullmatch(tenant):
                why = f"has `{tenant}`, which cannot be sent in a header"
                yield BAD_VALUE.at(ruling.decided_by.span, what="`account.corporate`", why=why)


def _locked_out(ir: Ir, placed: _Placed) -> Iterator[Diagnostic]:
    """Protected hosts that the final lists block, whatever the policy was thought to say."""
    protected = {host: _PROTECTED_INTENTS[intent] for host, intent, _ in ir.protected_hosts}
    blocked: dict[str, HostEntry] = {}
    for trie in dict.fromkeys((placed.decided.plain, placed.decided.squid)):
        for host, intent in protected.items():
            for probe in _PROBES[intent]:
                entry = trie.decide(probe.format(host))
                if entry and entry.blocked:
                    blocked[host] = entry
    for level in (*placed.lists.native, *placed.lists.squid):
        for entry in level.entries if level.blocked else ():
            for parent in _parents(entry.host):
                if protected.get(parent, Intent.EXACT) is not Intent.EXACT:
                    blocked[entry.host] = entry
    for host, entry in sorted(blocked.items()):
        yield LOCK_OUT.at(_owner(ir, entry), artifact=placed.lists.folder, host=host)


def _parents(host: str) -> Iterator[str]:
    while "." in host:
        host = host.partition(".")[2]
        yield host


def _too_long(ir: Ir, model: Egress) -> Iterator[Diagnostic]:
    if "rpz" not in model.outputs:
        return
    for lists in model.segments:
        # In a message every label has a length octet, and the root is one more.
        longest = max((len(owner) for owner, _ in lists.records), default=0)
        octets = longest + 1 + len(lists.zone) + 2
        if octets > NAME_OCTETS:
            what = f"octets of a name in zone {lists.zone}:"
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span, target=TARGET_ID, what=what, count=octets, limit=NAME_OCTETS
            )


def _over_capacity(ir: Ir, model: Egress, capacity: int | None) -> Iterator[Diagnostic]:
    if capacity is None or "edl" not in model.outputs:
        return
    count = sum(
        2 if entry.intent is Intent.SUBTREE else 1
        for lists in model.segments
        for level in lists.native
        for entry in level.entries
    )
    if count > capacity:
        yield LIMIT_EXCEEDED.at(
            ir.unlisted_span, target=TARGET_ID, what="list entries", count=count, limit=capacity
        )
