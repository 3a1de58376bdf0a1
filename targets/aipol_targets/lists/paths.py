"""Says which enforcement paths a segment's finished lists make up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from aipol.claims import Claim
from aipol.domains import HostTrie
from aipol.hosts import probe_of
from aipol.segments import Segment
from aipol_targets.common.network.index import Index, index_of
from aipol_targets.common.network.placed import Path, Placed, Uses
from aipol_targets.lists.contained import pieces
from aipol_targets.lists.facts import ALSO_LONGER, EXCEPTION_INSIDE, LIMITS
from aipol_targets.lists.model import SegmentLists


@dataclass(frozen=True)
class Written:
    """One segment's lists with what they were made from."""

    segment: Segment
    lists: SegmentLists
    uses: Uses
    trie: HostTrie

    def placed(self, outputs: tuple[str, ...]) -> Placed:
        """The enforcement paths: every format says the same, but for SonicWall's."""
        exact = tuple(output for output in outputs if output != "sonicwall")
        files = partial(self._files, exact)
        paths = (Path(exact, self.uses, self.trie, self.trie, files),) if exact else ()
        return Placed(self.segment, (*paths, self._sonicwall) if exact != outputs else paths)

    @property
    def _sonicwall(self) -> Path:
        allowed = tuple(name for _, names in self.lists.allowed for name in names)
        return Path(
            ("sonicwall",),
            self.uses,
            self.trie,
            self.lists.contained,
            self._uri_lists,
            short=LIMITS.short,
            wide=LIMITS.wide,
            longer=ALSO_LONGER,
            through=(allowed, EXCEPTION_INSIDE) if allowed else None,
            places=self.lists.contained.places,
        )

    def _files(self, outputs: Sequence[str], claims: Sequence[Claim]) -> Iterator[str]:
        """The files of the outputs whose entries decide any of the hosts."""
        for output in outputs:
            match output:
                case "edl":
                    for _, level in self._native.deciding(claims):
                        yield self.lists.edl_file(level)
                case "watchguard":
                    if self._native.deciding(claims):
                        yield self.lists.exceptions_file
                case _:
                    for intent, level in self._flat.deciding(claims):
                        yield self.lists.domains_file(level, intent)

    def _uri_lists(self, claims: Sequence[Claim]) -> Iterator[str]:
        """The URI lists that have a name which stands in any of the hosts, the allowed first."""
        for claim in claims:
            found = tuple(pieces(probe_of(claim)))
            for table in (self._allowed, self._forbidden):
                if here := {table[piece] for piece in found if piece in table}:
                    yield from here
                    break

    @cached_property
    def _allowed(self) -> dict[str, str]:
        return {name: path for path, names in self.lists.allowed for name in names}

    @cached_property
    def _forbidden(self) -> dict[str, str]:
        return {name: path for path, names in self.lists.forbidden for name in names}

    @cached_property
    def _native(self) -> Index:
        return index_of(self.trie, self.lists.native)

    @cached_property
    def _flat(self) -> Index:
        return index_of(self.trie, self.lists.flat)
