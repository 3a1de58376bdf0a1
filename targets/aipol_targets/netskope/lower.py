"""Turns rulings into URL lists, network locations and policies for Netskope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aipol.claims import Claim
from aipol.domains import HostEntry, HostTrie, Intent
from aipol.hosts import names_claimed
from aipol.ir import Ir
from aipol.segments import Segment, gateway_networks, segments
from aipol.target import Lowered
from aipol_targets.common.network.account import coverage, indistinct
from aipol_targets.common.network.categories import Categorised, categorised
from aipol_targets.common.network.families import by_family
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.narrowing import narrowed
from aipol_targets.common.network.nested import Entry, Reached, Seen, entries, named_in
from aipol_targets.common.network.placed import Decisions, Path, decisions
from aipol_targets.common.network.unlisted import not_blocked
from aipol_targets.netskope.facts import AI_CATEGORY, IPV6, LIST_OCTETS, NOT_LISTED
from aipol_targets.netskope.lists import url_lists
from aipol_targets.netskope.model import POLICIES, REQUESTS, Netskope
from aipol_targets.netskope.settings import NetskopeSettings

TARGET_ID = "netskope"
CLIENT = "swg"
# Letters, digits and dashes, none of them first or last (URL List Best Practices).
_LISTABLE = re.compile(r"(?!-)[a-z0-9-]+(?<!-)(?:\.(?!-)[a-z0-9-]+(?<!-))*")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the policy asks of one segment's addresses, and what lists can say of it."""

    segment: Segment
    decided: Decisions
    trie: HostTrie
    said: HostTrie
    opened: tuple[str, ...]


def lower(ir: Ir, settings: NetskopeSettings) -> Lowered[Netskope]:  # noqa: ARG001  (there are none)
    """Give every segment its policies, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts))]
    if findings:
        return Lowered(Netskope((), (), ()), (), tuple(findings))
    wanted = tuple(_wanted(ir, segment) for segment in parts)
    found = tuple(_entries(wanted))
    for each in wanted:
        place, minimal = f"{TARGET_ID}/{REQUESTS}", each.trie.minimal()
        findings += locked_out(ir, place, (each.trie,), minimal)
    model = _model(categorised(parts, gateway_networks(ir), found), found)
    reached = Reached(found, None)
    *_, everybody = paths = tuple(_path(each, reached) for each in wanted)
    placed = tuple(
        by_family(ir, each.segment, path, everybody, IPV6)
        for each, path in zip(wanted, paths, strict=True)
    )
    told = not_blocked(ir, TARGET_ID, AI_CATEGORY)
    account = coverage(ir, TARGET_ID, placed)
    return Lowered(model, account, tuple(findings), policy=told, indistinct=indistinct(placed))


def _wanted(ir: Ir, segment: Segment) -> _Wanted:
    decided = decisions(ir, segment)
    said, opened = narrowed(decided.entries, _unlisted)
    return _Wanted(segment, decided, decided.trie, said, opened)


def _unlisted(minimal: Iterable[HostEntry]) -> Iterator[tuple[str, Intent]]:
    """Names that no list takes; where one is an exception, all beside it is opened."""
    for entry in minimal:
        if _LISTABLE.fullmatch(entry.host):
            continue
        if entry.blocked:
            yield entry.host, entry.intent
        else:
            yield entry.host.partition(".")[2], Intent.CHILDREN


def _entries(wanted: Sequence[_Wanted]) -> Iterator[Entry]:
    """Entries for all that can be said, which needs none for any other name."""
    tries = {each.segment.id: each.said for each in wanted}
    named = named_in(each.said.minimal() for each in wanted)
    return entries(tries, named, None)


def _model(made: Categorised, found: Sequence[Entry]) -> Netskope:
    apart = {entry.host for entry in found if not entry.wide}
    lists = tuple(
        (category.name, url_lists(category.name, category.entries, apart, LIST_OCTETS.value))
        for category in made.categories
    )
    return Netskope(made.sources, lists, made.rules)


# --- the account ----------------------------------------------------------------------------------


def _path(wanted: _Wanted, reached: Reached) -> Path:
    """The one enforcement path, for addresses that are told apart."""

    def files(claims: Sequence[Claim]) -> tuple[str, ...]:
        names = (name for claim in claims for name in names_claimed(claim))
        return (POLICIES, REQUESTS) if any(map(reached.deciding, names)) else ()

    return Path(
        (CLIENT,),
        wanted.decided.uses,
        wanted.trie,
        Seen(reached, wanted.segment.id),
        files,
        short=NOT_LISTED,
        places=wanted.opened,
    )
