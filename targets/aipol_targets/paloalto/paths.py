"""Says which enforcement paths a segment's finished rules make up, and what they do besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, partial

from aipol.claims import Claim
from aipol.domains import HostTrie
from aipol.hosts import names_claimed
from aipol.segments import Segment
from aipol_targets.common.network.placed import Path, Placed, Uses
from aipol_targets.common.network.spared import spares
from aipol_targets.common.network.tenants import Restriction
from aipol_targets.paloalto.facts import CATEGORY_NAME
from aipol_targets.paloalto.graded import Deciding, Graded
from aipol_targets.paloalto.layout import CONFIGS, list_file
from aipol_targets.paloalto.model import Treatment
from aipol_targets.paloalto.names import name


class Decrypting(StrEnum):
    """What happens to the encryption of connections to a host."""

    NO = "plain"
    YES = "decrypt"
    HTTP1 = "http1"


def config_files(outputs: Sequence[str]) -> tuple[str, ...]:
    """The files that say what is done, apart from lists of their own."""
    return tuple(CONFIGS[output] for output in outputs)


@dataclass(frozen=True)
class Written:
    """One segment's decisions, in the order they are tried."""

    segment: Segment
    uses: Uses
    proxied: HostTrie
    held: tuple[Restriction, ...]
    treated: tuple[Graded[Treatment], ...]
    decrypted: tuple[Graded[Decrypting], ...]
    spared: tuple[str, ...]
    """Hosts that are never decrypted."""

    def placed(self, outputs: Sequence[str]) -> Placed:
        """The enforcement paths, which all decide alike: one for each output."""
        clients = tuple(outputs)
        files = partial(self._files, clients)
        path = Path(
            clients,
            self.uses,
            self.proxied,
            self.proxied,
            files,
            tenants=self.tenants,
            loophole=self.loophole,
        )
        return Placed(self.segment, (path,))

    def tenants(self, claim: Claim) -> tuple[str, ...] | None:
        """The accounts the firewall keeps the host to, None when it does not."""
        return next((each.tenants for each in self.held if each.covers(claim)), None)

    def loophole(self, claim: Claim) -> bool:
        """Whether an address that goes around the host's header is left open."""
        return any(each.loophole for each in self.held if each.covers(claim))

    def inspects(self, claim: Claim) -> bool:
        """Whether the firewall decrypts the host."""
        if spares(claim, self.spared):
            return False
        found = map(self._decrypted.at, names_claimed(claim))
        return all(each is not None and each.decision is not Decrypting.NO for each in found)

    def logs(self, claim: Claim) -> bool:
        """Whether the firewall records connections to the host."""
        found = map(self._treated.at, names_claimed(claim))
        return all(each is not None and each.decision.logged for each in found)

    def _files(self, outputs: Sequence[str], claims: Sequence[Claim]) -> Iterator[str]:
        """The files of the outputs whose entries decide any of the hosts."""
        found = {
            (each.depth, each.decision.kind)
            for claim in claims
            if (each := self._treated.of(claim))
        }
        if not found:
            return
        yield from config_files(outputs)
        if "edl" in outputs:
            for depth, kind in found:
                yield list_file(name(CATEGORY_NAME, self.segment.id, str(depth), kind))

    @cached_property
    def _treated(self) -> Deciding[Treatment]:
        return Deciding(self.treated)

    @cached_property
    def _decrypted(self) -> Deciding[Decrypting]:
        return Deciding(self.decrypted)
