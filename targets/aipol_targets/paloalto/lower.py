"""Turns rulings into the rules of every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from aipol.domains import HostEntry, HostTrie, Intent, parents
from aipol.ir import Ir
from aipol.segments import Segment, fewest_networks, gateway_networks, segments
from aipol.target import Coverage, Lowered
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.hostlists import selected, url_lines, with_hosts
from aipol_targets.common.network.obligations import Proxied
from aipol_targets.common.network.owing import free_of, owing
from aipol_targets.common.network.placed import Uses, decisions
from aipol_targets.common.network.rooms import crowded
from aipol_targets.common.network.settings import idle
from aipol_targets.common.network.tenants import (
    Restriction,
    bad_tenants,
    hosts_around,
    locked_addresses,
    restricted_hosts,
    restrictions,
    told_apart,
)
from aipol_targets.common.network.unlisted import not_blocked
from aipol_targets.paloalto.config import categories, sources
from aipol_targets.paloalto.facts import (
    AI_CATEGORY,
    CATEGORY_NAME,
    INSERTION_DOMAINS,
    PROFILE_NAME,
    RULE_NAME,
)
from aipol_targets.paloalto.graded import Graded, graded
from aipol_targets.paloalto.limits import over_limits, rooms
from aipol_targets.paloalto.model import (
    FREE,
    Category,
    Decryption,
    Firewall,
    Inserted,
    Rule,
    SegmentRules,
    Treatment,
)
from aipol_targets.paloalto.names import name
from aipol_targets.paloalto.paths import Decrypting, Written, config_files
from aipol_targets.paloalto.settings import PaloAltoSettings

TARGET_ID = "paloalto"


def lower(ir: Ir, settings: PaloAltoSettings) -> Lowered[Firewall]:
    """Give every segment its rules, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *bad_tenants(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(Firewall(settings, (), ()), (), tuple(findings))
    written = tuple(_write(ir, segment) for segment in parts)
    model = _model(ir, settings, written)
    for each in written:
        entries = tuple(_blocked_entries(each))
        place = f"{TARGET_ID}, segment `{each.segment.id}`,"
        findings += locked_out(ir, place, (each.proxied,), entries)
        findings += locked_addresses(ir, place, hosts_around(held.header for held in each.held))
    held = rooms(model)
    findings += over_limits(ir, TARGET_ID, model)
    findings += crowded(ir, TARGET_ID, (*held.objects, *held.lists))
    account = _coverage(ir, settings, written)
    told = not_blocked(ir, TARGET_ID, AI_CATEGORY)
    return Lowered(model, account, tuple(findings), held.lists, told, _idle(model))


def _idle(model: Firewall) -> frozenset[str]:
    """What no rule and no list that the firewall fetches is there for."""
    rules = [rule for each in model.segments for rule in each.rules]
    zoned = rules or any(each.decryption for each in model.segments)
    fetched = "edl" in model.settings.outputs and (sources(model) or categories(model))
    return idle(
        vsys=model.settings.outputs != ("set",),  # commands are entered where they are to hold
        from_zones=zoned,
        to_zones=zoned,
        threat_profiles=any(not rule.treatment.blocked for rule in rules),
        edl_url=fetched,
    )


def _blocked_entries(written: Written) -> Iterator[HostEntry]:
    for entry in written.proxied.minimal():
        if entry.blocked:
            yield entry


def _coverage(
    ir: Ir, settings: PaloAltoSettings, written: Sequence[Written]
) -> tuple[Coverage, ...]:
    by_segment = {each.segment.id: each for each in written}
    files = config_files(settings.outputs)
    obligation = Proxied(by_segment, ir.inspect_tls != "none", files)
    placed = tuple(each.placed(settings.outputs) for each in written)
    return coverage(ir, TARGET_ID, placed, obligation)


def _model(ir: Ir, settings: PaloAltoSettings, written: Sequence[Written]) -> Firewall:
    lists = tuple(_rules(each) for each in written)
    named = (network for each in lists for network in each.networks)
    exempt = fewest_networks((*named, *gateway_networks(ir)))
    return Firewall(settings, lists, exempt)


def _write(ir: Ir, segment: Segment) -> Written:
    decided = decisions(ir, segment)
    held = restrictions(ir, decided.uses)
    entries = decided.entries
    if ir.tighten and held:
        entries = with_hosts(entries, told_apart(ir, decided.uses, held), blocked=False)
    trie = HostTrie(entries.values())
    logged = selected(owing(ir, decided.uses, "log"))
    inspected = _inspected(ir, decided.uses, held) if ir.inspect_tls != "none" else ()
    hosts = {entry.host for entry in (*trie.minimal(), *logged)}
    hosts |= {host for host, _ in restricted_hosts(held)}
    treated = graded(hosts, partial(_treatment, held, HostTrie(logged), trie), FREE)
    spared = ir.never_inspect if ir.inspect_tls != "none" else ()
    decrypting = partial(_decrypting, held, HostTrie(inspected), frozenset(spared))
    # A header's hosts are named, though all around them may be decrypted too: not alike.
    headed = (host for host, _ in restricted_hosts(held))
    named = (*(entry.host for entry in inspected), *headed, *spared)
    decrypted = graded(named, decrypting, Decrypting.NO)
    return Written(segment, decided.uses, trie, held, treated, decrypted, spared)


def _inspected(ir: Ir, uses: Uses, held: Sequence[Restriction]) -> tuple[HostEntry, ...]:
    """The hosts to decrypt, but for those within them that a use without the obligation needs."""
    free = with_hosts({}, free_of(ir, uses, "inspect_tls"), blocked=False)
    owed = [*owing(ir, uses, "inspect_tls"), *restricted_hosts(held)]
    return HostTrie(with_hosts(free, owed, blocked=True).values()).minimal()


def _treatment(
    held: Sequence[Restriction], logged: HostTrie, trie: HostTrie, host: str
) -> Treatment:
    if trie.blocked(host):
        return Treatment(blocked=True)
    headers = tuple(each.header.name for each in held if each.trie.blocked(host))
    return Treatment(headers=headers, logged=logged.blocked(host))


def _decrypting(
    held: Sequence[Restriction], inspected: HostTrie, spared: frozenset[str], host: str
) -> Decrypting:
    if not spared.isdisjoint((host, *parents(host))):
        return Decrypting.NO
    if any(each.trie.blocked(host) for each in held):
        return Decrypting.HTTP1
    return Decrypting.YES if inspected.blocked(host) else Decrypting.NO


def _rules(written: Written) -> SegmentRules:
    segment = written.segment
    return SegmentRules(
        segment.id,
        segment.networks,
        tuple(_security(written)),
        (*_spared(written), *(_decryption(segment.id, each) for each in written.decrypted)),
    )


def _security(written: Written) -> Iterator[Rule]:
    segment, headers = written.segment.id, {each.header.name: each for each in written.held}
    urls = {url for each in written.held for url in each.header.urls}
    around = sorted(url for url in urls if url.partition("/")[2])  # not a whole host
    if around:
        # Only where connections are decrypted is there an address to match.
        listed = Category(name(CATEGORY_NAME, segment, "around"), urls=tuple(around))
        yield Rule(name(RULE_NAME, segment, "around"), listed, Treatment(blocked=True))
    for each in written.treated:
        parts = (segment, str(each.depth), each.decision.kind)
        category = Category(name(CATEGORY_NAME, *parts), each.patterns)
        sent = (headers[header] for header in each.decision.headers)
        yield Rule(
            name(RULE_NAME, *parts),
            category,
            each.decision,
            name(PROFILE_NAME, *parts) if each.decision.watched else "",
            tuple(part for one in sent for part in _insertions(one, each)),
        )


def _insertions(restriction: Restriction, found: Graded[Treatment]) -> Iterator[Inserted]:
    """A header for a list's hosts, as many domains at a time as an entry takes."""
    domains = tuple(
        line.removesuffix("/")
        for host, intent in found.patterns
        for line in url_lines(host, intent)
    )
    header, most = restriction.header, INSERTION_DOMAINS.value
    for start in range(0, len(domains), most):
        yield Inserted(header.name, header.value, domains[start : start + most])


def _spared(written: Written) -> Iterator[Decryption]:
    """What is never decrypted, said first: rules of others below may decrypt everything else."""
    if written.spared:
        named = (written.segment.id, "never")
        patterns = tuple((host, Intent.SUBTREE) for host in written.spared)
        category = Category(name(CATEGORY_NAME, *named), patterns)
        yield Decryption(name(RULE_NAME, *named), category, decrypted=False, http1=False)


def _decryption(segment: str, found: Graded[Decrypting]) -> Decryption:
    parts = (segment, str(found.depth), found.decision.value)
    return Decryption(
        name(RULE_NAME, *parts),
        Category(name(CATEGORY_NAME, *parts), found.patterns),
        found.decision is not Decrypting.NO,
        found.decision is Decrypting.HTTP1,
    )
