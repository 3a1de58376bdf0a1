"""Turns the decisions of one segment into policies of every type, and lists into shared ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aipol.domains import HostEntry, HostTrie, Intent
from aipol_targets.cloudflare.model import Address, HostList, Layer, Rule, Selection, Source
from aipol_targets.cloudflare.shards import sharded
from aipol_targets.cloudflare.written import Written
from aipol_targets.common.network.levels import Levels, plain_levels
from aipol_targets.common.network.tenants import Restriction, restricted_hosts

_DIGEST = 8
# Stands for all that is below a host and not named itself.
_BELOW = "aipol-below"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the settings ask of the policies of every segment."""

    layers: tuple[Layer, ...]
    capacity: int
    never: tuple[str, ...]
    """Hosts that are not decrypted, nor is anything below them."""


def rules_of(written: Written, source: Source, plan: Plan) -> Iterator[Rule]:
    """The policies of one segment, in the order they are to be tried.

    Exceptions are within the expression that blocks: a policy that allows would end the search,
    and nothing that is not ours would be asked about these hosts any more.
    """
    stem = f"aipol_{written.segment.id}"
    selections = _selections(stem, plain_levels(written.trie), plan.capacity)
    for layer in plan.layers:
        if layer == "http":
            yield from _spared(stem, source, selections, plan)
            yield from _around(stem, source, written.held)
        if selections:
            yield Rule(f"{stem}_{layer}", layer, source, selections)
        if layer == "http":
            yield from _headers(stem, source, written.held, plan.capacity)


def _selections(stem: str, levels: Levels, capacity: int) -> tuple[Selection, ...]:
    return tuple(
        Selection(
            *(
                sharded(
                    f"{stem}_{level.depth}-{intent}",
                    level.hosts.get(intent, ()),
                    capacity,
                )
                for intent in (Intent.SUBTREE, Intent.EXACT)
            )
        )
        for level in reversed(levels)
    )


def unlisted(known: HostTrie, source: Source, plan: Plan, category: int) -> Iterator[Rule]:
    """The policies for AI by Cloudflare's own category, but for what is known; they come last.

    There is one of each type for everybody: it is for what no list says anything about. None is a
    network policy, which sees no name without a handshake and then could not leave out what is
    known.
    """
    stem = "aipol_unlisted"
    selections = _selections(stem, plain_levels(known), plan.capacity)[:1]
    for layer in plan.layers:
        if layer != "network":
            yield Rule(f"{stem}_{layer}", layer, source, selections, category=category)


def spared_for(stem: str, source: Source, plan: Plan) -> Iterator[Rule]:
    """The policy that spares hosts of decryption for whom nothing is blocked."""
    if "http" in plan.layers:
        yield from _spared(stem, source, (), plan)


def _spared(
    stem: str, source: Source, blocked: tuple[Selection, ...], plan: Plan
) -> Iterator[Rule]:
    """What is never decrypted, but for what is blocked: no other HTTP policy is asked about it."""
    if plan.never:
        hosts = sharded(f"{stem}_never", plan.never, plan.capacity)
        selections = (Selection(hosts, ()), *blocked)
        yield Rule(f"{stem}_http-never", "http", source, selections, spares=True)


def shared(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The same policies, with one list where several would have the same hosts.

    The default segment, which comes last and is always there, gives its names first.
    """
    rules = tuple(rules)
    first: dict[tuple[str, ...], HostList] = {}
    for rule in reversed(rules):
        for each in rule.selections:
            for found in each.lists:
                first.setdefault(found.hosts, found)

    def once(lists: Sequence[HostList]) -> tuple[HostList, ...]:
        return tuple(first[each.hosts] for each in lists)

    return tuple(
        replace(
            rule,
            selections=tuple(
                Selection(once(each.subtree), once(each.exact)) for each in rule.selections
            ),
        )
        for rule in rules
    )


# --- tenant headers -------------------------------------------------------------------------------


def _around(stem: str, source: Source, held: Sequence[Restriction]) -> Iterator[Rule]:
    """The addresses that would let people around a header; only a path is an address."""
    urls = sorted({url for each in held for url in each.header.urls if url.partition("/")[2]})
    if urls:
        found = tuple(Address(url.partition("/")[0], _beginning(url)) for url in urls)
        yield Rule(f"{stem}_http-around", "http", source, addresses=found)


def _beginning(url: str) -> str:
    """A pattern for what begins with the path, alike whether it must match all or a part."""
    path = re.sub(r"\.", "[.]", f"/{url.partition('/')[2]}")
    return f"^{path}.*" if path.endswith("/") else f"^{path}(/.*)?$"


def _headers(
    stem: str, source: Source, held: Sequence[Restriction], capacity: int
) -> Iterator[Rule]:
    """One policy for all hosts whose requests get the same headers: the first that matches ends."""
    hosts = sorted({host for host, _ in restricted_hosts(held)})
    places = [(host, Intent.EXACT, host) for host in hosts]
    places += [(host, Intent.CHILDREN, f"{_BELOW}.{host}") for host in hosts]
    sent = {probed: _sent(held, probed) for _, _, probed in places}
    for headers in sorted(set(sent.values())):
        if headers:
            trie = HostTrie(
                HostEntry(host, intent, sent[probed] == headers) for host, intent, probed in places
            )
            name = f"{stem}_http-header-{_digest(headers)}"
            selections = _selections(name, plain_levels(trie), capacity)
            yield Rule(name, "http", source, selections, headers=headers)


def _sent(held: Sequence[Restriction], host: str) -> tuple[tuple[str, str], ...]:
    return tuple((e.header.name, e.header.value) for e in held if e.trie.blocked(host))


def _digest(headers: Sequence[tuple[str, str]]) -> str:
    """By their names: other accounts do not make it another policy."""
    names = "\0".join(name for name, _ in headers)
    return hashlib.sha256(names.encode()).hexdigest()[:_DIGEST]
