"""`aipol schedule`: list the days on which the outputs change."""

from __future__ import annotations

from datetime import date, timedelta

import click

from aipol.cli.app import CLEAN
from aipol.cli.options import Day, as_of_option, policy_argument
from aipol.cli.output import formats

SCHEMA = "aipol.schedule/1"
_A_YEAR = timedelta(days=365)


@click.command("schedule")
@policy_argument
@as_of_option
@click.option(
    "--until",
    type=Day(),
    metavar="DATE",
    help="The last day to look at; a year after --as-of when left out.",
)
@formats("text", "json", "markdown")
def command(policy: str, as_of: date, until: date | None, form: str) -> int:
    """List the days after --as-of on which POLICY begins to mean something else, and what.

    A day is listed only when somebody's rulings really differ from the day before.
    """
    from aipol.cli import output
    from aipol.cli.composition import opened
    from aipol.report.turns import turn_json, turns_markdown, turns_text
    from aipol.report.words import as_json
    from aipol.schedule import turns

    last = until or _later(as_of)
    if last < as_of:
        raise click.UsageError(f"--until {last} is before {as_of}")
    found = opened(policy, as_of)
    if found.ir is None or found.assembled is None:
        return output.findings(found.findings, found.sources, form, SCHEMA)
    with output.waiting("comparing days"):
        days = turns(found.assembled, found.catalogue, as_of, last)
    if form == "json":
        head = {"schema": SCHEMA, "as_of": as_of.isoformat(), "until": last.isoformat()}
        output.answer(as_json(head | {"dates": [turn_json(day) for day in days]}))
    elif form == "markdown":
        output.answer_lines(turns_markdown(days))
    elif days:
        output.answer_lines(turns_text(days))
    else:
        output.answer_lines([f"Nothing changes from {as_of} to {last}."])
    return CLEAN


def _later(day: date) -> date:
    try:
        return day + _A_YEAR
    except OverflowError:
        return date.max
