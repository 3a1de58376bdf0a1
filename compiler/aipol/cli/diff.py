"""`aipol diff`: say what a change of the policy does to people and to outputs."""

from __future__ import annotations

import shlex
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import DEFAULT_POLICY, as_of_option, policy_argument
from aipol.cli.output import formats
from aipol.cli.remotes import target_option

if TYPE_CHECKING:
    from aipol.diagnostics import Diagnostic
    from aipol.report.review_text import Next
    from aipol.review import Review

_NEW = "the working tree"


@click.command("diff")
@policy_argument
@click.option(
    "--base",
    default="HEAD",
    show_default=True,
    metavar="REVISION",
    help="Compare with what this git revision has, such as origin/main.",
)
@target_option
@as_of_option
@formats("text", "markdown", "json")
@click.option("--exit-code", "telling", is_flag=True, help="Exit with 1 where anything changes.")
@click.option("-v", "--verbose", is_flag=True, help="Fold nothing, and show how files differ.")
def command(**given: Any) -> int:
    """Say what POLICY (policy/ai-usage.yaml when left out) does that an earlier one does not.

    Effects on people come first, then surprises and risks, then objects and files. Both are
    compiled, each with its own catalogue; nothing is written, and the working tree stays as it is.
    """
    from aipol.cli import output

    with output.waiting("comparing"):
        review = _reviewed(given)
    _show(review, given)
    if review.fails:
        return FINDINGS
    return FINDINGS if given["telling"] and review.affects else CLEAN


def _reviewed(given: dict[str, Any]) -> Review:
    from aipol.cli.composition import all_targets, known, opened
    from aipol.cli.revision import laid_out
    from aipol.review import Asked, reviewed
    from aipol.review.making import Named

    policy, as_of = given["policy"], given["as_of"]
    with laid_out(policy, given["base"]) as laid:
        before = opened(str(laid.policy), as_of) if laid.has_policy else None
        after = opened(policy, as_of)
        known(given["chosen"], after)
        every = all_targets()
        chosen = [each for each in every if not given["chosen"] or each.id in given["chosen"]]
        base = Named(given["base"], laid.commit, before)
        return reviewed(Asked(policy, as_of, base, after, _NEW, chosen, every, _no_objects))


def _no_objects(*_: object) -> None:
    """Nothing is told of objects."""


def _show(review: Review, given: dict[str, Any]) -> None:
    from aipol.cli import output
    from aipol.report.review_json import review_json
    from aipol.report.review_markdown import review_markdown
    from aipol.report.review_text import review_text
    from aipol.report.words import as_json

    match given["form"]:
        case "json":
            output.answer(as_json(review_json(review)))
        case "markdown":
            output.answer(review_markdown(review, _next(review, given)))
        case _:
            errors = _errors(review)
            output.warnings(errors, review.new.opened.sources) if review.new.opened else None
            lines = review_text(review, _next(review, given), verbose=given["verbose"])
            output.answer_lines(lines)


def _errors(review: Review) -> tuple[Diagnostic, ...]:
    return tuple(each for each in review.new.findings if each.severity == "error")


def _next(review: Review, given: dict[str, Any]) -> Next:
    from aipol.cli.called import called
    from aipol.report.review_text import Next

    program = called()
    policy = "" if given["policy"] == DEFAULT_POLICY else f" {shlex.quote(given['policy'])}"
    day: date = given["as_of"]
    base = "" if given["base"] == "HEAD" else f" --base {shlex.quote(given['base'])}"
    chosen = "".join(f" -t {name}" for name in given["chosen"])
    del day
    everything = f"{program} diff{policy}{base}{chosen} -v"
    return Next(everything, _explain(review, f"{program} explain{policy}"))


def _explain(review: Review, start: str) -> str:
    """The question about the first effect."""
    found = review.by_policy
    if found is None or not review.changes or review.fails:
        return ""
    change = review.changes[0]
    app, surface = change.uses[0]
    person = sorted(found.sides.example(change.people))
    who = "".join(f" --group {shlex.quote(name)}" for name in person)
    return f"{start} --app {app} --surface {surface}{who}"
