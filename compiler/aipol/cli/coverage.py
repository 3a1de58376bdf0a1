"""`aipol coverage`: say what is enforced where, and what is not."""

from __future__ import annotations

from datetime import date

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import as_of_option, policy_argument
from aipol.cli.output import formats

SCHEMA = "aipol.coverage/1"


@click.command("coverage")
@policy_argument
@as_of_option
@formats("text", "json", "markdown")
@click.option(
    "--exit-code", is_flag=True, help="Exit with 1 when there are more gaps than allowed."
)
def command(
    *,
    policy: str,
    as_of: date,
    form: str,
    exit_code: bool,
) -> int:
    """Say for every rule of POLICY in which situations some target enforces it.

    The JSON form has one row for every ruling, clause, situation and target. The policy's
    `gap_budget` says how many gaps are allowed; without one, none is.
    """
    from aipol.cli import output
    from aipol.cli.composition import built, opened
    from aipol.diagnostics.model import has_errors
    from aipol.report import coverage
    from aipol.report.gaps import gap_count

    found = opened(policy, as_of)
    if found.ir is None or found.assembled is None:
        return output.findings(found.findings, found.sources, form, SCHEMA)
    build = built(found)
    if has_errors(build.findings):
        return output.findings(build.findings, found.sources, form, SCHEMA)
    placed = found.assembled.gap_budget
    budget = placed.value if placed else None
    if form == "json":
        output.answer_pieces(coverage.coverage_json(build, budget))
    elif form == "markdown":
        output.answer_lines(coverage.coverage_markdown(build, budget))
    else:
        output.answer_lines(coverage.coverage_text(build, budget))
    over = gap_count(build.matrix) > (budget or 0)
    return FINDINGS if exit_code and over else CLEAN
