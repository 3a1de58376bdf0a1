"""Says which enforcement path a segment's finished lists make up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from aipol.claims import Claim
from aipol.domains import HostTrie
from aipol.segments import Segment
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.placed import Path, Placed, Uses
from aipol_targets.lists.model import SegmentLists


@dataclass(frozen=True)
class Written:
    """One segment's lists with what they were made from."""

    segment: Segment
    lists: SegmentLists
    uses: Uses
    trie: HostTrie

    def placed(self, outputs: tuple[str, ...]) -> Placed:
        """The enforcement path: every format says the same."""
        files = partial(self._files, outputs)
        return Placed(self.segment, (Path(outputs, self.uses, self.trie, self.trie, files),))

    def _files(self, outputs: Sequence[str], claims: Sequence[Claim]) -> Iterator[str]:
        """The files of the outputs whose entries decide any of the hosts."""
        for output in outputs:
            if output == "edl":
                for _, level in self._native.deciding(claims):
                    yield self.lists.edl_file(level)
            else:
                for intent, level in self._flat.deciding(claims):
                    yield self.lists.domains_file(level, intent)

    @cached_property
    def _native(self) -> Index:
        return Index(self.lists.native)

    @cached_property
    def _flat(self) -> Index:
        return self._native if self.lists.flat == self.lists.native else Index(self.lists.flat)
