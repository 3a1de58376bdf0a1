"""`aipol drift`: say what at the vendors is not as aipol left it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.journals import state_option
from aipol.cli.options import as_of_option, policy_argument
from aipol.cli.output import formats
from aipol.cli.remotes import target_option

if TYPE_CHECKING:
    from aipol.cli.remotes import Pushing
    from aipol.plan.model import Plan
    from aipol.remote import Remote
    from aipol.report.drift import Drifted

SCHEMA = "aipol.drift/1"


@click.command("drift")
@policy_argument
@target_option
@as_of_option
@state_option
@formats("text", "json", "markdown")
def command(**given: Any) -> int:
    """Lay what the vendors have beside POLICY, and say who changed what since the last apply.

    What others changed is read as the vendor would act on it: who can use what that they should
    not, or not what they should. Only reads. Exits with 1 where others changed, deleted or copied
    an object of ours.
    """
    from aipol.cli import output
    from aipol.cli.remotes import compared, observations, pushing

    found, findings, policy = pushing(given["policy"], given["chosen"], given["as_of"])
    if found is None:
        form = given["form"] if given["form"] == "json" else "text"
        return output.findings(findings, policy.sources, form, SCHEMA)
    there = observations(found.remotes, given["state"])
    plans = compared(found, (), given["state"], there).plans
    several = [
        replace(
            _drifted(found, remote, plan, given["state"]),
            notes=observed.told,
            limited=bool(observed.limits),
        )
        for remote, plan, observed in zip(found.remotes, plans, there, strict=True)
    ]
    _show(several, given["form"])
    return FINDINGS if any(each.by_others for each in several) else CLEAN


def _drifted(found: Pushing, remote: Remote, plan: Plan, state: Path) -> Drifted:
    """What differs at one place and, where others did something, what that does to people."""
    from aipol.apply.history import past
    from aipol.cli.journals import journals_of
    from aipol.plan.drifting import drifts
    from aipol.plan.effects import effects, stood
    from aipol.report.drift import Drifted

    differing = drifts(plan, past(journals_of(state, remote)), found.inputs)
    if not any(each.way.by_others for each in differing):
        return Drifted(plan.target, plan.place, differing)
    wanted = remote.wanted(found.files(plan.target))
    told = effects(found.run(plan.target), remote, wanted, stood(remote, plan, differing))
    return Drifted(plan.target, plan.place, differing, told)


def _show(several: list[Drifted], form: str) -> None:
    from aipol.cli import output
    from aipol.report.drift import drift_json, drift_markdown, drift_text
    from aipol.report.words import as_json

    if form == "json":
        ok = not any(each.by_others for each in several)
        found = [drift_json(each) for each in several]
        output.answer(as_json({"schema": SCHEMA, "ok": ok, "places": found}))
        return
    lines = drift_text if form == "text" else drift_markdown
    output.answer_lines(line for each in several for line in lines(each))
    if form == "text":
        output.answer_lines(_next(several))


def _next(several: list[Drifted]) -> Iterator[str]:
    from aipol.cli.called import called

    if any(each.by_others for each in several):
        yield f"Next: {called()} plan shows what {called()} apply would put back."
