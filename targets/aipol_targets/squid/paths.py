"""Says which enforcement path a segment's finished lists make up, and what squid does besides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from aipol.addresses import Address
from aipol.claims import Claim
from aipol.domains import HostTrie
from aipol.segments import Segment
from aipol_targets.common.network.addresses import Addresses, AddressLevel
from aipol_targets.common.network.index import Index, index_of
from aipol_targets.common.network.placed import Path, Placed, Uses
from aipol_targets.common.network.spared import spares
from aipol_targets.common.network.tenants import Restriction
from aipol_targets.squid.model import CONF, SegmentLists

CLIENTS = ("squid", "squid-sni")


@dataclass(frozen=True)
class Written:
    """One segment's lists with what they were made from."""

    segment: Segment
    lists: SegmentLists
    uses: Uses
    proxied: HostTrie
    held: tuple[Restriction, ...]
    parts: Addresses
    """What is denied of hosts that are let through."""

    @property
    def placed(self) -> Placed:
        """The enforcement path: what is requested, and the name in the handshake."""
        path = Path(
            CLIENTS,
            self.uses,
            self.proxied,
            self.proxied,
            self._files,
            tenants=self.tenants,
            loophole=self.loophole,
            unshut=self.parts.unshut,
        )
        return Placed(self.segment, (path,))

    @property
    def spared(self) -> tuple[str, ...]:
        """Hosts that are never decrypted."""
        return self.parts.spared

    def tenants(self, claim: Claim) -> tuple[str, ...] | None:
        """The accounts the proxy keeps the host to, None when it does not."""
        return next((each.tenants for each in self.held if each.covers(claim)), None)

    def loophole(self, claim: Claim) -> bool:
        """Whether an address that goes around the host's header is left open."""
        return any(each.loophole for each in self.held if each.covers(claim))

    def inspects(self, claim: Claim) -> bool:
        """Whether the proxy decrypts the host."""
        return not spares(claim, self.spared) and self._inspect.selects(claim)

    def logs(self, claim: Claim) -> bool:
        """Whether the proxy records connections to the host."""
        return self._logged.selects(claim)

    def _files(self, claims: Sequence[Claim]) -> Iterator[str]:
        """The files whose entries decide any of the hosts."""
        found = self._decided.deciding(claims)
        for _, level in found:
            yield self.lists.list_file(level.name)
        shut = {claim.address for claim in claims if claim.address}
        denying = [each for each in self.lists.addresses if _covers(each, shut)]
        yield from (self.lists.list_file(each.name) for each in denying)
        if found or denying or (self.held and any(map(self.tenants, claims))):
            yield CONF

    @cached_property
    def _decided(self) -> Index:
        return index_of(self.proxied, self.lists.decided)

    @cached_property
    def _inspect(self) -> Index:
        return Index(self.lists.inspect)

    @cached_property
    def _logged(self) -> Index:
        return Index(self.lists.logged)


def _covers(level: AddressLevel, wanted: Collection[Address]) -> bool:
    return any(each.covers(address) for each in level.addresses for address in wanted)
