"""Turns rulings into a filter for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipol.claims import Claim
from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.ir import Ir
from aipol.segments import Segment, gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.hostlists import selected
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.levels import native_levels
from aipol_targets.common.network.owing import owing
from aipol_targets.common.network.placed import Path, Placed, decisions
from aipol_targets.common.network.settings import idle
from aipol_targets.common.network.unlisted import not_blocked
from aipol_targets.fortigate.facts import AI_CATEGORY
from aipol_targets.fortigate.filters import Filter
from aipol_targets.fortigate.model import CONF, REST, Fortigate, SegmentFilter
from aipol_targets.fortigate.objects import objects
from aipol_targets.fortigate.obligations import Filtered, Recorded
from aipol_targets.fortigate.settings import FortigateSettings

TARGET_ID = "fortigate"
CLIENTS = ("webfilter", "dnsfilter")
_FILES = {"cli": CONF, "rest": REST}


def lower(ir: Ir, settings: FortigateSettings) -> Lowered[Fortigate]:
    """Give every segment its filter, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(_model(ir, settings, ()), (), tuple(findings))
    made = tuple(_filtered(ir, segment) for segment in parts)
    for each in made:
        findings += locked_out(
            ir, f"{TARGET_ID}/{CONF}", (each.filter.blocked,), each.filter.blocked.minimal()
        )
    findings += _over_capacity(ir, made, settings.filter_entries)
    files = tuple(_FILES[output] for output in settings.outputs)
    account = coverage(
        ir,
        TARGET_ID,
        tuple(_placed(files, each) for each in made),
        Recorded({each.segment.id: each for each in made}, files),
    )
    told = not_blocked(ir, TARGET_ID, AI_CATEGORY)
    model = _model(ir, settings, made)
    unused = _idle(model)
    return Lowered(model, account, tuple(findings), policy=told, idle=unused)


def _idle(model: Fortigate) -> frozenset[str]:
    """What no policy and no filter is there for."""
    kept = {table.path for table in model.tables if table.entries}
    policies = "firewall policy" in kept
    names = ("inside", "outside", "services", "nat", "before_policy")
    return idle(first_id="webfilter urlfilter" in kept, **dict.fromkeys(names, policies))


def _filtered(ir: Ir, segment: Segment) -> Filtered:
    decided = decisions(ir, segment)
    trie = decided.trie
    found = Filter.of(trie, selected(owing(ir, decided.uses, "log")))
    written = SegmentFilter(segment.id, segment.networks, found.rules())
    return Filtered(segment, decided.uses, found, written)


def _model(ir: Ir, settings: FortigateSettings, made: Sequence[Filtered]) -> Fortigate:
    filters = tuple(each.written for each in made)
    return objects(ir.organization.identifier, settings, filters, gateway_networks(ir))


def _placed(files: tuple[str, ...], made: Filtered) -> Placed:
    trie = made.filter.blocked
    index = Index(native_levels(trie))

    def deciding(claims: Sequence[Claim]) -> tuple[str, ...]:
        return files if index.deciding(claims) else ()

    return Placed(made.segment, (Path(CLIENTS, made.uses, trie, trie, deciding),))


def _over_capacity(ir: Ir, made: Sequence[Filtered], capacity: int | None) -> Iterator[Diagnostic]:
    for each in made if capacity is not None else ():
        count = len(each.written.rules)
        if capacity is not None and count > capacity:
            what = f"entries of the filter for `{each.segment.id}`:"
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span, target=TARGET_ID, what=what, count=count, limit=capacity
            )
