"""Turns what people may use of others' sites into addresses that are denied, and exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aipol.addresses import Address
from aipol.claims import Claim
from aipol.domains import HostTrie, Intent
from aipol.hosts import NEEDED_ELSEWHERE
from aipol.ir import Ir
from aipol.target import Reason
from aipol.vocabulary import Effect
from aipol_targets.common.network import reasons
from aipol_targets.common.network.placed import Uses
from aipol_targets.common.network.spared import spares

Shut = Mapping[Address, bool]
"""Whether each address is denied; the longest that covers a request decides."""


@dataclass(frozen=True, slots=True)
class AddressLevel:
    """Addresses with one effect that are nested equally deep: none of them covers another."""

    depth: int
    blocked: bool
    addresses: tuple[Address, ...]

    @property
    def name(self) -> str:
        """What files of this level are called."""
        return f"address-{self.depth}-{'block' if self.blocked else 'allow'}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """A segment's decisions about addresses on hosts that it lets through."""

    shut: Shut
    hosts: tuple[tuple[str, Intent], ...]
    """The hosts that must be decrypted for it."""
    decrypts: bool
    """Whether the policy lets anything be decrypted: a path shows nowhere else."""
    spared: tuple[str, ...]
    """Hosts that are never decrypted."""

    def unshut(self, claim: Claim) -> Reason | None:
        """Why the claimed address is not denied, None where it is."""
        if not self.decrypts:
            return reasons.NOT_INSPECTED
        if spares(claim, self.spared):
            return reasons.NEVER_INSPECTED
        decided = _decided(self.shut, claim.address) if claim.address else None
        return None if decided else NEEDED_ELSEWHERE


def addresses(ir: Ir, uses: Uses, written: HostTrie, around: Iterable[str]) -> Addresses:
    """What a segment does about every address; where apps claim the same, the usable one wins.

    On a host that is blocked as a whole nothing more is to be said. By `around` people would get
    around a tenant header: it is denied, whatever else is there.
    """
    shut: dict[Address, bool] = {}
    decrypts = ir.inspect_tls != "none"
    for app in ir.apps.values() if decrypts else ():
        for claim in app.claims:
            found = [use for s in claim.surfaces if (use := uses.get((app.id, s)))]
            seen = not (spares(claim, ir.never_inspect) or written.blocked(claim.host))
            if claim.address and found and seen:
                blocked = all(use.carried.direct is Effect.BLOCK for use in found)
                shut[claim.address] = blocked and shut.get(claim.address, True)
    hosts = sorted({address.host for address, blocked in shut.items() if blocked})
    denied = {Address.of(url): True for url in around}
    decrypted = tuple((host, Intent.EXACT) for host in hosts)
    return Addresses({**shut, **denied}, decrypted, decrypts, ir.never_inspect)


def levels(shut: Shut) -> tuple[AddressLevel, ...]:
    """The fewest addresses with the same decisions, by depth of nesting, deepest first."""
    found: dict[int, list[Address]] = {}
    for address in sorted(shut):
        above = tuple(_changes(shut, address))
        if above and above[-1] == address:
            found.setdefault(len(above) - 1, []).append(address)
    return tuple(
        AddressLevel(depth, depth % 2 == 0, tuple(found[depth])) for depth in sorted(found)[::-1]
    )


def _changes(shut: Shut, address: Address) -> Iterator[Address]:
    """The places from the site down to an address at which the decision changes."""
    decided = False
    for end in range(len(address.segments) + 1):
        place = Address(address.host, address.segments[:end])
        if shut.get(place, decided) is not decided:
            decided = not decided
            yield place


def _decided(shut: Shut, address: Address) -> bool:
    """The decision of the longest address that covers one."""
    places = (Address(address.host, address.segments[:end]) for end in _down(address))
    return next((shut[place] for place in places if place in shut), False)


def _down(address: Address) -> Sequence[int]:
    return range(len(address.segments), -1, -1)


def hosts_of(found: Iterable[AddressLevel]) -> tuple[str, ...]:
    """The hosts on which a part is denied, and so may be asked for in a roundabout way."""
    named = {a.host for level in found if level.blocked for a in level.addresses if a.segments}
    return tuple(sorted(named))
