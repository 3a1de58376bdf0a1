"""Turns rulings into the names that every segment's addresses are denied."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter

from aipol.bypasses import BYPASS_SWITCHES
from aipol.claims import Claim
from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.domains import HostEntry, HostTrie, Intent
from aipol.ir import Ir
from aipol.segments import Segment, gateway_networks, segments
from aipol.target import Lowered, Reason
from aipol_targets.common.network.account import coverage, indistinct
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.hostlists import Entries, with_hosts
from aipol_targets.common.network.index import index_of
from aipol_targets.common.network.levels import native_levels
from aipol_targets.common.network.narrowing import Unsayable, narrowed
from aipol_targets.common.network.placed import Path, Placed, Uses, decisions, everybody
from aipol_targets.dns.access import access_lines
from aipol_targets.dns.clients import client_rules
from aipol_targets.dns.facts import (
    ALLOWLIST_WINS,
    LISTED_ONLY,
    NAME_OCTETS,
    NOT_SPARED,
    ROOT_NOT_APART,
    RULE_OCTETS,
)
from aipol_targets.dns.model import (
    ADGUARD_RULES,
    DNSMASQ_CONF,
    HOSTS,
    PIHOLE_ALLOW,
    PIHOLE_BLOCK,
    POOLED,
    ZONED,
    Directories,
    Dns,
    Names,
    SegmentNames,
)
from aipol_targets.dns.names import (
    deep_blocks,
    names_of,
    open_roots,
    unspared,
    zone_records,
)
from aipol_targets.dns.settings import DnsSettings
from aipol_targets.dns.switches import switched_off

TARGET_ID = "dns"


@dataclass(frozen=True, eq=False)
class _Said:
    """Decisions over hosts with the fewest entries that say them, and where more is open."""

    trie: HostTrie
    minimal: tuple[HostEntry, ...]
    opened: tuple[str, ...] = ()

    @cached_property
    def names(self) -> Names:
        """Every name of it, and every name that one of them implies."""
        return names_of(self.minimal)


@dataclass(frozen=True, slots=True)
class _Told:
    """What some addresses are told: as wanted, and as each kind of format can say it."""

    segment: Segment
    uses: Uses
    wanted: _Said
    forms: Mapping[str, _Said]
    """As far as single formats can say it, by output."""
    listed: tuple[str, ...]
    """The names to deny, where a format knows no more than names."""

    def names(self, output: str) -> Names:
        """The names of one format, if it is asked for."""
        return self.forms[output].names if output in self.forms else ()


# What formats cannot say, where they can say less than a policy zone.
_UNSAYABLE: Mapping[str, tuple[Unsayable, Reason]] = {
    "adguard": (unspared, NOT_SPARED),
    "pihole": (deep_blocks, ALLOWLIST_WINS),
    "unbound-local": (open_roots, ROOT_NOT_APART),
}


def lower(ir: Ir, settings: DnsSettings) -> Lowered[Dns]:
    """Give every segment its names, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(_model(ir, settings, (), None), (), tuple(findings))
    told = tuple(_told(ir, segment, settings.outputs) for segment in parts)
    whole = not POOLED.isdisjoint(settings.outputs)
    pooled = _told(ir, everybody(parts[-1]), settings.outputs) if whole else told[-1]
    model = _model(ir, settings, told, pooled)
    for each in told:
        said = tuple(dict.fromkeys((each.wanted, *each.forms.values())))
        tries = [form.trie for form in said]
        entries = [entry for form in said for entry in form.minimal]
        findings += locked_out(ir, f"{TARGET_ID}/segments/{each.segment.id}", tries, entries)
    findings += _too_long(ir, model)
    placed = tuple(_placed(settings.outputs, each, pooled) for each in told)
    account = coverage(ir, TARGET_ID, placed)
    switches = tuple(switched_off(ir, TARGET_ID, model))
    return Lowered(model, account, tuple(findings), policy=switches, indistinct=indistinct(placed))


def _told(ir: Ir, segment: Segment, outputs: Collection[str]) -> _Told:
    decided = decisions(ir, segment)
    switches = [(host, Intent.EXACT) for host in BYPASS_SWITCHES if ir.close_bypasses]
    entries = with_hosts(decided.entries, switches, blocked=True) if switches else decided.entries
    trie = HostTrie(entries.values()) if switches else decided.trie
    wanted = _Said(trie, trie.minimal())
    return _Told(
        segment,
        decided.uses,
        wanted,
        {
            output: _narrowed(wanted, entries, _UNSAYABLE[output][0])
            for output in outputs
            if output in _UNSAYABLE
        },
        _listed(decided.entries, trie) if "hosts" in outputs else (),
    )


def _listed(entries: Entries, trie: HostTrie) -> tuple[str, ...]:
    # A switch that has an address is not switched off (Mozilla, canary domain), and in a file of
    # hosts every name has one.
    named = {host for host, intent in entries if intent is not Intent.CHILDREN}
    return tuple(sorted(host for host in named if trie.blocked(host)))


