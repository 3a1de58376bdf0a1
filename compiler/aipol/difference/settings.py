"""Tells which clauses about the whole policy hold back less than they did, and which more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aipol.difference.strictness import Direction
from aipol.ir import Ir

_INSPECTED = ("none", "ai-only", "all")

# A clause, what of it holds, and whether one such value holds back all that another does.
_HELD: tuple[tuple[str, Callable[[Ir], Any], Callable[[Any, Any], bool]], ...] = (
    ("unlisted_ai", lambda ir: ir.unlisted_ai.strictness, lambda one, other: one >= other),
    ("on_gap", lambda ir: ir.tighten, lambda one, other: one >= other),
    (
        "network.inspect_tls",
        lambda ir: _INSPECTED.index(ir.inspect_tls),
        lambda one, other: one >= other,
    ),
    ("network.never_inspect", lambda ir: {*ir.never_inspect}, lambda one, other: one <= other),
    ("network.close_bypasses", lambda ir: ir.close_bypasses, lambda one, other: one >= other),
    (
        "network.resolvers",
        lambda ir: {*ir.resolvers},
        lambda one, other: one == other or bool(one and (one <= other or not other)),
    ),
    (
        "network.segments",
        lambda ir: {(each.segment, each.networks, each.gateway) for each in ir.confined},
        lambda one, other: one >= other,
    ),
    (
        "network.gateways",
        lambda ir: {(each.id, each.host, each.networks) for each in ir.gateways.values()},
        lambda one, other: one <= other,
    ),
)


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting that is another, by its key in the policy; it may be looser in part only."""

    key: str
    looser: bool
    stricter: bool

    @property
    def direction(self) -> Direction:
        """Looser where any of it is."""
        return Direction.LOOSER if self.looser else Direction.STRICTER


def setting_changes(before: Ir, after: Ir) -> Iterator[SettingChange]:
    """Every setting that holds back something that it did not, or no longer what it did."""
    for key, value_of, holds in _HELD:
        old, new = value_of(before), value_of(after)
        looser, stricter = not holds(new, old), not holds(old, new)
        if looser or stricter:
            yield SettingChange(key, looser, stricter)
