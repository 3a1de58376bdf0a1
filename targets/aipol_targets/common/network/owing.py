"""Finds the hosts on which a segment owes an obligation, and those on which it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aipol.domains import Intent
from aipol.hosts import hosts_behind
from aipol.ir import Ir, Ruling
from aipol.vocabulary import Effect
from aipol_targets.common.network.placed import Uses


def owing(ir: Ir, uses: Uses, obligation: str) -> Iterator[tuple[str, Intent]]:
    """The app's own hosts that a use with the obligation needs."""
    return _needed(ir, uses, lambda ruling: bool(getattr(ruling.obligations, obligation)))


def free_of(ir: Ir, uses: Uses, obligation: str) -> Iterator[tuple[str, Intent]]:
    """The app's own hosts that a use without the obligation needs; another may have it."""
    return _needed(ir, uses, lambda ruling: not getattr(ruling.obligations, obligation))


def _needed(ir: Ir, uses: Uses, wanted: Callable[[Ruling], bool]) -> Iterator[tuple[str, Intent]]:
    for (app, surface), use in uses.items():
        if use.carried.direct is not Effect.BLOCK and wanted(use.carried):
            for claim in hosts_behind(ir.apps[app], surface):
                if not claim.shared:
                    yield claim.host, claim.intent
