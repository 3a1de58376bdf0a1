"""How many people are in which groups: sums, and nobody's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from aipol.audience import Person, Region, Universe


class Platform(StrEnum):
    """What a device runs."""

    MACOS = "macos"
    WINDOWS = "windows"
    IOS = "ios"
    ANDROID = "android"
    LINUX = "linux"


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many people, and how many devices of theirs on each platform."""

    people: int
    devices: tuple[tuple[Platform, int], ...] = ()


@dataclass(frozen=True)
class People:
    """Everybody, by the groups they are in: as many sums as there are combinations of groups."""

    file: str
    by_groups: Mapping[Person, Headcount]
    least_told: int = 5
    """Smaller numbers are not told: of so few, anybody who knows them would know who they are."""
    _counted: dict[tuple[Universe, Region], Headcount] = field(
        default_factory=dict[tuple[Universe, Region], Headcount], compare=False, repr=False
    )

    @property
    def total(self) -> int:
        """How many people there are."""
        return sum(each.people for each in self.by_groups.values())

    def count(self, universe: Universe, region: Region) -> Headcount:
        """Those of them who are in `region`; each is in the groups that the file names."""
        known = self._counted.get((universe, region))
        if known is None:
            known = self._counted[universe, region] = self._count(universe, region)
        return known

    def _count(self, universe: Universe, region: Region) -> Headcount:
        people, devices = 0, Counter[Platform]()
        for groups, each in self.by_groups.items():
            if universe.contains(region, groups):
                people += each.people
                devices.update(dict(each.devices))
        return Headcount(people, tuple((p, devices[p]) for p in Platform if devices[p]))

    def unseen(self, universe: Universe, region: Region) -> tuple[str, ...]:
        """The groups that decide who is in `region` and have nobody in the file.

        Where there are any, the file may not know them, and a small count says nothing.
        """
        return tuple(sorted(universe.support(region) - self._seen))

    @cached_property
    def _seen(self) -> frozenset[str]:
        return frozenset[str]().union(*self.by_groups)
