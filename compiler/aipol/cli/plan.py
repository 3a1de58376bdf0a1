"""`aipol plan`: say what applying a policy would change at the vendors."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import Place, as_of_option, policy_argument
from aipol.cli.output import formats
from aipol.cli.remotes import adopt_option, state_option, target_option

if TYPE_CHECKING:
    from aipol.cli.remotes import Pushing
    from aipol.diagnostics import Diagnostic
    from aipol.plan.model import Plans

SCHEMA = "aipol.planned/1"
_SUFFIX = ".json"


@click.command("plan")
@policy_argument
@target_option
@as_of_option
@adopt_option
@click.option(
    "-o", "--out", "file", type=Place(), metavar="FILE", help="Save the plan for `aipol apply`."
)
@click.option("-v", "--verbose", is_flag=True, help="Show every object, and what differs in it.")
@click.option("--exit-code", "telling", is_flag=True, help="Exit with 1 where there are changes.")
@state_option
@formats("text", "json", "markdown")
def command(**given: Any) -> int:
    """Compile POLICY (policy/ai-usage.yaml when left out) and lay it beside what the vendors have.

    Only reads: nothing is changed anywhere. Whom a change is about is told first, then each object.
    """
    from aipol.cli import output
    from aipol.cli.remotes import planned, pushing, refusals
    from aipol.plan.guards import Consent

    if given["file"] and not given["file"].endswith(_SUFFIX):
        raise click.UsageError(f"`--out` takes a name with `{_SUFFIX}`: apply knows a plan by it")
    as_of: date = given["as_of"]
    found, findings, policy = pushing(given["policy"], given["chosen"], as_of)
    if found is None:
        form = given["form"] if given["form"] == "json" else "text"
        return output.findings(findings, policy.sources, form, SCHEMA)
    plans = planned(found, given["adopt"], given["state"])
    refused = refusals(found, plans, Consent())
    if given["file"]:
        _save(plans, Path(given["file"]))
    _show(found, plans, refused, given)
    if refused:
        return FINDINGS
    return FINDINGS if given["telling"] and plans.writes else CLEAN


def _save(plans: Plans, file: Path) -> None:
    from aipol.durable import why
    from aipol.plan.saved import as_json
    from aipol.report.words import as_json as text

    try:
        file.write_text(text(as_json(plans)), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write `{file}`: {why(error)}") from None


def _show(
    found: Pushing, plans: Plans, refused: tuple[Diagnostic, ...], given: dict[str, Any]
) -> None:
    from aipol.cli import output
    from aipol.cli.called import called
    from aipol.plan.saved import as_json
    from aipol.report import plans as report
    from aipol.report.words import as_json as text

    shown = report.FULL if given["verbose"] else report.BRIEF
    if given["form"] == "json":
        head = {"schema": SCHEMA, "ok": not refused, "plan": as_json(plans)}
        output.answer(text(head | {"findings": output.findings_json(refused)}))
        return
    lines = report.plans_text if given["form"] == "text" else report.plans_markdown
    output.answer_lines(lines(plans, shown))
    output.warnings(refused, found.policy.sources)
    if given["form"] == "text" and plans.writes and not refused:
        with_plan = given["file"] or found.policy.path
        output.answer_lines([f"Next: {called()} apply {with_plan}"])
