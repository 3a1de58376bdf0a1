"""Finds the hosts on which a segment owes an obligation."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.domains import Intent
from aipol.hosts import hosts_behind
from aipol.ir import Ir
from aipol.vocabulary import Effect
from aipol_targets.common.network.placed import Uses


def owing(ir: Ir, uses: Uses, obligation: str) -> Iterator[tuple[str, Intent]]:
    """The app's own hosts that a use with the obligation needs."""
    for (app, surface), use in uses.items():
        ruling = use.carried
        if ruling.direct is not Effect.BLOCK and getattr(ruling.obligations, obligation):
            for claim in hosts_behind(ir.apps[app], surface):
                if not claim.shared:
                    yield claim.host, claim.intent
