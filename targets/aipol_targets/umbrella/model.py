"""What is sent to Umbrella and for whom: lists of destinations, and policies that have them."""

from __future__ import annotations

from dataclasses import dataclass

POLICIES = "policies.json"
BUNDLE = 1
"""The type of the policies that a list can be put into, DNS (Destination Lists API)."""


@dataclass(frozen=True, slots=True)
class DestinationList:
    """Names that are blocked or allowed, each with all below it."""

    name: str
    blocks: bool
    destinations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Lists for some internal networks, or for everybody else where there are none."""

    name: str
    networks: tuple[str, ...]
    lists: tuple[DestinationList, ...]


@dataclass(frozen=True, slots=True)
class Umbrella:
    """All policies in the order in which they have to stand."""

    policies: tuple[Policy, ...]


def list_name(segment: str, *, blocks: bool) -> str:
    """What a segment's list is called; no segment is called like another one's list."""
    return f"aipol_{segment}_{'block' if blocks else 'allow'}"


def list_files(name: str, count: int, chunk: int) -> tuple[str, ...]:
    """The files of a list: one that makes it, and one for every request that adds to it."""
    more = range(2, (count + chunk - 1) // chunk + 1)
    return (f"lists/{name}.json", *(f"lists/{name}.add-{number}.json" for number in more))
