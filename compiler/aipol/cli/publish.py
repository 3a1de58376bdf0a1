"""`aipol publish`: put lists where devices fetch them."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import Day, policy_argument, today
from aipol.cli.options import Place as Named
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.pipeline import Build
    from aipol.publishing.guards import Consent
    from aipol.publishing.places import Place
    from aipol.publishing.plan import Plan
    from aipol.report.published import Back, Forward

SCHEMA = "aipol.publish/1"
_FORWARD_ONLY = ("policy", "chosen", "as_of", "shrinking", "percent", "keeping")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks for, whichever way it goes."""

    place: Place
    consent: Consent
    dry: bool
    form: str


@click.command("publish")
@policy_argument
@click.option(
    "--to",
    "place",
    type=Named(),
    required=True,
    metavar="PLACE",
    help="What devices fetch from: a directory, `s3://BUCKET/PREFIX`, or a container's address.",
)
@click.option("-t", "--target", "chosen", multiple=True, metavar="TARGET", help="Only this target.")
@click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    help="The day to judge by, such as 2027-01-31; today in UTC when left out.",
)
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be done; write nothing.")
@click.option("--rollback", is_flag=True, help="Put back what was there before; needs no POLICY.")
@click.option(
    "--allow-shrink",
    "shrinking",
    multiple=True,
    metavar="NAME",
    help="Let this list, or all in this folder, become empty, lose most of their entries, or go.",
)
@click.option(
    "--max-shrink",
    "percent",
    type=click.IntRange(0, 100),
    default=50,
    show_default=True,
    metavar="PERCENT",
    help="How much of a list may go without being named.",
)
@click.option(
    "--keep-old", "keeping", is_flag=True, help="Leave files that the policy has no more."
)
@click.option(
    "--overwrite",
    "overwriting",
    multiple=True,
    metavar="NAME",
    help="Replace this file though somebody edited it.",
)
@formats("text", "json")
@click.pass_context
def command(context: click.Context, /, **given: Any) -> int:
    """Compile POLICY (policy/ai-usage.yaml when left out) and put what devices fetch into PLACE.

    Nothing is written unless all of it is well: what compiles is read back as `compile` does, and a
    list that would become empty, lose most of its entries or go is refused until it is named. Each
    file is exchanged in one step, one that stays the same is not touched, and what was there before
    is kept for `--rollback`.
    """
    from aipol.publishing.guards import Consent

    consent = Consent(
        frozenset(name.rstrip("/") for name in given["shrinking"]),
        frozenset(given["overwriting"]),
        given["keeping"],
        given["percent"],
    )
    asked = _Asked(_opened(given["place"]), consent, given["dry"], given["form"])
    if given["rollback"]:
        _refuse_forward_options(context)
        return _go_back(asked)
    return _publish(asked, given["policy"], given["chosen"], given["as_of"] or today())


def _refuse_forward_options(context: click.Context) -> None:
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if name in _FORWARD_ONLY and source is not ParameterSource.DEFAULT:
            words = parameter.opts[-1] if name != "policy" else "POLICY"
            raise click.UsageError(f"`--rollback` puts back what was there; leave `{words}` out")


def _opened(name: str) -> Place:
    """The place of that name. Wrong usage where there is none."""
    from aipol.durable import OutputError
    from aipol.publishing.opening import place_of
    from aipol.publishing.places import Directory

    try:
        place = place_of(name, os.environ)
    except OutputError as error:
        raise click.ClickException(str(error)) from None
    if isinstance(place, Directory):
        _outside_generated(place.path)
    return place


def _outside_generated(place: Path) -> None:
    """Wrong usage where `aipol compile` writes: neither would know the other's files."""
    from aipol.report.manifest import MANIFEST

    whole = place.absolute().resolve()
    for folder in (whole, *whole.parents):
        try:
            compiled = b'"aipol.manifest/' in (folder / MANIFEST).read_bytes()[:200]
        except OSError:
            compiled = False
        if compiled or folder == Path("generated").absolute().resolve():
            raise click.ClickException(
                f"`{place}` is inside `{folder.name}`, which is what `aipol compile` writes; "
                "choose another `--to`"
            )


# --- the two ways ---------------------------------------------------------------------------------


def _publish(asked: _Asked, policy: str, chosen: tuple[str, ...], as_of: date) -> int:
    from aipol.cli import output
    from aipol.cli.composition import known, opened, sound
    from aipol.publishing.served import wanted
    from aipol.publishing.ways import forward
    from aipol.report.published import Forward

    found = opened(policy, as_of)
    known(chosen, found)
    build, findings = sound(found)
    if build is None:
        return output.findings(findings, found.sources, asked.form, SCHEMA)
    wish = wanted(build, frozenset(chosen))
    _something_to_publish(asked.place, build, chosen, empty=not wish.files)
    plan = _done(asked, lambda: forward(asked.place, wish, asked.consent, int(time.time())))
    output.warnings(findings, found.sources)
    return _answer(asked, plan, Forward(found, build, tuple(wish.files)))


def _go_back(asked: _Asked) -> int:
    from aipol.publishing.ways import backward
    from aipol.report.published import Back

    plan = _done(asked, lambda: backward(asked.place, asked.consent, int(time.time())))
    return _answer(asked, plan, Back())


