"""Decides hosts by lines of squid.conf that are for one source address, one or many at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from aipol.blocklist import Blocklist
from aipol_targets.squid.read_domains import Hosts


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it does, for what every access list of it selects."""

    number: int
    action: str
    acls: tuple[str, ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Selector:
    """A list that must have the host of a request, or the name in a handshake, or must not."""

    hosts: Hosts
    by_request: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A line as it is for one source address: only the host is still open."""

    line: Line
    selectors: tuple[Selector, ...]

    @property
    def does(self) -> Hashable:
        """What it does and for what, wherever it stands."""
        return (self.line.action, self.line.value, self.selectors)

    def selects(self, requested: str, name: str) -> bool:
        """Whether it is for a request of a host whose handshake has a name."""
        return all(
            bool(each.hosts.line_for(requested if each.by_request else name)) is not each.negated
            for each in self.selectors
        )


def first_line(rules: Iterable[Rule], requested: str, name: str = "") -> Line | None:
    """The line that decides, None when none of them is for the host."""
    for rule in rules:
        if rule.selects(requested, name):
            return rule.line
    return None


@dataclass(frozen=True, slots=True)
class Many:
    """Many hosts that are asked about at once, with those of them that each list has."""

    hosts: AbstractSet[str]
    _known: dict[int, AbstractSet[str]] = field(default_factory=dict[int, AbstractSet[str]])

    def ended(
        self, rules: Iterable[Rule], action: str, *, requested: bool, named: bool
    ) -> AbstractSet[str]:
        """Those that the first rule for them does `action` to.

        A host is what the request and the handshake name, as `requested` and `named` say.
        """
        left: AbstractSet[str] = self.hosts
        ended: AbstractSet[str] = frozenset()
        for rule in rules:
            taken = left
            for each in rule.selectors:
                if requested if each.by_request else named:
                    found = self._among(each.hosts)
                else:
                    found = self.hosts if each.hosts.line_for("") else set[str]()
                taken = _without(taken, found) if each.negated else self._both(taken, found)
            if rule.line.action == action:
                ended = {*ended, *taken} if ended else taken
            left = _without(left, taken)
        return ended

    def _both(self, some: AbstractSet[str], found: AbstractSet[str]) -> AbstractSet[str]:
        # Of many hosts the sets are large, and mostly one of the two is all that are asked about.
        if some is self.hosts:
            return found
        return some if found is self.hosts else some & found

    def _among(self, listed: Hosts) -> AbstractSet[str]:
        # By identity: the lists outlive this.
        if id(listed) not in self._known:
            self._known[id(listed)] = listed.among(self.hosts)
        return self._known[id(listed)]


def _without(some: AbstractSet[str], found: AbstractSet[str]) -> AbstractSet[str]:
    return some - found if found else some


def ended_by(rules: Iterable[Rule], action: str) -> Blocklist | None:
    """All hosts that `rules` do `action` to, where each does it for one list, and none is undone.

    A host is what the request and the handshake name.
    """
    parts: list[Blocklist] = []
    undone = False
    for rule in rules:
        if rule.line.action != action:
            undone = True
            continue
        match rule.selectors:
            case (Selector(hosts=hosts, negated=False),) if not undone:
                parts.append(hosts.blocklist())
            case _:
                return None
    return Blocklist.of(parts)
