"""What is sent to the Meraki Dashboard, and whom it is for."""

from __future__ import annotations

from dataclasses import dataclass

NETWORK_WIDE = "content-filtering.json"
BINDINGS = "bindings.json"


@dataclass(frozen=True, slots=True)
class Patterns:
    """URL patterns, each a name with all below it."""

    allowed: tuple[str, ...]
    blocked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupPolicy:
    """What the clients of some networks get in place of what the whole network gets."""

    name: str
    networks: tuple[str, ...]
    vlan: int
    """The VLAN of those networks, 0 where the policy does not say."""
    patterns: Patterns

    @property
    def file(self) -> str:
        """Where the body that makes it is."""
        return f"group-policies/{self.name}.json"


@dataclass(frozen=True, slots=True)
class Meraki:
    """The group policies, and what everybody else gets; None when nothing is said about them."""

    policies: tuple[GroupPolicy, ...]
    network_wide: Patterns | None
