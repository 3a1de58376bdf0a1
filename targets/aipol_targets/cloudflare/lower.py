"""Turns rulings into lists and policies for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import BAD_VALUE
from aipol.domains import HostTrie
from aipol.ir import Ir
from aipol.segments import Segment, fewest_networks, gateway_networks, segments
from aipol.target import Lowered, PolicyCoverage, Reason
from aipol_targets.cloudflare.facts import IPV6
from aipol_targets.cloudflare.limits import over_limits
from aipol_targets.cloudflare.model import LISTS, RULES, Gateway, Rule, Source
from aipol_targets.cloudflare.obligations import account_wide
from aipol_targets.cloudflare.rules import Plan, rules_of, shared, spared_for, unlisted
from aipol_targets.cloudflare.settings import CloudflareSettings
from aipol_targets.cloudflare.written import Written
from aipol_targets.common.network.account import coverage, indistinct
from aipol_targets.common.network.facts import GATEWAYS
from aipol_targets.common.network.families import by_family, only_four
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.hostlists import with_hosts
from aipol_targets.common.network.placed import Placed, decisions, everybody
from aipol_targets.common.network.settings import idle
from aipol_targets.common.network.spared import fewest
from aipol_targets.common.network.tenants import (
    bad_tenants,
    hosts_around,
    locked_addresses,
    restrictions,
    told_apart,
)
from aipol_targets.common.network.unlisted import (
    asked_to_block,
    by_category,
    listed,
    not_blocked,
)

TARGET_ID = "cloudflare"
_WAN = "wan"
_CATEGORY = "the content category {number} (Artificial Intelligence)"
_UNSEEN = Reason(
    "ai-category-unseen",
    "Cloudflare's category of AI is not blocked: a network policy sees no name of what has no"
    " handshake, and so cannot leave out what is listed",
    "add `dns` to `targets.cloudflare.policies`, or `http` with `tls_decryption`",
)
_UNKNOWN = Reason(
    "ai-category-unknown",
    "Cloudflare's category of AI is not blocked: its number is for the account to say",
    "set `targets.cloudflare.ai_category` to the id of Artificial Intelligence that "
    "`GET /accounts/<account>/gateway/categories` gives",
)


def lower(ir: Ir, settings: CloudflareSettings) -> Lowered[Gateway]:
    """Give every segment its policies, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *bad_tenants(ir), *too_many(ir, TARGET_ID, len(parts))]
    findings += _decrypted(ir, settings)
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    # Where source addresses are not seen, there is one policy, for what holds for all.
    seen = parts if settings.on_ramp == _WAN else (everybody(parts[-1]),)
    written = tuple(_write(ir, segment, settings) for segment in seen)
    model = _model(ir, settings, written)
    place = f"{TARGET_ID}/{RULES}"
    for each in written:
        findings += locked_out(ir, place, (each.trie,), each.trie.minimal())
        findings += locked_addresses(ir, place, hosts_around(held.header for held in each.held))
    findings += over_limits(ir, TARGET_ID, settings, model)
    placed = _placed(ir, settings, parts, written)
    account = coverage(ir, TARGET_ID, placed, account_wide)
    return Lowered(
        model,
        account,
        tuple(findings),
        policy=_unlisted(ir, settings),
        idle=idle(
            first_precedence=model.rules, ai_category=any(each.category for each in model.rules)
        ),
        indistinct=indistinct(placed),
    )


def _unlisted(ir: Ir, settings: CloudflareSettings) -> tuple[PolicyCoverage, ...]:
    """What is done about AI that no list knows."""
    if not settings.sees_categories:
        return not_blocked(ir, TARGET_ID, _UNSEEN)
    if settings.ai_category is None and asked_to_block(ir):
        return not_blocked(ir, TARGET_ID, _UNKNOWN)
    return by_category(ir, TARGET_ID, _CATEGORY.format(number=settings.ai_category), (LISTS, RULES))


def _decrypted(ir: Ir, settings: CloudflareSettings) -> Iterator[Diagnostic]:
    """That hosts would be decrypted which never may be: only an HTTP policy spares them."""
    if ir.never_inspect and settings.tls_decryption and "http" not in settings.policies:
        why = "without `http` nothing keeps Gateway from decrypting `network.never_inspect`"
        yield BAD_VALUE.at(
            ir.setting_span(TARGET_ID, "policies"),
            what="`targets.cloudflare.policies`",
            why=why,
            hint="add `http` to `policies`, or turn `tls_decryption` off",
        )


def _write(ir: Ir, segment: Segment, settings: CloudflareSettings) -> Written:
    decided = decisions(ir, segment)
    sees = settings.tls_decryption and "http" in settings.policies
    held = restrictions(ir, decided.uses) if sees else ()
    entries = decided.entries
    if ir.tighten and held:
        entries = with_hosts(entries, told_apart(ir, decided.uses, held), blocked=False)
    return Written(segment, decided.uses, HostTrie(entries.values()), held)


def _placed(
    ir: Ir, settings: CloudflareSettings, parts: Sequence[Segment], written: Sequence[Written]
) -> tuple[Placed, ...]:
    by_source = settings.on_ramp == _WAN
    *_, everybody = paths = [each.path(settings.policies, by_source=by_source) for each in written]
    if not by_source:
        return tuple(Placed(segment, (everybody,)) for segment in parts)
    return tuple(
        by_family(ir, segment, path, everybody, IPV6)
        for segment, path in zip(parts, paths, strict=True)
    )


def _model(ir: Ir, settings: CloudflareSettings, written: Sequence[Written]) -> Gateway:
    rules = shared(_rules(ir, settings, written))
    lists = dict.fromkeys(
        found for rule in rules for each in rule.selections for found in each.lists
    )
    ordered = tuple(sorted(lists, key=lambda found: found.name))
    first = settings.first_precedence
    return Gateway(ir.organization.identifier, settings.policies, first, ordered, rules)


def _rules(ir: Ir, settings: CloudflareSettings, written: Sequence[Written]) -> Iterator[Rule]:
    plan = Plan(settings.policies, settings.entries, fewest(ir.never_inspect))
    gateways = only_four(gateway_networks(ir)) if settings.on_ramp == _WAN else ()
    if gateways:
        yield from spared_for(GATEWAYS, Source(gateways, excluded=False), plan)
    for each in written:
        source = _source(ir, settings, written, each)
        if source.networks or not each.segment.networks:
            yield from rules_of(each, source, plan)
    category = settings.ai_category
    if written and settings.sees_categories and asked_to_block(ir) and category is not None:
        yield from unlisted(listed(ir), Source(gateways, excluded=True), plan, category)


def _source(
    ir: Ir, settings: CloudflareSettings, written: Sequence[Written], each: Written
) -> Source:
    """A segment's own networks of IPv4; for the default segment all but those of anybody else."""
    if settings.on_ramp != _WAN:
        return Source((), excluded=False)
    if each.segment.networks:
        return Source(only_four(each.segment.networks), excluded=False)
    named = (network for other in written for network in other.segment.networks)
    others = only_four((*named, *gateway_networks(ir)))
    return Source(fewest_networks(others), excluded=True)