def _narrowed(wanted: _Said, entries: Entries, unsayable: Unsayable) -> _Said:
    trie, opened = narrowed(entries, unsayable)
    return _Said(trie, trie.minimal(), opened) if opened else wanted


def _model(ir: Ir, settings: DnsSettings, told: Sequence[_Told], pooled: _Told | None) -> Dns:
    gateways = gateway_networks(ir)
    lists = tuple(
        SegmentNames(
            each.segment.id,
            each.segment.networks,
            each.wanted.minimal,
            each.names("unbound-local"),
            each.names("adguard"),
        )
        for each in told
    )
    return Dns(
        identifier=ir.organization.identifier,
        outputs=settings.outputs,
        # Nothing here knows the last serial: the day keeps it rising from day to day. A second
        # change in one day, or an earlier day, does not raise it: the README says to reload.
        serial=int(f"{ir.as_of:%Y%m%d}00"),
        directories=Directories(
            settings.bind_directory,
            settings.unbound_directory,
            settings.knot_directory,
            settings.powerdns_directory,
        ),
        access=access_lines(lists, gateways, settings.resolver_clients),
        bind_view_include=settings.bind_view_include,
        segments=lists,
        gateways=gateways,
        pooled=pooled.wanted.names if pooled and "dnsmasq" in settings.outputs else (),
        hosts=pooled.listed if pooled else (),
        rules=client_rules(lists, gateways),
        lists=pooled.forms["pihole"].minimal if pooled and "pihole" in pooled.forms else (),
    )


# --- the enforcement paths ------------------------------------------------------------------------


def _placed(outputs: tuple[str, ...], told: _Told, pooled: _Told) -> Placed:
    names = SegmentNames(told.segment.id, (), (), (), ())
    zoned = tuple(output for output in ZONED if output in outputs)
    found: list[Path] = []
    if zoned:
        found.append(_path(zoned, told, told.wanted, names.zone_file))
    for output, file in (("unbound-local", names.local_file), ("adguard", ADGUARD_RULES)):
        if output in outputs:
            found.append(_narrow_path(output, told, file))
    if "dnsmasq" in outputs:
        path = _path(("dnsmasq",), pooled, pooled.wanted, DNSMASQ_CONF)
        found.append(replace(path, by_source=False))
    if "hosts" in outputs:
        listed = tuple(HostEntry(host, Intent.EXACT, blocked=True) for host in pooled.listed)
        path = _path(("hosts",), pooled, _Said(HostTrie(listed), listed), HOSTS)
        found.append(replace(path, short=LISTED_ONLY, by_source=False))
    if "pihole" in outputs:
        path = _narrow_path("pihole", pooled, PIHOLE_BLOCK, PIHOLE_ALLOW)
        found.append(replace(path, by_source=False))
    return Placed(told.segment, tuple(found))


def _narrow_path(output: str, told: _Told, file: str, exceptions: str = "") -> Path:
    said, short = told.forms[output], _UNSAYABLE[output][1]
    return replace(_path((output,), told, said, file, exceptions), short=short, places=said.opened)


def _path(
    clients: tuple[str, ...], told: _Told, said: _Said, file: str, exceptions: str = ""
) -> Path:
    index = index_of(said.trie, native_levels(said.trie))

    def files(claims: Sequence[Claim]) -> tuple[str, ...]:
        deciding = [level for _, level in index.deciding(claims)]
        excepted = exceptions and any(not level.blocked for level in deciding)
        return (file, *((exceptions,) if excepted else ())) if deciding else ()

    return Path(clients, told.uses, told.wanted.trie, said.trie, files)


# --- what must not happen -------------------------------------------------------------------------


def _too_long(ir: Ir, model: Dns) -> Iterator[Diagnostic]:
    if set(model.outputs) & set(ZONED):
        yield from _long_names(ir, model)
    for rule in model.rules if "adguard" in model.outputs else ():
        if rule.octets > RULE_OCTETS.value:
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span,
                target=TARGET_ID,
                what=f"octets of the rule for {rule.denied.host} in {ADGUARD_RULES}:",
                count=rule.octets,
                limit=RULE_OCTETS.value,
            )


def _long_names(ir: Ir, model: Dns) -> Iterator[Diagnostic]:
    for segment in model.segments:
        # In a message every label has a length octet, and the root is one more.
        room = NAME_OCTETS.value - len(segment.zone) - 3
        if max(map(len, map(itemgetter(0), segment.said)), default=0) + len("*.") <= room:
            continue
        owners = (owner for owner, _ in zone_records(segment.said))
        longest = max(owners, key=len, default="")
        octets = len(longest) + 1 + len(segment.zone) + 2
        if octets > NAME_OCTETS.value:
            what = f"octets of `{longest[:40]}...` in zone {segment.zone}:"
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span,
                target=TARGET_ID,
                what=what,
                count=octets,
                limit=NAME_OCTETS.value,
            )
