"""The lists and policies of Cloudflare Gateway, between a policy and its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LISTS = "lists.json"
RULES = "rules.json"

Layer = Literal["dns", "http", "network"]
Hosts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostList:
    """One list of hosts, short enough for the plan."""

    name: str
    hosts: Hosts


@dataclass(frozen=True, slots=True)
class Selection:
    """Hosts with all that is below them, and hosts without."""

    subtree: tuple[HostList, ...]
    exact: tuple[HostList, ...]

    @property
    def lists(self) -> tuple[HostList, ...]:
        """All lists it is made of."""
        return (*self.subtree, *self.exact)


@dataclass(frozen=True, slots=True)
class Source:
    """Whom a policy is for: these networks, or everybody but them."""

    networks: tuple[str, ...]
    excluded: bool


@dataclass(frozen=True, slots=True)
class Address:
    """What begins with a path on one host."""

    host: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy.

    `selections` are outermost first, each within the one before: the policy is for what is in the
    first but not in the second, unless it is in the third, and so on.
    """

    name: str
    layer: Layer
    source: Source
    selections: tuple[Selection, ...] = ()
    addresses: tuple[Address, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    """Headers that requests get."""
    category: int | None = None
    """A content category: the policy is for what is in it, and in none of `selections`."""
    spares: bool = False
    """Whether what it is for is not decrypted, and so not seen by any other HTTP policy."""

    @property
    def action(self) -> Literal["allow", "block", "off"]:
        """What it does, as the API calls it (HTTP policies, Actions)."""
        if self.spares:
            return "off"
        return "allow" if self.headers else "block"


@dataclass(frozen=True, slots=True)
class Gateway:
    """All lists and policies of one policy of ours; policies in the order of their precedence."""

    identifier: str
    layers: tuple[Layer, ...]
    first_precedence: int
    lists: tuple[HostList, ...]
    rules: tuple[Rule, ...]
