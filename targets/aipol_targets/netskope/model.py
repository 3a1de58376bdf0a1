"""The objects of Netskope between a policy and its files."""

from __future__ import annotations

from dataclasses import dataclass

from aipol_targets.common.network.categories import Rule, Sources

REQUESTS = "requests.json"
POLICIES = "policies.csv"


def location_file(name: str) -> str:
    """The addresses of a network location, to be uploaded."""
    return f"locations/{name}.csv"


@dataclass(frozen=True, slots=True)
class UrlList:
    """URLs with a name, of the type `exact`."""

    name: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Netskope:
    """All objects of one policy; a category is made of the lists under its name."""

    locations: tuple[Sources, ...]
    lists: tuple[tuple[str, tuple[UrlList, ...]], ...]
    policies: tuple[Rule, ...]
