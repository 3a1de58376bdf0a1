"""The rules between a policy and the file: named sets of addresses, and what happens to packets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddressSet:
    """Networks of one version of IP under a name; never empty, for nft has no such notation."""

    name: str
    version: int
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to a packet of which all that is given holds; `verdict` is nft's word.

    `source`, `to` and `beyond` name sets: where it is from, where it goes, where it does not go.
    `reply` is for what comes back on a connection that somebody else opened.
    """

    verdict: str
    version: int = 0
    source: str = ""
    to: str = ""
    beyond: str = ""
    protocol: str = ""
    ports: tuple[int, ...] = ()
    leaving_by: str = ""
    reply: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table with one chain; the first rule that holds decides."""

    identifier: str
    priority: int
    sets: tuple[AddressSet, ...]
    rules: tuple[Rule, ...]
