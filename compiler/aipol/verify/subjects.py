"""Turn a policy's groups into the subjects that an enforcement point can tell apart."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from aipol.audience import EVERYBODY, NOBODY, Region, TooManyClasses, Universe
from aipol.ir import Ir
from aipol.scoping import addressable
from aipol.segments import segments

MOST_SUBJECTS = 256
"""Combinations of memberships that are all asked about; of more, a sample is."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody as a target sees them: an identity, and who all may be behind it."""

    label: str
    identity: frozenset[str]
    people: Region


def subjects(ir: Ir, platform: str) -> tuple[Subject, ...]:
    """The distinguishable subjects on `platform` (`jamf`, `entra` ... or `networks`)."""
    return tuple(_addresses(ir) if platform == "networks" else _members(ir, platform))


def is_sampled(ir: Ir, platform: str) -> bool:
    """Whether `platform` can see more combinations of memberships than are asked about."""
    if platform == "networks":
        return False
    try:
        ir.universe.refine(addressable(ir, platform).values(), MOST_SUBJECTS)
    except TooManyClasses:
        return True
    return False


def _members(ir: Ir, platform: str) -> Iterator[Subject]:
    """Every satisfiable combination of memberships that the platform can see."""
    groups = addressable(ir, platform)
    for inside, people in _combinations(ir, groups):
        identity = frozenset(getattr(ir.groups[name], platform) for name in inside)
        yield Subject(", ".join(inside) or "nobody's group", identity, people)


def _combinations(ir: Ir, groups: dict[str, Region]) -> Iterator[tuple[tuple[str, ...], Region]]:
    for part in _parts(ir.universe, groups):
        inside = tuple(n for n, region in groups.items() if ir.universe.within(part, region))
        yield inside, part


def _parts(universe: Universe, groups: dict[str, Region]) -> Iterable[Region]:
    """Every combination of memberships, or a sample of them when there are too many."""
    try:
        return universe.refine(groups.values(), MOST_SUBJECTS)
    except TooManyClasses:
        return _few_at_a_time(universe, groups)


def _few_at_a_time(universe: Universe, groups: dict[str, Region]) -> Iterator[Region]:
    """Nobody's group, each group and each pair, which is where scopes differ.

    With what follows from them, and no other group.
    """
    seen: set[Region] = {NOBODY}
    for size in range(3):
        for choice in combinations(groups, size):
            part = universe.all_of(groups[name] for name in choice)
            for region in groups.values():
                rest = universe.minus(part, region)
                part = part if rest == NOBODY else rest
            if part not in seen:
                seen.add(part)
                yield part


def _addresses(ir: Ir) -> Iterator[Subject]:
    """The first and last address of every network of every segment, and samples of the rest."""
    for segment in segments(ir):
        # Where nobody is known to sit, anybody may.
        people = EVERYBODY if segment.region == NOBODY else segment.region
        blocks = [ipaddress.ip_network(network) for network in segment.networks]
        edges = [str(address) for block in blocks for address in (block[0], block[-1])]
        for address in dict.fromkeys(edges or segment.samples):
            label = f"{segment.id} at {address}" if edges else segment.id
            yield Subject(label, frozenset({address}), people)
