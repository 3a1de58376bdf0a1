"""Turns rulings into categories, source groups and rules for Zscaler Internet Access."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aipol.claims import Claim
from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import BAD_DOMAIN
from aipol.domains import HostEntry, HostTrie, Intent
from aipol.hosts import names_claimed
from aipol.ir import Ir
from aipol.segments import Segment, gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage, indistinct
from aipol_targets.common.network.categories import Categorised, Sources, categorised
from aipol_targets.common.network.facts import GATEWAYS
from aipol_targets.common.network.families import by_family, only_four
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.nested import NOBODY, Entry, Reached, Seen, entries, named_in
from aipol_targets.common.network.placed import Decisions, Path, decisions
from aipol_targets.common.network.settings import idle
from aipol_targets.common.network.unlisted import (
    asked_to_block,
    by_category,
    listed,
    not_blocked,
)
from aipol_targets.zscaler.facts import AI_CATEGORIES, AI_CATEGORY, FIVE_LEVELS, IPV6, LEVELS
from aipol_targets.zscaler.limits import over_limits
from aipol_targets.zscaler.model import FILE, Zia
from aipol_targets.zscaler.settings import ZscalerSettings

TARGET_ID = "zscaler"
CLIENT = "zia"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the policy asks of one segment's addresses."""

    segment: Segment
    decided: Decisions
    trie: HostTrie


def lower(ir: Ir, settings: ZscalerSettings) -> Lowered[Zia]:
    """Give every segment its rules, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        nothing = Categorised((), (), ())
        return Lowered(Zia(settings.first_order, settings.rank, nothing), (), tuple(findings))
    wanted = tuple(_wanted(ir, segment) for segment in parts)
    tries = {each.segment.id: each.trie for each in wanted}
    named = named_in(each.decided.entries.values() for each in wanted)
    found = tuple(entries(tries, named, LEVELS.value))
    gateways = gateway_networks(ir)
    made = categorised(parts, gateways, found)
    model = Zia(settings.first_order, settings.rank, made)
    if settings.ai_categories and asked_to_block(ir):
        model = _unlisted(ir, model, only_four(gateways))
    for each in wanted:
        place, minimal = f"{TARGET_ID}/{FILE}", each.trie.minimal()
        findings += locked_out(ir, place, (each.trie,), minimal)
    findings += _unlistable(ir, (*found, *model.listed))
    findings += over_limits(ir, TARGET_ID, settings, model)
    reached = Reached(found, LEVELS.value)
    *_, everybody = paths = tuple(_path(each, reached) for each in wanted)
    placed = tuple(
        by_family(ir, each.segment, path, everybody, IPV6)
        for each, path in zip(wanted, paths, strict=True)
    )
    told = (
        by_category(ir, TARGET_ID, " and ".join(AI_CATEGORIES), (FILE,))
        if settings.ai_categories
        else not_blocked(ir, TARGET_ID, AI_CATEGORY)
    )
    return Lowered(
        model,
        coverage(ir, TARGET_ID, placed),
        tuple(findings),
        policy=told,
        idle=idle(first_order=model.rules, rank=model.rules),
        indistinct=indistinct(placed),
    )


def _wanted(ir: Ir, segment: Segment) -> _Wanted:
    decided = decisions(ir, segment)
    return _Wanted(segment, decided, decided.trie)


# --- AI that no app is ----------------------------------------------------------------------------


def _unlisted(ir: Ir, model: Zia, gateways: tuple[str, ...]) -> Zia:
    """The predefined categories of AI blocked, but for what is listed and for the gateways.

    What is in a custom category leaves its predefined one; what is in one of ours has left it.
    """
    # An entry that no rule needs, such as one for IPv6 addresses alone, is in no category.
    written = [entry for category in model.made.categories for entry in category.entries]
    reached = Reached(written, LEVELS.value)
    entries = tuple(
        Entry(entry.host, entry.intent is not Intent.EXACT, 0, NOBODY, NOBODY)
        for entry in listed(ir).minimal()
        if reached.deciding(_inside(entry)) is None
    )
    made = model.made
    if gateways and GATEWAYS not in {each.name for each in made.sources}:
        made = replace(made, sources=(*made.sources, Sources(GATEWAYS, gateways)))
    spared = GATEWAYS if gateways else None
    return replace(model, made=made, listed=entries, blocks_ai=True, spared=spared)


def _inside(entry: HostEntry) -> str:
    """A host that an entry stands for; no host has this label."""
    return entry.host if entry.intent is Intent.EXACT else f"*.{entry.host}"


# --- the account ----------------------------------------------------------------------------------


def _path(wanted: _Wanted, reached: Reached) -> Path:
    """The one enforcement path, for addresses that are told apart."""

    def files(claims: Sequence[Claim]) -> tuple[str, ...]:
        names = (name for claim in claims for name in names_claimed(claim))
        return (FILE,) if any(map(reached.deciding, names)) else ()

    return Path(
        (CLIENT,),
        wanted.decided.uses,
        wanted.trie,
        Seen(reached, wanted.segment.id),
        files,
        short=FIVE_LEVELS,
        levels=LEVELS.value,
        beyond=FIVE_LEVELS,
    )


# --- what cannot be listed ------------------------------------------------------------------------

# No underscore in the last two labels of a longer name, nor alone in a label (URL Format
# Guidelines); whether a leading period makes a name longer is not said.
_LISTABLE = re.compile(
    r"(?!(?:.*\.)?_\.)[a-z0-9_.-]+\.[a-z0-9-]+\.[a-z0-9-]+|[a-z0-9-]+\.[a-z0-9-]+"
)


def _unlistable(ir: Ir, found: Sequence[Entry]) -> Iterator[Diagnostic]:
    """Hosts that Zscaler takes into no category: it would refuse all of the request."""
    owners = {claim.host: app for app in ir.apps.values() for claim in app.claims}
    for host in dict.fromkeys(entry.host for entry in found if not _LISTABLE.fullmatch(entry.host)):
        owner = owners.get(host)
        why = "Zscaler takes no top-level domain, and `_` only in front of the last two labels"
        span = owner.declared if owner and owner.declared else ir.unlisted_span
        yield BAD_DOMAIN.at(span, domain=host, why=why)