def _something_to_publish(
    place: Place, build: Build, chosen: tuple[str, ...], *, empty: bool
) -> None:
    """Wrong usage where devices fetch nothing, and never have."""
    from aipol.cli.composition import all_targets
    from aipol.publishing.record import NOTHING
    from aipol.serving import Serving

    serving = {each.id for each in all_targets() if isinstance(each, Serving) and each.fetched}
    for name in chosen:
        if name not in serving:
            others = ", ".join(f"`{each}`" for each in sorted(serving))
            raise click.ClickException(f"devices fetch nothing of `{name}`; they do of {others}")
    if empty and place.history().record.current == NOTHING:
        names = ", ".join(dict.fromkeys(f"`{run.target.id}`" for run in build.runs))
        others = ", ".join(f"`{each}`" for each in sorted(serving))
        raise click.ClickException(
            f"devices fetch none of the files of {names} as it is configured; they do of {others}: "
            "see each README for the outputs"
        )


def _done(asked: _Asked, planned: Callable[[], Plan]) -> Plan:
    """The plan, carried out unless it is refused, for show, or has nothing to do."""
    from aipol.durable import OutputError, why

    try:
        plan = planned()
        _known_names(asked, plan)
        if plan.refusals or plan.settled or asked.dry:
            return plan
        return asked.place.carry_out(planned)
    except OutputError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot read `{error.filename}`: {why(error)}") from None


def _known_names(asked: _Asked, plan: Plan) -> None:
    from aipol.cli import output
    from aipol.language.words import suggest
    from aipol.publishing.record import RECORD

    consent = asked.consent
    known = plan.names | {folder for name in plan.names for folder in _folders(name)}
    for name in sorted(consent.shrinking | consent.overwriting - {RECORD}):
        if name not in (known if name in consent.shrinking else plan.names):
            hint = suggest(name, plan.names)
            raise click.ClickException(f"`{name}` is no file that is published here; {hint}")
    changed = {change.path for change in plan.changes}
    changed |= {folder for path in changed for folder in _folders(path)}
    for name in sorted(consent.shrinking - changed):
        output.remark(f"`--allow-shrink {name}`: nothing happens to it; leave it out next time")


def _folders(path: str) -> tuple[str, ...]:
    return tuple(each.as_posix() for each in PurePosixPath(path).parents if each.name)


# --- what is said ---------------------------------------------------------------------------------


def _answer(asked: _Asked, plan: Plan, said: Forward | Back) -> int:
    from aipol.cli import output
    from aipol.report.publishing import changes_text, plan_json
    from aipol.report.words import as_json, folded

    refused = bool(plan.refusals)
    if asked.form == "json":
        head = {"schema": SCHEMA, "ok": not refused, "to": asked.place.name}
        found = output.findings_json(plan.refusals)
        body = {"dry_run": asked.dry, **said.as_json(), **plan_json(plan), "findings": found}
        output.answer(as_json(head | body))
    elif refused:
        _refusal(asked, plan)
    else:
        output.answer_lines(folded(said.head(asked.place, plan, dry=asked.dry)))
        output.answer_lines(changes_text(plan))
        output.answer_lines(said.details(asked.place, plan))
        output.answer_lines(_next(asked, plan))
    return FINDINGS if refused else CLEAN


def _refusal(asked: _Asked, plan: Plan) -> None:
    from aipol.cli import output
    from aipol.cli.reporting import report
    from aipol.diagnostics.report_text import tally
    from aipol.report.refused import more, names_to_allow, shown
    from aipol.report.words import count
    from aipol.source import Sources

    reasons = count(len(plan.refusals), "reason")
    output.answer_lines([f"Nothing in {asked.place.name} was touched, for {reasons}:"])
    output.answer(report(shown(plan.refusals), Sources({}), "text"))
    output.answer_lines(more(plan.refusals))
    output.answer(f"{tally(plan.refusals)}\n")
    names = names_to_allow(asked.place.name, plan.refusals, plan.names)
    if names:
        output.answer_lines(["If all of that is meant:", f"  {_again(names)}"])


def _again(names: tuple[str, ...]) -> str:
    """The command that was given, with more that may shrink."""
    from aipol.cli.called import called

    context = click.get_current_context()
    words = [called(), "publish"]
    for parameter in context.command.params:
        key = parameter.name or ""
        if context.get_parameter_source(key) is not ParameterSource.COMMANDLINE:
            continue
        value = context.params[key]
        option = [parameter.opts[0]] if isinstance(parameter, click.Option) else []
        if isinstance(parameter, click.Option) and parameter.is_flag:
            words += option
            continue
        for each in value if parameter.multiple else (value,):
            words += [*option, str(each)]
    return shlex.join([*words, *(part for name in names for part in ("--allow-shrink", name))])


def _next(asked: _Asked, plan: Plan) -> Iterator[str]:
    from aipol.cli.called import called

    if asked.dry:
        yield "Nothing was written."
    elif plan.changes and plan.record.previous is not None:
        yield f"To go back: {called()} publish --to {asked.place.name} --rollback"
