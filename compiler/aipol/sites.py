"""Make one target of many: one at each site, with that site's addresses, settings and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from aipol.ir import Ir
from aipol.sited import Sited
from aipol.target import Target


@runtime_checkable
class Spanning(Protocol):
    """What a network target may be besides: one for all sites, such as an account in a cloud."""

    @property
    def spans_sites(self) -> bool:
        """Whether it is."""
        ...


def has_sites(target: Target) -> bool:
    """Whether there is one of it at each site: all that know people by addresses, but those."""
    spans = isinstance(target, Spanning) and target.spans_sites
    return target.identity == "networks" and not spans


def at_site(what: str, site: str) -> str:
    """`squid at berlin`, or what it is alone where it is at no single site."""
    return f"{what} at {site}" if site else what


@dataclass(frozen=True, slots=True)
class AtSites:
    """The validated settings of a target that is at sites, by site."""

    by_site: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A target where it is: at a site, or, with an empty `site`, wherever it reaches."""

    target: Target
    site: str
    ir: Ir
    settings: Any


def places(ir: Ir, settings: Mapping[str, Any], targets: Sequence[Target]) -> Iterator[Place]:
    """The configured targets, those that are at sites once for each."""
    for target in targets:
        if target.id not in settings:
            continue
        own = settings[target.id]
        if isinstance(own, AtSites):
            for site, there in sorted(own.by_site.items()):
                yield Place(Sited(target, site), site, ir.sites[site], there)
        else:
            yield Place(target, "", ir, own)


class There(Protocol):
    """What is at a site, or, with an empty `site`, at none."""

    @property
    def site(self) -> str:
        """Which one."""
        ...


T = TypeVar("T", bound=There)
R = TypeVar("R")


def by_site(each: Sequence[T], do: Callable[[T], R]) -> list[R]:
    """What `do` makes of each, in their order, though one site is done with before the next.

    What is worked out of a policy is kept for the policies in use, and each site has its own.
    """
    order = sorted(range(len(each)), key=lambda place: each[place].site)
    made = {place: do(each[place]) for place in order}
    return [made[place] for place in range(len(each))]
