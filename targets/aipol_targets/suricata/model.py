"""The rules between a policy and a file of them."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.domains import Intent

RULES = "aipol.rules"
GROUPS = "address-groups.yaml"
GATEWAYS = "AIPOL_GATEWAYS"
PROTOCOLS = ("dns", "http", "tls")


@dataclass(frozen=True, slots=True)
class Names:
    """One host or one subtree."""

    host: str
    intent: Intent


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is blocked, without what is let through inside it."""

    names: Names
    besides: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """For whom a rule is: those in any of these groups, or everybody who is in none of them."""

    groups: tuple[str, ...]
    others: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one protocol."""

    action: str
    protocol: str
    source: Source
    pattern: Pattern
    sid: int


@dataclass(frozen=True, slots=True)
class AddressGroup:
    """Source networks under the name that rules know them by."""

    name: str
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suricata:
    """All of one policy."""

    identifier: str
    groups: tuple[AddressGroup, ...]
    rules: tuple[Rule, ...]


def group_name(segment: str) -> str:
    """What the addresses of a segment are called; no segment's id has an underscore."""
    return f"AIPOL_SEGMENT_{segment.upper().replace('-', '_')}"
