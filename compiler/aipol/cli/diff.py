"""`aipol diff`: say what a change of the policy does to people and to outputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.approving import approval_options, approving, lacking, prepared
from aipol.cli.following import following
from aipol.cli.options import Place, as_of_option, policy_argument
from aipol.cli.output import formats
from aipol.cli.remotes import target_option

if TYPE_CHECKING:
    from aipol.diagnostics import Diagnostic
    from aipol.review import Review


@click.command("diff")
@policy_argument
@click.option(
    "--base",
    metavar="REVISION",
    help="Compare with what this git revision has, such as origin/main, or with where HEAD left "
    "it: origin/main... ; HEAD itself when left out.",
)
@click.option(
    "--base-dir",
    type=Place(),
    metavar="DIR",
    help="Compare with a folder: one with a policy, or one that `aipol compile` wrote.",
)
@click.option("--live", is_flag=True, help="Compare with what vendors have; asks, writes nothing.")
@target_option
@as_of_option
@formats("text", "markdown", "json", "sarif", "junit", "github")
@click.option("--exit-code", "telling", is_flag=True, help="Exit with 1 where anything changes.")
@approval_options
@click.option("-v", "--verbose", is_flag=True, help="Fold nothing, and show how files differ.")
def command(**given: Any) -> int:
    """Say what POLICY (policy/ai-usage.yaml when left out) does that an earlier one does not.

    Effects on people come first, then surprises and risks, then objects and files. Both are
    compiled, each with its own catalogue; nothing is written, and the working tree stays as it is.
    """
    # Nothing shows that it goes on: what shows it is a thread, and with one there are no two
    # processes, which make both sides' files at once.
    prepared(given)
    review = approving(_reviewed(given), given)
    _show(review, given)
    if lacking(review, given) or review.fails:
        return FINDINGS
    return FINDINGS if given["telling"] and review.affects else CLEAN


def _reviewed(given: dict[str, Any]) -> Review:
    from aipol.cli.bases import against_folder, against_revision, against_vendors

    named = [given["base"] is not None, given["base_dir"] is not None, given["live"]]
    if sum(named) > 1:
        raise click.UsageError("`--base`, `--base-dir` and `--live` exclude each other")
    given["base"] = given["base"] or "HEAD"
    if given["live"]:
        return against_vendors(given)
    return against_folder(given) if given["base_dir"] else against_revision(given)


def _show(review: Review, given: dict[str, Any]) -> None:
    from aipol.cli import output

    match given["form"]:
        case "text":
            sources = review.new.opened.sources if review.new.opened else None
            output.warnings(_errors(review), sources) if sources else None
            output.answer_lines(_text(review, given))
        case form:
            output.answer(_answer(review, form))


def _text(review: Review, given: dict[str, Any]) -> Iterator[str]:
    from aipol.report.review_text import review_text

    return review_text(review, following(review), verbose=given["verbose"])


def _answer(review: Review, form: str) -> str:
    """The review in a form that is put out as it is."""
    match form:
        case "json":
            from aipol.report.review_json import review_json
            from aipol.report.words import as_json

            return as_json(review_json(review))
        case "markdown":
            from aipol.report.review_markdown import review_markdown

            return review_markdown(review, following(review))
        case "junit":
            from aipol.diagnostics.codes import OF_CHANGES
            from aipol.diagnostics.report_junit import report_junit

            return report_junit(review.told, OF_CHANGES, f"aipol diff {review.policy}")
        case _:
            from aipol.cli.reporting import report
            from aipol.source import Sources

            return report(review.told, Sources({}), form)


def _errors(review: Review) -> tuple[Diagnostic, ...]:
    return tuple(each for each in review.new.findings if each.severity == "error")
