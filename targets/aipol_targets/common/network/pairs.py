"""Turns decisions over hosts into two lists of names of which the one that allows always wins.

A name on either list stands for itself and all below it. So two things cannot be said: what holds
for a host and not for what is below it, and a block inside an exception. Where a policy wants one
of them, the lists say the nearest that lets more through or, with `on_gap: tighten`, the nearest
that blocks more; `places` are where names are then answered otherwise than wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from aipol.claims import Claim
from aipol.domains import HALVES, HostEntry, HostTrie, Intent, reversed_labels
from aipol.ir import Ir
from aipol.segments import Segment
from aipol.target import Reason
from aipol_targets.common.network.hostlists import Entries
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.levels import levels_of
from aipol_targets.common.network.placed import Blocking, Path, Uses, decisions

Kept = frozenset[tuple[str, Intent]]
"""Hosts that no list may block beyond what the policy blocks."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two lists: no name of one list is below another name of it."""

    blocked: tuple[HostEntry, ...]
    allowed: tuple[HostEntry, ...]
    places: tuple[str, ...]

    @property
    def entries(self) -> tuple[HostEntry, ...]:
        """Both lists as decisions, parents first."""
        return tuple(sorted((*self.blocked, *self.allowed), key=lambda each: each.sort_key))


@dataclass(slots=True)
class _Node:
    """A host that something is said about: what is wanted for it, and for what is below it."""

    host: str
    itself: bool
    below: bool
    owners: tuple[str, ...]
    kept: bool
    """Whether it, or what is below it, is open and has to stay so."""
    unspoken: bool
    """Whether nothing at all is said about the host itself."""
    children: list[_Node] = field(default_factory=list["_Node"])
    opened: bool = True
    """Whether nothing at or below it is blocked."""


@dataclass(slots=True)
class _Lists:
    blocked: list[_Node] = field(default_factory=list[_Node])
    allowed: list[_Node] = field(default_factory=list[_Node])


def looser_pair(entries: Entries) -> Pair:
    """The lists that block nothing but what is to be blocked, and as much of it as can be said."""
    nodes, tops = _nodes(entries, frozenset())
    lists = _Lists()
    for top in tops:
        _looser(top, lists, inside=False)
    return _pair(nodes, lists)


def stricter_pair(entries: Entries, kept: Kept) -> Pair:
    """The lists that block all that is to be blocked, and no more besides than has to be.

    What is `kept` stays open, and so does a host that nobody speaks about where only what is below
    it is to be blocked: there the lists let more through instead.
    """
    nodes, tops = _nodes(entries, kept)
    lists = _Lists()
    for top in tops:
        _stricter(top, lists, inside=False)
    return _pair(nodes, lists)


def _looser(node: _Node, lists: _Lists, *, inside: bool) -> None:
    closed = node.itself and node.below
    if inside and not closed:
        lists.allowed.append(node)
        return
    if closed and not inside:
        lists.blocked.append(node)
    for child in node.children:
        _looser(child, lists, inside=inside or closed)


def _stricter(node: _Node, lists: _Lists, *, inside: bool) -> None:
    if inside and (node.opened or node.kept):
        lists.allowed.append(node)
        return
    closing = not inside and (node.itself or node.below) and not (node.kept or node.unspoken)
    if closing:
        lists.blocked.append(node)
    for child in node.children:
        _stricter(child, lists, inside=inside or closing)


def _nodes(entries: Entries, kept: Kept) -> tuple[list[_Node], list[_Node]]:
    """Every host that is spoken of or kept, parents first, and those with none above them."""
    trie = HostTrie(entries.values())
    hosts = {host for host, _ in (*entries, *kept)}
    nodes: list[_Node] = []
    around: list[_Node] = []
    tops: list[_Node] = []
    for host in sorted(hosts, key=reversed_labels):
        while around and not host.endswith(f".{around[-1].host}"):
            around.pop()
        within = any((above.host, Intent.CHILDREN) in kept for above in around)
        node = _node(host, entries, kept, trie, within=within)
        (around[-1].children if around else tops).append(node)
        around.append(node)
        nodes.append(node)
        if node.itself or node.below:
            for above in around:
                above.opened = False
    return nodes, tops


