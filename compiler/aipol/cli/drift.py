"""`aipol drift`: say what at the vendors is not as aipol left it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.journals import state_option
from aipol.cli.options import as_of_option, policy_argument
from aipol.cli.output import formats
from aipol.cli.remotes import target_option

if TYPE_CHECKING:
    from aipol.plan.drifting import Drift

SCHEMA = "aipol.drift/1"


@click.command("drift")
@policy_argument
@target_option
@as_of_option
@state_option
@formats("text", "json")
def command(**given: Any) -> int:
    """Lay what the vendors have beside POLICY, and say who changed what since the last apply.

    Only reads. Exits with 1 where others changed, deleted or copied an object of ours.
    """
    from aipol.apply.history import past
    from aipol.cli import output
    from aipol.cli.journals import journals_of
    from aipol.cli.remotes import planned, pushing
    from aipol.plan.drifting import drifts

    found, findings, policy = pushing(given["policy"], given["chosen"], given["as_of"])
    if found is None:
        return output.findings(findings, policy.sources, given["form"], SCHEMA)
    plans = planned(found, (), given["state"])
    several = [
        (
            plan.target,
            plan.place,
            drifts(plan, past(journals_of(given["state"], remote)), found.inputs, remote.canonical),
        )
        for remote, plan in zip(found.remotes, plans.plans, strict=True)
    ]
    _show(several, given["form"])
    return FINDINGS if any(each.way.by_others for *_, one in several for each in one) else CLEAN


def _show(several: list[tuple[str, str, tuple[Drift, ...]]], form: str) -> None:
    from aipol.cli import output
    from aipol.report.drift import drift_json, drift_text
    from aipol.report.words import as_json

    if form == "json":
        ok = not any(each.way.by_others for *_, found in several for each in found)
        found = [drift_json(*each) for each in several]
        output.answer(as_json({"schema": SCHEMA, "ok": ok, "places": found}))
        return
    output.answer_lines(line for each in several for line in drift_text(*each))
    output.answer_lines(_next(several))


def _next(several: list[tuple[str, str, tuple[Drift, ...]]]) -> Iterator[str]:
    from aipol.cli.called import called

    if any(each.way.by_others for *_, found in several for each in found):
        yield f"Next: {called()} plan shows what {called()} apply would put back."
