"""Check that a target which acts for few parts of a policy is given one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from aipol.diagnostics import Diagnostic, codes
from aipol.ir import CLOSE_BYPASSES, ONLY_VIA
from aipol.language.words import enumerated
from aipol.target import Target

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled

_WRITTEN = {
    CLOSE_BYPASSES: "`network: {close_bypasses: true}`",
    ONLY_VIA: "`only_via` in one of `network.segments`",
}


@runtime_checkable
class Waiting(Protocol):
    """What a target may be besides: one that acts for few clauses about the whole policy."""

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Their keys; without one of them its files do nothing."""
        ...


def check_idle(assembled: Assembled, targets: Sequence[Target]) -> Iterator[Diagnostic]:
    """Configured targets whose files would do nothing, since the policy asks for none of it."""
    given = _given(assembled)
    for target in targets:
        placed = assembled.targets.get(target.id)
        if placed is None or not isinstance(target, Waiting) or not target.waits_for:
            continue
        if given.isdisjoint(target.waits_for):
            ways = enumerated([_WRITTEN[clause] for clause in target.waits_for], "or")
            hint = f"write {ways}, or leave `{target.id}` out"
            yield codes.IDLE_TARGET.at(placed.key_span(), target=target.id, hint=hint)


def _given(assembled: Assembled) -> frozenset[str]:
    """The clauses about the network that the policy has; at which sites does not matter."""
    if assembled.network is None:
        return frozenset()
    network = assembled.network.value
    found = {
        CLOSE_BYPASSES: network.close_bypasses,
        ONLY_VIA: any(segment.only_via for segment in network.segments),
    }
    return frozenset(clause for clause, there in found.items() if there)
