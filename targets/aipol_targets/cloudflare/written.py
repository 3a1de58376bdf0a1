"""Says what one segment's finished policies amount to, for whoever accounts for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aipol.claims import Claim
from aipol.domains import HostTrie
from aipol.segments import Segment
from aipol_targets.cloudflare.model import LISTS, RULES
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.levels import native_levels
from aipol_targets.common.network.placed import Path, Uses
from aipol_targets.common.network.tenants import Restriction


@dataclass(frozen=True)
class Written:
    """One segment's decisions with what they were made from."""

    segment: Segment
    uses: Uses
    trie: HostTrie
    held: tuple[Restriction, ...]

    def path(self, layers: tuple[str, ...], *, by_source: bool) -> Path:
        """All types of policies: they have the same hosts, and one comes after another.

        Headers count for every type, since what one of them lets through comes to the HTTP
        policies at last.
        """
        return Path(
            layers,
            self.uses,
            self.trie,
            self.trie,
            self._files,
            tenants=self._tenants,
            loophole=self._loophole,
            by_source=by_source,
        )

    def _tenants(self, claim: Claim) -> tuple[str, ...] | None:
        return next((each.tenants for each in self.held if each.covers(claim)), None)

    def _loophole(self, claim: Claim) -> bool:
        return any(each.loophole for each in self.held if each.covers(claim))

    def _files(self, claims: Sequence[Claim]) -> tuple[str, ...]:
        decided = self._index.deciding(claims) or any(map(self._tenants, claims))
        return (LISTS, RULES) if decided else ()

    @cached_property
    def _index(self) -> Index:
        return Index(native_levels(self.trie))
