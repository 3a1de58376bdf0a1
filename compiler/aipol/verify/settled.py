"""Settle at once what a path does to every host there is, where it can say all that it blocks.

Neighbours and look-alikes are asked about one by one to find an entry that stands for more, or
fewer, hosts than the policy means. Where a reader says all that is blocked as two sets of names
(`aipol.blocklist`), the sets are compared with what the policy says of every name instead. Both are
functions of the nearest name that is spoken of: equal at each claimed name and right below it, and
at each name of the sets, they are equal everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from aipol.audience import Region, Universe
from aipol.blocklist import Blocklist
from aipol.bypasses import BYPASS_SWITCHES
from aipol.domains import Intent
from aipol.ir import Ir
from aipol.target import Kind
from aipol.verify.panel import Panel, View
from aipol.verify.reference import HostReference, around, look_alikes
from aipol.vocabulary import Effect, Situation

_SAMPLED = 16
"""Claimed names around which a reader is asked as well, so that it does what it says."""

_ByRegion = Mapping[Region, frozenset[str]]


@lru_cache(maxsize=2)
def reference_of(ir: Ir) -> HostReference:
    """What a policy says about hosts; one for all targets."""
    return HostReference(ir)


def is_settled(panel: Panel, ir: Ir, view: View, client: str, situation: Situation) -> bool:
    """Whether a path is known to be right about every host for everybody behind `view`.

    False means nothing: then the hosts have to be asked about.
    """
    said = panel.blocklist(view, client)
    if said is None or not _agrees(ir, view.people, said):
        return False
    names = _sample(ir)
    blocked = said.among(names)
    return all(
        (panel.ask(view, Kind.HOST, name, client, situation).effect is Effect.BLOCK)
        is (name in blocked)
        for name in sorted(names)
    )


@dataclass(frozen=True, slots=True)
class _Blocked:
    """Names that are blocked, and further ones."""

    listed: AbstractSet[str]
    reached: AbstractSet[str]

    def has_all(self, names: frozenset[str]) -> bool:
        """Whether all of the names are among them."""
        # What is listed stands in the order of a file: it is sooner looked up than looked through.
        if len(names) == len(self.listed) and all(map(names.__contains__, self.listed)):
            return True
        return names <= self.listed or names - self.listed <= self.reached

    def has_none(self, names: frozenset[str]) -> bool:
        """Whether none of the names is."""
        return _disjoint(names, self.listed) and _disjoint(names, self.reached)


def _disjoint(names: AbstractSet[str], others: AbstractSet[str]) -> bool:
    few, many = sorted((names, others), key=len)
    return not any(map(many.__contains__, few))


@dataclass(frozen=True, slots=True, eq=False)
class _Expected:
    """Claimed names, and the organisation's own, by who must be let through to them and below."""

    reference: HostReference
    universe: Universe
    names: frozenset[str]
    at: _ByRegion
    under: _ByRegion
    unasked: frozenset[str]
    """Names that are asked about elsewhere: they only turn off a way around the network."""

    def agrees(self, people: Region, said: Blocklist) -> bool:
        """Whether `people` are blocked from just the hosts that they must be blocked from."""
        reached = said.reached(self.names)
        return (
            self._right(people, self.at, _Blocked(said.exact, reached))
            and self._right(people, self.under, _Blocked(said.below, reached))
            and not any(self.universe.overlap(people, let) for let in self._strangers(said))
        )

    def _right(self, people: Region, expected: _ByRegion, blocked: _Blocked) -> bool:
        """Whether the names of each region are all blocked, or none, as is right for everybody."""
        return all(
            (self.universe.within(people, allowed) and blocked.has_none(names))
            if self.universe.overlap(people, allowed)
            else blocked.has_all(names)
            for allowed, names in expected.items()
        )

    def _strangers(self, said: Blocklist) -> Iterator[Region]:
        """Who must be let through where something is blocked that nothing claims."""
        for name in [each for each in said.exact if each not in self.names]:
            if name not in self.unasked:
                yield self.reference.allowed(name)
        for name in [each for each in said.below if each not in self.names]:
            yield self.reference.allowed_below(name)


@lru_cache(maxsize=2)
def _agrees(ir: Ir, people: Region, said: Blocklist) -> bool:
    """Whether a list is right for `people`; several paths of a target may read the same one."""
    return _expected(ir).agrees(people, said)


@lru_cache(maxsize=2)
def _expected(ir: Ir) -> _Expected:
    reference = reference_of(ir)
    names = frozenset((*reference.claims, *reference.open))
    unasked = frozenset(BYPASS_SWITCHES if ir.close_bypasses else ())
    parts = _Parts.of(reference, names)
    return _Expected(
        reference,
        ir.universe,
        names,
        _by_region(parts.spoken_for(Intent.CHILDREN), reference.allowed, unasked),
        _by_region(parts.spoken_for(Intent.EXACT), reference.allowed_below, frozenset()),
        unasked,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """Names in parts, of most of which one is as good as another."""

    alike: tuple[tuple[Intent, frozenset[str]], ...]
    others: frozenset[str]

    @classmethod
    def of(cls, reference: HostReference, names: frozenset[str]) -> _Parts:
        """All names, by what is meant with those of which there is one claim."""
        alike = tuple((each.intent, frozenset(each.hosts)) for each in reference.alike)
        return cls(alike, names.difference(*(hosts for _, hosts in alike)))

    def spoken_for(self, elsewhere: Intent) -> Iterator[tuple[Collection[str], Collection[str]]]:
        """Names with those that stand for them all: of what is asked, each is claimed alike.

        What is claimed with the intent `elsewhere` is spoken for by the name above it.
        """
        for intent, hosts in self.alike:
            by_parent = intent is elsewhere
            above = {host.partition(".")[2]: host for host in hosts} if by_parent else {}
            yield hosts, above.values() or tuple(islice(hosts, 1))
        yield from (((name,), (name,)) for name in self.others)


def _by_region(
    parts: Iterable[tuple[Collection[str], Collection[str]]],
    allowed: Callable[[str], Region],
    unasked: frozenset[str],
) -> _ByRegion:
    found: dict[Region, list[Collection[str]]] = {}
    for names, standing in parts:
        every = {allowed(name) for name in standing}
        if len(every) == 1:
            found.setdefault(every.pop(), []).append(names)
            continue
        for name in names:
            found.setdefault(allowed(name), []).append((name,))
    return {region: _joined(found[region]) - unasked for region in sorted(found)}


def _joined(parts: Sequence[Collection[str]]) -> frozenset[str]:
    (first, *others) = sorted(parts, key=len, reverse=True)
    return frozenset(first).union(*others) if others else frozenset(first)


@lru_cache(maxsize=2)
def _sample(ir: Ir) -> frozenset[str]:
    """Names around a few of those that are claimed, evenly spread."""
    claimed = tuple(reference_of(ir).claims)
    seeds = claimed[:: len(claimed) // _SAMPLED + 1]
    return frozenset(name for seed in seeds for name in (*around(seed), *look_alikes(seed)))
