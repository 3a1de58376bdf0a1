"""The classic mistakes of host lists die, in every format, and each for its own reason.

The files are those of a policy with every kind of pattern and nesting; `mistakes/` has the
mistakes. One mutant a kind of change and file is enough by default; AIPOL_MUTANTS=all tries more.
"""

from __future__ import annotations

import os
import re

import pytest

from tests.mutation.mistakes import CHANGES
from tests.mutation.mistakes.change import WIDER, Change
from tests.mutation.outcomes import emitted, outcome
from tests.unit.targets.network import policies as small

EVERY = os.environ.get("AIPOL_MUTANTS") == "all"
SOME = 8


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change.name))
def test_a_classic_mistake_is_found_out_for_what_it_is(change: Change) -> None:
    """By answers that differ, or by a reader that says what is wrong with the entry."""
    found = emitted(change.target, change.given)
    every = list(change.mutants(found.files))
    assert every
    step = 1 if EVERY else max(1, len(every) // SOME)
    died = {where: outcome(found, files) for where, files in every[::step]}
    wrong = {
        where: how
        for where, how in died.items()
        if how != "verify" and not (change.why and re.search(rf"refused: .*({change.why})", how))
    }
    assert wrong == {}


def test_every_network_target_makes_every_mistake_that_it_can() -> None:
    """No target is without mistakes, and every one of them has an exception that is too wide."""
    made: dict[str, set[str]] = {}
    for change in CHANGES:
        made.setdefault(change.target, set()).add(change.mistake)
    assert sorted(made) == sorted(small.MAKERS)
    assert all(WIDER in found for found in made.values())


def test_no_reason_is_every_reason() -> None:
    """A reason that is not named is no reason: neither none nor that a file has no last line."""
    reasons = {change.why for change in CHANGES if change.why}
    others = (
        "",
        "does not consist of lines",
        "not JSON",
        "is missing",
        "does not say what it says",
    )
    assert [why for why in reasons for other in others if re.search(why, other)] == []


def test_the_files_that_are_changed_are_fine_before() -> None:
    """So that whatever dies, dies of the mistake."""
    for target, given in {(change.target, change.given) for change in CHANGES}:
        assert outcome(emitted(target, given), None) == ""
