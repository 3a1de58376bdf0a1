"""Turns what the policy says about its own enforcement into findings, once there is coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from aipol.coverage import Matrix
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import Ruling
from aipol.report.gaps import gap_count
from aipol.resolve.tests import ask
from aipol.target import EFFECT_CLAUSE
from aipol.vocabulary import Situation

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled


def unmet_expectations(
    assembled: Assembled, matrix: Matrix, on_another_day: Callable[[date], Matrix | None]
) -> tuple[Diagnostic, ...]:
    """One finding for each answer about `enforced_by` and `gaps` that is not the expected one.

    `on_another_day` builds the policy as of a test's own day.
    """
    return tuple(_unmet(assembled, matrix, on_another_day))


def over_budget(assembled: Assembled, matrix: Matrix) -> tuple[Diagnostic, ...]:
    """The finding that there are more gaps than the policy's `gap_budget`."""
    budget = assembled.gap_budget
    found = gap_count(matrix)
    if budget is None or found <= budget.value:
        return ()
    hint = "`aipol coverage` lists them; close some, or raise the budget"
    return (codes.GAP_BUDGET.at(budget.span(), count=found, budget=budget.value, hint=hint),)


def _unmet(
    assembled: Assembled, matrix: Matrix, on_another_day: Callable[[date], Matrix | None]
) -> Iterator[Diagnostic]:
    for number, placed in enumerate(assembled.tests, start=1):
        test = placed.value
        if test.enforced_by is None and test.gaps is None:
            continue
        other = test.as_of is not None and test.as_of != matrix.ir.as_of
        asked = on_another_day(test.as_of) if other and test.as_of else matrix
        ruling = ask(asked.ir, test) if asked else None
        if asked is None or ruling is None:
            continue  # the test has failed already, for what is decided
        for key, wanted, found in (
            ("enforced_by", test.enforced_by, enforcing_targets(asked, ruling)),
            ("gaps", test.gaps, tuple(s.value for s in open_situations(asked, ruling))),
        ):
            if wanted is not None and set(wanted) != set(found):
                why = f"expected `{key}: {_list(wanted)}`, found `{_list(found)}`"
                hint = f"`aipol explain --app {test.app} --surface {test.surface}` says why"
                yield codes.POLICY_TEST_FAILED.at(
                    placed.key_span(key), number=number, why=why, hint=hint
                )


def enforcing_targets(matrix: Matrix, ruling: Ruling) -> tuple[str, ...]:
    """The targets whose artefacts carry out a ruling's effect somewhere."""
    records = matrix.by_clause.get((ruling.id, EFFECT_CLAUSE), ())
    return tuple(sorted({record.target for record in records if record.carried_out}))


def open_situations(matrix: Matrix, ruling: Ruling) -> tuple[Situation, ...]:
    """The situations in which some clause of a ruling is held by nothing."""
    found = {gap.situation for gap in matrix.gaps if gap.ruling.id == ruling.id}
    return tuple(situation for situation in Situation if situation in found)


def _list(names: tuple[str, ...]) -> str:
    return f"[{', '.join(sorted(names))}]"
