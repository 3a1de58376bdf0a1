"""Find networks that are in somebody else's. Two networks are nested, or have nothing in common."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from aipol.source import Span


@dataclass(frozen=True, slots=True)
class Held:
    """One network of somebody's, at a site."""

    text: str
    whose: str
    site: str
    span: Span

    @property
    def ends(self) -> tuple[int, int, int]:
        """Its version of IP and its first and last address."""
        block = ipaddress.ip_network(self.text)
        return block.version, int(block[0]), int(block[-1])


def nested(
    held: Iterable[Held], at_odds: Callable[[Held, Held], bool]
) -> Iterator[tuple[Held, Held]]:
    """Each network with the nearest one that it is in and at odds with, where there is one."""
    around: list[Held] = []
    for each in sorted(held, key=_from_outside):
        version, first, _ = each.ends
        while around and (around[-1].ends[0], around[-1].ends[2]) < (version, first):
            around.pop()
        other = next((one for one in reversed(around) if at_odds(each, one)), None)
        if other:
            yield each, other
        around.append(each)


def _from_outside(held: Held) -> tuple[int, int, int, str, str]:
    version, first, last = held.ends
    return version, first, -last, held.site, held.whose
