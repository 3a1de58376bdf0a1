"""Turns entries that all segments share into categories, and into rules to be tried in order.

Deeper categories have earlier rules, so that the first rule that matches decides as the most
specific entry does. A rule cannot leave addresses out, so for whom a category is open comes before
those for whom it is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol.segments import DEFAULT, Segment
from aipol_targets.common.network.facts import GATEWAYS
from aipol_targets.common.network.families import only_four
from aipol_targets.common.network.nested import Entry, Segments

LONGEST_NAME = 31
_DIGEST = 8
_Key = tuple[int, Segments, Segments]


@dataclass(frozen=True, slots=True)
class Sources:
    """Source addresses with a name; IPv4 networks and nothing else."""

    name: str
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """Entries that are treated alike."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done about a category; no `sources` stand for everybody."""

    category: str
    blocks: bool
    sources: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the rule is called: a category has one of each kind at most."""
        return f"{self.category}-{'block' if self.blocks else 'allow'}"


@dataclass(frozen=True, slots=True)
class Categorised:
    """All of it, rules in the order they are tried; there is nothing that no rule needs."""

    sources: tuple[Sources, ...]
    categories: tuple[Category, ...]
    rules: tuple[Rule, ...]


def categorised(
    parts: Sequence[Segment], gateways: tuple[str, ...], found: Sequence[Entry]
) -> Categorised:
    """Categories and rules for all entries."""
    known = dict(_sources(parts, gateways))
    everybody = frozenset(each.id for each in parts)
    rules: list[Rule] = []
    categories: list[Category] = []
    for key, entries in _grouped(found):
        name = _name(everybody, *key)
        if made := tuple(_rules(name, key, known)):
            categories.append(Category(name, entries))
            rules += made
    used = {source for rule in rules for source in rule.sources}
    sources = tuple(each for each in known.values() if each.name in used)
    return Categorised(sources, tuple(categories), tuple(rules))


def _sources(parts: Sequence[Segment], gateways: tuple[str, ...]) -> Iterator[tuple[str, Sources]]:
    """Sources by segment, the gateways' last."""
    named = [(each.id, f"aipol-{each.id}", each.networks) for each in parts]
    for segment, name, networks in (*named, (GATEWAYS, GATEWAYS, gateways)):
        if four := only_four(networks):
            yield segment, Sources(name, four)


def _grouped(found: Sequence[Entry]) -> Iterator[tuple[_Key, tuple[Entry, ...]]]:
    """Entries that are treated alike, deepest first."""
    grouped: dict[_Key, list[Entry]] = {}
    for entry in found:
        grouped.setdefault((entry.depth, entry.blocked, entry.spared), []).append(entry)
    for key in sorted(grouped, key=lambda key: (-key[0], sorted(key[1]), sorted(key[2]))):
        yield key, tuple(grouped[key])


def _name(everybody: Segments, depth: int, blocked: Segments, spared: Segments) -> str:
    """What a category is called: whom it is blocked for, and after `__` whom it spares."""
    people = _people(blocked, everybody)
    if spared:
        people += f"__{_people(spared, everybody)}"
    name = f"aipol-{depth}-{people}"
    if len(name) + len("-block") <= LONGEST_NAME:
        return name
    return f"aipol-{depth}-_{hashlib.sha256(people.encode()).hexdigest()[:_DIGEST]}"


def _people(segments: Segments, everybody: Segments) -> str:
    """Some segments, or `_all` but some."""
    if DEFAULT in segments:
        return "_".join(("_all", *sorted(everybody - segments)))
    return "_".join(sorted(segments))


def _rules(name: str, key: _Key, known: dict[str, Sources]) -> Iterator[Rule]:
    _, blocked, spared = key

    def sources(segments: Segments) -> tuple[str, ...]:
        return tuple(known[each].name for each in sorted(segments) if each in known)

    if DEFAULT in blocked:
        if others := sources(frozenset(known) - blocked):
            yield Rule(name, blocks=False, sources=others)
        yield Rule(name, blocks=True, sources=())
        return
    if theirs := sources(blocked):
        yield Rule(name, blocks=True, sources=theirs)
    if DEFAULT in spared:
        yield Rule(name, blocks=False, sources=())
    elif theirs := sources(spared):
        yield Rule(name, blocks=False, sources=theirs)
