"""`aipol plan`: say what applying a policy would change at the vendors."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.journals import state_option
from aipol.cli.options import Place, as_of_option, policy_argument
from aipol.cli.output import formats
from aipol.cli.remotes import target_option

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
@click.option(
    "-o", "--out", "file", type=Place(), metavar="FILE", help="Save the plan for `aipol apply`."
)
@click.option(
    "--base",
    metavar="REVISION",
    help="Only what differs from the plan of this git revision's policy: what merging will do.",
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

    if given["file"] and given["base"]:
        raise click.UsageError("what merging will do is no plan to apply; leave `--out` out")
    checked_name(given["file"])
    _no_saved_plan(given["policy"])
    as_of: date = given["as_of"]
    found, findings, policy = pushing(given["policy"], given["chosen"], as_of)
    if found is None:
        form = given["form"] if given["form"] == "json" else "text"
        return output.findings(findings, policy.sources, form, SCHEMA)
    if given["base"]:
        return _merging(found, given)
    plans = planned(found, (), given["state"])
    refused = refusals(found, plans, Consent())
    if given["file"]:
        save(plans, Path(given["file"]))
    _show(found, plans, refused, given)
    if refused:
        return FINDINGS
    return FINDINGS if given["telling"] and plans.writes else CLEAN


def checked_name(file: str | None) -> None:
    """Wrong usage where a plan is to be saved under a name that is no plan's."""
    if file and not file.endswith(_SUFFIX):
        raise click.UsageError(f"`--out` takes a name with `{_SUFFIX}`: apply knows a plan by it")


def _no_saved_plan(policy: str) -> None:
    """Wrong usage where what is to be planned is a plan already."""
    from aipol.cli.called import called
    from aipol.plan.saved import is_saved

    if not policy.endswith(_SUFFIX):
        return
    try:
        text = Path(policy).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return  # opening it as a policy says what is wrong with it
    if is_saved(text):
        raise click.ClickException(
            f"`{policy}` is a saved plan, not a policy; `{called()} apply {policy}` carries it out"
        )


def _merging(found: Pushing, given: dict[str, Any]) -> int:
    """What of the plan the policy brings about that a revision's does not."""
    from aipol.cli.remotes import compared, observations, pushing
    from aipol.cli.revision import at_revision
    from aipol.plan.merging import merged
    from aipol.plan.model import Plans

    there = observations(found.remotes, given["state"])
    after = compared(found, (), given["state"], there)
    with at_revision(given["policy"], given["base"]) as laid:
        place, root = str(laid.policy), str(laid.folder)
        earlier, *_ = pushing(place, given["chosen"], given["as_of"], root)
        if earlier is None:
            raise click.ClickException(f"the policy of `{given['base']}` does not compile")
        before = compared(earlier, (), given["state"], there)
    by_place = {(plan.target, plan.place): plan for plan in before.plans}
    plans = tuple(
        merged(by_place[plan.target, plan.place], plan)
        if (plan.target, plan.place) in by_place
        else plan
        for plan in after.plans
    )
    _show(found, Plans(after.inputs, plans), (), given)
    return FINDINGS if given["telling"] and any(plan.writes for plan in plans) else CLEAN


def save(plans: Plans, file: Path) -> None:
    """Write a plan in one step, for its owner alone: it tells what a tenant has."""
    from aipol.durable import why, write_file
    from aipol.plan.saved import as_json
    from aipol.report.words import as_json as text

    beside = file.with_name(f".{file.name}.new")
    try:
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600, exist_ok=False)
        write_file(beside, text(as_json(plans)).encode())
        beside.replace(file)
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
    if given["form"] == "text" and plans.writes and not refused and not given["base"]:
        chosen = "".join(f" -t {name}" for name in given["chosen"])
        what = given["file"] or f"{found.policy.path}{chosen}"
        output.answer_lines([f"Next: {called()} apply {what}"])
