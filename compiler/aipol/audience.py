"""Exact sets of people: boolean algebra over group membership, as reduced decision diagrams.

A person is the set of base groups they are in. A `Region` is a set of persons, kept as the number
of a hash-consed node, so that equal sets have equal numbers and emptiness is a comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NewType

Region = NewType("Region", int)
Person = frozenset[str]
_Choice = tuple[int, int, int]

NOBODY = Region(0)
EVERYBODY = Region(1)


class TooManyClasses(Exception):
    """The policy tells more classes of people apart than the asker can hold."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class Universe:
    """All regions over a fixed, ordered list of base groups."""

    __slots__ = ("_index", "_memo", "_nodes", "_table", "groups")

    def __init__(self, groups: Sequence[str]) -> None:
        self.groups = tuple(groups)
        self._index = {name: position for position, name in enumerate(self.groups)}
        end = len(self.groups)
        self._nodes: list[tuple[int, int, int]] = [(end, 0, 0), (end, 1, 1)]
        self._table: dict[tuple[int, int, int], int] = {}
        self._memo: dict[tuple[int, int, int], int] = {}

    def member_of(self, group: str) -> Region:
        """Everybody in the base group `group`."""
        return Region(self._node(self._index[group], 0, 1))

    def both(self, first: Region, second: Region) -> Region:
        """Intersection."""
        if second in {first, EVERYBODY}:
            return first
        return Region(self._choose(first, second, 0))

    def either(self, first: Region, second: Region) -> Region:
        """Union."""
        return Region(self._choose(first, 1, second))

    def others(self, region: Region) -> Region:
        """Complement."""
        return Region(self._choose(region, 0, 1))

    def minus(self, first: Region, second: Region) -> Region:
        """Those of `first` who are not in `second`."""
        return self.both(first, self.others(second))

    def any_of(self, regions: Iterable[Region]) -> Region:
        """Union of all, nobody when there are none."""
        result = NOBODY
        for region in self._deepest_first(regions):
            result = self.either(result, region)
        return result

    def all_of(self, regions: Iterable[Region]) -> Region:
        """Intersection of all, everybody when there are none."""
        result = EVERYBODY
        for region in self._deepest_first(regions):
            result = self.both(result, region)
        return result

    def within(self, first: Region, second: Region) -> bool:
        """Whether everybody in `first` is in `second`."""
        return first == second or self.minus(first, second) == NOBODY

    def overlap(self, first: Region, second: Region) -> bool:
        """Whether anybody is in both."""
        return self.both(first, second) != NOBODY

    def contains(self, region: Region, person: Person) -> bool:
        """Whether a person with exactly these base groups is in `region`."""
        node: int = region
        while node > 1:
            variable, low, high = self._nodes[node]
            node = high if self.groups[variable] in person else low
        return node == 1

    def witness(self, region: Region) -> Person | None:
        """Somebody in `region`, in as few groups as a greedy walk finds; None when it is empty."""
        if region == NOBODY:
            return None
        person: set[str] = set()
        node: int = region
        while node > 1:
            variable, low, high = self._nodes[node]
            if low == 0:
                person.add(self.groups[variable])
            node = high if low == 0 else low
        return frozenset(person)

    def support(self, region: Region) -> frozenset[str]:
        """The base groups that `region` depends on."""
        seen: set[int] = set()
        found: set[str] = set()
        stack: list[int] = [region]
        while stack:
            node = stack.pop()
            if node > 1 and node not in seen:
                seen.add(node)
                variable, low, high = self._nodes[node]
                found.add(self.groups[variable])
                stack += (low, high)
        return frozenset(found)

    def cubes(self, region: Region) -> Iterator[tuple[Person, Person]]:
        """Disjoint conjunctions that make up `region`: (in all of these, in none of those)."""
        pending: list[tuple[int, Person, Person]] = [(region, frozenset(), frozenset())]
        while pending:
            node, inside, outside = pending.pop()
            if node == EVERYBODY:
                yield inside, outside
            elif node != NOBODY:
                variable, low, high = self._nodes[node]
                name = self.groups[variable]
                pending.append((high, inside | {name}, outside))
                pending.append((low, inside, outside | {name}))

    def copied(self, region: Region, origin: Universe) -> Region:
        """The people of `origin`'s `region`; its base groups must be among these."""
        known: dict[int, int] = {NOBODY: NOBODY, EVERYBODY: EVERYBODY}
        pending: list[int] = [region]
        while pending:
            node = pending[-1]
            variable, low, high = origin._nodes[node]
            missing = [child for child in (low, high) if child not in known]
            if node not in known and missing:
                pending += missing
                continue
            pending.pop()
            if node not in known:
                member = self.member_of(origin.groups[variable])
                known[node] = self._choose(member, known[high], known[low])
        return Region(known[region])

    def refine(self, regions: Iterable[Region], limit: int | None = None) -> tuple[Region, ...]:
        """The coarsest partition of everybody in which each of `regions` is a union of parts.

        Passing `limit` parts raises TooManyClasses at once, however many there would be.
        """
        parts = [EVERYBODY]
        for region in regions:
            split = (
                piece
                for part in parts
                for piece in (self.both(part, region), self.minus(part, region))
            )
            parts = [piece for piece in split if piece != NOBODY]
            if limit is not None and len(parts) > limit:
                raise TooManyClasses(len(parts))
        return tuple(parts)

    def _deepest_first(self, regions: Iterable[Region]) -> list[Region]:
        """The order in which many groups are joined by as many steps, not by their square."""
        return sorted(regions, key=lambda region: self._nodes[region][0], reverse=True)

    def _node(self, variable: int, low: int, high: int) -> int:
        if low == high:
            return low
        key = (variable, low, high)
        known = self._table.get(key)
        if known is None:
            known = self._table[key] = len(self._nodes)
            self._nodes.append(key)
        return known

    def _choose(self, test: int, then: int, other: int) -> int:
        """If-then-else, the one operation the others are made of.

        With a stack of its own: a chain of groups is as deep as there are groups.
        """
        known = self._chosen((test, then, other))
        if known is not None:
            return known
        pending = [(test, then, other)]
        while pending:
            key = pending[-1]
            if self._chosen(key) is not None:
                pending.pop()
                continue
            top = min(self._nodes[node][0] for node in key)
            halves = [self._below(key, top, side) for side in (1, 2)]
            low, high = (self._chosen(half) for half in halves)
            if low is not None and high is not None:
                self._memo[key] = self._node(top, low, high)
                pending.pop()
            else:
                pending += halves
        found = self._chosen((test, then, other))
        return found if found is not None else NOBODY

    def _chosen(self, key: _Choice) -> int | None:
        """The answer, where it is plain or was found before."""
        test, then, other = key
        if test <= EVERYBODY:
            return then if test else other
        if then == other:
            return then
        if then == EVERYBODY and other == NOBODY:
            return test
        return self._memo.get(key)

    def _below(self, key: _Choice, variable: int, side: int) -> _Choice:
        test, then, other = (
            entry[side] if (entry := self._nodes[node])[0] == variable else node for node in key
        )
        return test, then, other
