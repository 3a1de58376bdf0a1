"""Count people as they are read, and forget who they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aipol.audience import Person
from aipol.diagnostics.model import Diagnostic
from aipol.language.order import MAX_FINDINGS
from aipol.people.model import Headcount, People, Platform

Devices = tuple[tuple[Platform, int], ...]


@dataclass(slots=True)
class Sums:
    """What was counted so far; `known` has the policy's groups by what a file may call them.

    A group whose membership is worked out rather than read is known as nothing.
    """

    file: str
    known: Mapping[str, str]
    findings: list[Diagnostic] = field(default_factory=list[Diagnostic])
    elsewhere: set[str] = field(default_factory=set[str])
    """Groups that the file names and the policy does not."""
    named: set[str] = field(default_factory=set[str])
    """Groups of the policy that somebody is in."""
    counted: Counter[tuple[Person, Devices]] = field(
        default_factory=Counter[tuple[Person, Devices]]
    )

    @property
    def full(self) -> bool:
        """Whether more is wrong than anybody reads."""
        return len(self.findings) >= MAX_FINDINGS

    def groups(self, names: Iterable[str]) -> Person:
        """The policy's groups among those that a file names."""
        found: set[str] = set()
        for name in names:
            group = self.known.get(name) or self.known.get(name.casefold())
            if group is None:
                self.elsewhere.add(name)
            elif group:
                found.add(group)
        self.named |= found
        return frozenset(found)

    def people(self) -> People:
        """All that were counted."""
        heads, devices = Counter[Person](), dict[Person, Counter[Platform]]()
        for (groups, owned), number in self.counted.items():
            heads[groups] += number
            every = devices.setdefault(groups, Counter())
            for platform, count in owned:
                every[platform] += count * number
        return People(
            self.file,
            {
                groups: Headcount(
                    number, tuple((p, devices[groups][p]) for p in Platform if devices[groups][p])
                )
                for groups, number in heads.items()
            },
        )
