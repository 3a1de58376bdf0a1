"""Turns rulings into rules for the segments of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol.claims import Claim
from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import BAD_VALUE, LIMIT_EXCEEDED
from aipol.domains import HostTrie
from aipol.ir import Ir
from aipol.segments import Segment, fewest_networks, gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.levels import plain_levels
from aipol_targets.common.network.placed import Path, Placed, Uses, decisions
from aipol_targets.common.network.settings import idle
from aipol_targets.suricata.facts import DETECTS_ONLY, RULE_LENGTH
from aipol_targets.suricata.facts import RULES as MOST_RULES
from aipol_targets.suricata.lines import rule_line
from aipol_targets.suricata.model import (
    GATEWAYS,
    GROUPS,
    PROTOCOLS,
    RULES,
    AddressGroup,
    Suricata,
    group_name,
)
from aipol_targets.suricata.patterns import patterns_of, rules_of
from aipol_targets.suricata.settings import SuricataSettings

TARGET_ID = "suricata"


@dataclass(frozen=True, slots=True)
class _Decided:
    """One segment with what is blocked there."""

    segment: Segment
    uses: Uses
    trie: HostTrie


def lower(ir: Ir, settings: SuricataSettings) -> Lowered[Suricata]:
    """Write the rules for every segment, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts)), *_nobody_left(ir)]
    if findings:
        return Lowered(Suricata("", (), ()), (), tuple(findings))
    decided = tuple(_decide(ir, segment) for segment in parts)
    for each in decided:
        findings += locked_out(ir, f"{TARGET_ID}/{RULES}", (each.trie,), each.trie.minimal())
    model = _model(ir, settings, decided)
    findings += _over_limits(ir, model)
    files = (RULES, *((GROUPS,) if model.groups else ()))
    account = coverage(ir, TARGET_ID, tuple(_placed(settings, files, each) for each in decided))
    return Lowered(model, account, tuple(findings), idle=idle(action=model.rules))


def _nobody_left(ir: Ir) -> Iterator[Diagnostic]:
    """Networks that take all of a family: Suricata 7.0.10 loads no rule for what is left of it."""
    taken = fewest_networks(
        (*gateway_networks(ir), *(each for group in ir.groups.values() for each in group.networks))
    )
    for network in taken:
        if network.endswith("/0"):
            why = f"take all of {network}, which Suricata cannot make rules without"
            yield BAD_VALUE.at(ir.unlisted_span, what="`networks` of the groups", why=why)


def _decide(ir: Ir, segment: Segment) -> _Decided:
    found = decisions(ir, segment)
    return _Decided(segment, found.uses, found.trie)


def _model(ir: Ir, settings: SuricataSettings, decided: Sequence[_Decided]) -> Suricata:
    blocked = {each.segment.id: patterns_of(each.trie.minimal()) for each in decided}
    gateways = gateway_networks(ir)
    rules = rules_of(blocked, decided[-1].segment.id, settings, gateways=bool(gateways))
    named = {name for rule in rules for name in rule.source.groups}
    groups = (
        *(AddressGroup(group_name(e.segment.id), e.segment.networks) for e in decided),
        AddressGroup(GATEWAYS, gateways),
    )
    used = tuple(group for group in groups if group.name in named)
    return Suricata(ir.organization.identifier, used, rules)


def _placed(settings: SuricataSettings, files: Sequence[str], each: _Decided) -> Placed:
    index = Index(plain_levels(each.trie))

    def deciding(claims: Sequence[Claim]) -> tuple[str, ...]:
        return tuple(files) if index.deciding(claims) else ()

    if settings.action == "alert":
        path = Path(PROTOCOLS, each.uses, each.trie, HostTrie(()), deciding, DETECTS_ONLY)
    else:
        path = Path(PROTOCOLS, each.uses, each.trie, each.trie, deciding)
    return Placed(each.segment, (path,))


def _over_limits(ir: Ir, model: Suricata) -> Iterator[Diagnostic]:
    longest = max(model.rules, key=lambda rule: len(rule_line(rule)), default=None)
    host, length = (longest.pattern.names.host, len(rule_line(longest))) if longest else ("", 0)
    for what, count, limit in (
        ("rules:", len(model.rules), MOST_RULES),
        (f"characters of the rule for {host}:", length, RULE_LENGTH),
    ):
        if count > limit.value:
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span, target=TARGET_ID, what=what, count=count, limit=limit.value
            )
