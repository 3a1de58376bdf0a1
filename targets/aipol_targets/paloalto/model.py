"""The objects and rules of a firewall, between a policy and its files."""

from __future__ import annotations

from dataclasses import dataclass

from aipol_targets.paloalto.graded import Pattern
from aipol_targets.paloalto.names import digest
from aipol_targets.paloalto.settings import PaloAltoSettings


@dataclass(frozen=True, slots=True)
class Treatment:
    """What happens to connections to a host."""

    blocked: bool = False
    headers: tuple[str, ...] = ()
    """Names of the tenant headers its requests get."""
    logged: bool = False

    @property
    def kind(self) -> str:
        """What rules and lists of it are called."""
        if self.blocked:
            return "block"
        told = f"-{digest(','.join(self.headers))}" if self.headers else ""
        if self.logged:
            return f"log{told}"
        return f"tenant{told}" if self.headers else "allow"

    @property
    def watched(self) -> bool:
        """Whether it takes a URL filtering profile."""
        return bool(self.headers) or self.logged


FREE = Treatment()


@dataclass(frozen=True, slots=True)
class Inserted:
    """One header with the domains it goes to."""

    header: str
    value: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A URL list: patterns of hosts, or addresses with a path."""

    name: str
    patterns: tuple[Pattern, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One security rule of a segment."""

    name: str
    category: Category
    treatment: Treatment
    profile: str = ""
    """The URL filtering profile that watches it, if any does."""
    inserted: tuple[Inserted, ...] = ()


@dataclass(frozen=True, slots=True)
class Decryption:
    """One decryption rule of a segment."""

    name: str
    category: Category
    decrypted: bool
    http1: bool
    """Whether connections are kept to HTTP/1, which headers can be inserted into."""


@dataclass(frozen=True, slots=True)
class SegmentRules:
    """What one segment's addresses get; `networks` is empty for the default segment."""

    id: str
    networks: tuple[str, ...]
    rules: tuple[Rule, ...]
    decryption: tuple[Decryption, ...]

    @property
    def categories(self) -> tuple[Category, ...]:
        """Every URL list of the segment."""
        listed = (each.category for each in self.decryption)
        return (*(each.category for each in self.rules), *listed)


@dataclass(frozen=True, slots=True)
class Firewall:
    """All rules of one policy; the default segment is the last one."""

    settings: PaloAltoSettings
    segments: tuple[SegmentRules, ...]
    exempt: tuple[str, ...]
    """Source networks that the default segment's rules are not for."""
