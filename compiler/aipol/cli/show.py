"""`aipol show`: print a policy with its bases merged."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN
from aipol.cli.options import as_of_option, policy_argument
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.pipeline import Opened

SCHEMA = "aipol.show/1"


@click.command("show")
@policy_argument
@click.option("--merged", is_flag=True, help="One policy that means the same, with every origin.")
@click.option("--rulings", is_flag=True, help="What is decided for whom, in every single case.")
@as_of_option
@formats("text", "json")
def command(
    *,
    policy: str,
    merged: bool,
    rulings: bool,
    as_of: date,
    form: str,
) -> int:
    """Print what POLICY and the bases it extends come to.

    Without an option: its exceptions and rules, in the order in which they decide, and for how many
    listed apps it is the default that decides.
    """
    from aipol.cli import output
    from aipol.cli.composition import opened

    if merged and rulings:
        raise click.UsageError("`--merged` and `--rulings` are two answers; ask for one")
    found = opened(policy, as_of)
    if found.assembled is None or (rulings and found.ir is None):
        return output.findings(found.findings, found.sources, form, SCHEMA)
    output.warnings(found.findings, found.sources)
    _print(found, "merged" if merged else "rulings" if rulings else "clauses", form)
    return CLEAN


def _print(policy: Opened, what: str, form: str) -> None:
    from aipol.cli import output
    from aipol.report import policy as report
    from aipol.report.words import as_json

    if policy.assembled is None:
        return
    match what, form:
        case "rulings", "json" if policy.ir:
            output.answer(as_json(report.rulings_json(policy.ir)))
        case "rulings", _ if policy.ir:
            output.answer_lines(report.rulings_text(policy.ir))
        case _, "json":
            merged = report.merged_json(policy.assembled)
            output.answer(as_json(merged | {"default": report.default_json(policy.ir)}))
        case "merged", _:
            output.answer_lines(report.merged_text(policy.assembled))
        case _:
            output.answer_lines(report.clauses_text(policy.assembled, policy.ir))