def _node(host: str, entries: Entries, kept: Kept, trie: HostTrie, *, within: bool) -> _Node:
    # No host has this label, so that nothing more specific decides it.
    itself, below = trie.blocked(host), trie.blocked(f"*.{host}")
    found = [entry for intent in Intent if (entry := entries.get((host, intent)))]
    owners = sorted({owner for entry in found if entry.blocked for owner in entry.owners})
    at, under = within or (host, Intent.EXACT) in kept, within or (host, Intent.CHILDREN) in kept
    return _Node(
        host,
        itself,
        below,
        tuple(owners),
        kept=(at and not itself) or (under and not below),
        unspoken=trie.decide(host) is None,
    )


def _pair(nodes: Sequence[_Node], lists: _Lists) -> Pair:
    blocked = tuple(_entry(node, blocked=True) for node in lists.blocked)
    allowed = tuple(_entry(node, blocked=False) for node in lists.allowed)
    wanted = ((node.host, node.itself, node.below) for node in nodes)
    return Pair(blocked, allowed, tuple(places(wanted, HostTrie((*blocked, *allowed)))))


def _entry(node: _Node, *, blocked: bool) -> HostEntry:
    return HostEntry(node.host, Intent.SUBTREE, blocked, node.owners if blocked else ())


def places(wanted: Iterable[tuple[str, bool, bool]], written: Blocking) -> Iterator[str]:
    """Where the lists differ from what is wanted, and what is spoken of within such a place.

    There the lists may say again what is wanted, which is not what they say around it. `wanted` are
    hosts, parents first, each with whether it is to be blocked, and what is below it.
    """
    within = ""
    for host, itself, below in wanted:
        if not (within and host.endswith(within)):
            within = ""
        if within or written.blocked(host) is not itself:
            yield host
        if within or written.blocked(f"*.{host}") is not below:
            yield f"*.{host}"
            within = within or f".{host}"


# --- segments -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """A segment with its two lists, and what the policy wants of it."""

    segment: Segment
    uses: Uses
    wanted: HostTrie
    pair: Pair
    written: HostTrie


def listed(ir: Ir, segment: Segment) -> Listed:
    """The lists of a segment, looser or stricter than wanted as `on_gap` says."""
    decided = decisions(ir, segment)
    wanted = decided.trie
    pair = (
        stricter_pair(decided.entries, kept_open(ir))
        if ir.tighten
        else looser_pair(decided.entries)
    )
    return Listed(
        segment, decided.uses, wanted, pair, HostTrie(pair.entries) if pair.places else wanted
    )


def kept_open(ir: Ir) -> Kept:
    """What is not an AI app's alone, what nothing may block, and the organisation's gateways."""
    shared = (
        (claim.host, claim.intent)
        for app in ir.apps.values()
        for claim in app.claims
        if not claim.own
    )
    protected = ((host, Intent(match)) for host, match, _ in ir.protected_hosts)
    gateways = ((gateway.host, Intent.EXACT) for gateway in ir.gateways.values())
    return frozenset(
        (host, half) for host, intent in (*shared, *protected, *gateways) for half in HALVES[intent]
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """Why the lists answer otherwise than wanted: by letting through, and by blocking."""

    short: Reason
    wide: Reason


def limits_of(entry: str, allowed: str) -> Limits:
    """The reasons in a vendor's own words for an entry of a list, and for one that is allowed."""
    why = f"{entry} is a name with all below it, and {allowed} always wins"
    beside = "or block it on a resolver (`dns`) or on the device"
    return Limits(
        short=Reason(
            "subtrees-only",
            f"{why}: this cannot be blocked without blocking what is to stay open",
            f"write `on_gap: tighten`, {beside}",
        ),
        wide=Reason(
            "widened",
            f"{why}: this is blocked because what is to be blocked cannot be blocked without it",
            f"write `on_gap: report`, {beside}",
        ),
    )


def path(made: Listed, client: str, files: Callable[[bool], Sequence[str]], limits: Limits) -> Path:
    """A segment's one enforcement path; `files` are those of the list that blocks or not."""
    index = Index(levels_of(made.pair.entries))

    def deciding(claims: Sequence[Claim]) -> tuple[str, ...]:
        found = {level.blocked for _, level in index.deciding(claims)}
        return tuple(file for blocked in sorted(found) for file in files(blocked))

    return Path(
        (client,),
        made.uses,
        made.wanted,
        made.written,
        deciding,
        short=limits.short,
        wide=limits.wide,
        places=made.pair.places,
    )
