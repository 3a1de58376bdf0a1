"""However much drift does: it is told in a few lines, and says how much it folded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aipol.audience import EVERYBODY
from aipol.difference.answers import AT_ODDS
from aipol.difference.shifts import Shift
from aipol.difference.strictness import Direction
from aipol.plan.effects import Effects, Unread
from aipol.report.shifts import effects_json, effects_lines, shift_words
from aipol.target import Kind
from aipol.vocabulary import Surface

MACS = (("managed-macos", ""),)


def _shift(number: int = 0, before: str = "block", after: str = "allow", **more: Any) -> Shift:
    found = Shift(
        uses=((f"app{number}", Surface.WEB),),
        who="finance",
        people=EVERYBODY,
        direction=Direction.LOOSER,
        kind=Kind.HOST,
        before=before,
        after=after,
        places=MACS,
        rulings=(),
        things=tuple(f"h{each}.test" for each in range(500)),
        causes=tuple(f"com.acme/o{each}" for each in range(500)),
    )
    return replace(found, **more)


def test_a_thousand_lines_are_folded_and_counted() -> None:
    """JSON has all of them."""
    shifts = tuple(_shift(number) for number in range(1_000))
    unread = tuple(Unread(f"com.acme/u{number}", "x" * 9_000) for number in range(1_000))
    found = Effects(shifts, unread, shifts)
    lines = list(effects_lines("intune", found))
    assert len(lines) < 50
    assert max(map(len, lines)) < 500
    assert "    and 992 more: `--format json` has them all" in lines
    assert len(effects_json(found)["shifts"]) == 1_000
    assert effects_json(found)["unread"][0]["why"] == "x" * 9_000


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("block", "allow", "finance can use app0 (web) again on managed Macs"),
        ("allow", "block", "finance cannot use app0 (web) any more on managed Macs"),
        ("warn", "allow", "finance are no longer warned about app0 (web) on managed Macs"),
        ("allow", "warn", "finance are warned about app0 (web) on managed Macs"),
        ("block", "justify", "finance are asked for a reason for app0 (web) on managed Macs"),
        (
            "allow",
            AT_ODDS,
            "finance: objects are at odds about app0 (web) on managed Macs: a and b",
        ),
    ],
)
def test_each_difference_has_words(before: str, after: str, told: str) -> None:
    """What a person notices, not what an object says."""
    assert shift_words(_shift(0, before, after, why="a and b")) == told
