"""Says which enforcement paths a segment's finished lists make up, and what the proxy adds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from aipol.claims import Claim
from aipol.domains import HostTrie
from aipol.segments import Segment
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.placed import Path, Placed, Uses
from aipol_targets.common.network.tenants import Restriction
from aipol_targets.egress.model import SQUID_CONF, SegmentLists

LIST_CLIENTS = ("domains", "edl")
PROXY_CLIENTS = ("squid", "squid-sni")


@dataclass(frozen=True)
class Written:
    """One segment's lists with what they were made from."""

    segment: Segment
    lists: SegmentLists
    uses: Uses
    plain: HostTrie
    proxied: HostTrie
    held: tuple[Restriction, ...]

    def placed(self, outputs: Sequence[str]) -> Placed:
        """The enforcement paths that the outputs make up."""
        lists = tuple(client for client in LIST_CLIENTS if client in outputs)
        proxy = PROXY_CLIENTS if "squid" in outputs else ()
        if self.proxied is self.plain and not self.held:
            # The proxy does nothing that the other lists do not.
            return Placed(self.segment, (self._path((*lists, *proxy), self.plain, outputs),))
        paths = (
            *([self._path(lists, self.plain, lists)] if lists else ()),
            *([self._path(proxy, self.proxied, ("squid",))] if proxy else ()),
        )
        return Placed(self.segment, paths)

    def tenants(self, claim: Claim) -> tuple[str, ...] | None:
        """The accounts the proxy keeps the host to, None when it does not."""
        return next((each.tenants for each in self.held if each.covers(claim)), None)

    def loophole(self, claim: Claim) -> bool:
        """Whether an address that goes around the host's header is left open."""
        return any(each.loophole for each in self.held if each.covers(claim))

    def inspects(self, claim: Claim) -> bool:
        """Whether the proxy decrypts the host."""
        return self._inspect.selects(claim)

    def logs(self, claim: Claim) -> bool:
        """Whether the proxy records connections to the host."""
        return self._logged.selects(claim)

    def _path(self, clients: tuple[str, ...], trie: HostTrie, outputs: Sequence[str]) -> Path:
        files = partial(self._files, tuple(outputs))
        if "squid" not in outputs:
            return Path(clients, self.uses, trie, trie, files)
        return Path(
            clients, self.uses, trie, trie, files, tenants=self.tenants, loophole=self.loophole
        )

    def _files(self, outputs: tuple[str, ...], claims: Sequence[Claim]) -> Iterator[str]:
        """The files of the outputs whose entries decide any of the hosts."""
        for output in outputs:
            index = {"domains": self._flat, "squid": self._squid}.get(output, self._native)
            found = index.deciding(claims)
            for intent, level in found:
                match output:
                    case "edl":
                        yield self.lists.edl_file(level)
                    case "domains":
                        yield self.lists.domains_file(level, intent)
                    case _:
                        yield self.lists.squid_file(level.name)
            if output == "squid" and (found or any(map(self.tenants, claims))):
                yield SQUID_CONF

    @cached_property
    def _native(self) -> Index:
        return Index(self.lists.native)

    @cached_property
    def _flat(self) -> Index:
        return self._native if self.lists.flat == self.lists.native else Index(self.lists.flat)

    @cached_property
    def _squid(self) -> Index:
        return self._flat if self.lists.squid is self.lists.flat else Index(self.lists.squid)

    @cached_property
    def _inspect(self) -> Index:
        return Index(self.lists.inspect)

    @cached_property
    def _logged(self) -> Index:
        return Index(self.lists.logged)
