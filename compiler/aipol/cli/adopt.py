"""`aipol adopt`: take over objects of others that have the names of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.journals import state_option
from aipol.cli.options import DEFAULT_POLICY, Place, as_of_option
from aipol.cli.remotes import target_option

if TYPE_CHECKING:
    from aipol.cli.remotes import Pushing
    from aipol.plan.guards import Consent
    from aipol.plan.model import Plan, Plans


@click.command("adopt")
@click.argument("objects", nargs=-1, required=True, metavar="OBJECT...")
@target_option
@click.option(
    "--policy",
    default=DEFAULT_POLICY,
    show_default=True,
    metavar="POLICY",
    help="The policy that asks for the objects.",
)
@as_of_option
@click.option(
    "-o", "--out", "file", type=Place(), metavar="FILE", help="Save the plan for `aipol apply`."
)
@click.option("-v", "--verbose", is_flag=True, help="With `-o`, show what differs in each object.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is changed.")
@click.option(
    "--allow-first-enforcement", is_flag=True, help="Act at once where aipol never reported."
)
@click.option("--json", "stream", is_flag=True, help="Tell what happens as lines of JSON.")
@state_option
def command(**given: Any) -> int:
    """Make foreign objects ours that have the kind and name of what the policy asks for.

    OBJECT is a key as plans show it, or the name or id that the vendor shows. The plan is for these
    alone, and for new objects that they refer to: they are brought to what the policy asks for, and
    get its mark. `aipol rollback` gives them back as they were.
    """
    from aipol.cli.carrying import refused
    from aipol.cli.journals import held
    from aipol.cli.plan import checked_name
    from aipol.cli.remotes import pushing
    from aipol.plan.guards import Consent

    checked_name(given["file"])
    if given["file"] and (given["yes"] or given["stream"]):
        raise click.UsageError("`--out` saves the plan and changes nothing; leave the rest out")
    found, findings, policy = pushing(given["policy"], given["chosen"], given["as_of"])
    if found is None:
        return refused(findings, policy.sources, given["stream"])
    consent = Consent(first_enforcement=given["allow_first_enforcement"])
    if given["file"]:
        return _saved(*_chosen(found, given), consent, given)
    with held(given["state"], found.remotes):
        return _adopted(*_chosen(found, given), consent, given)


def _adopted(found: Pushing, keys: tuple[str, ...], consent: Consent, given: dict[str, Any]) -> int:
    from aipol.cli.apply import Wish, carried_out

    if not keys:
        return CLEAN
    targets = tuple(remote.target for remote in found.remotes)
    what = (given["policy"], targets, given["as_of"], keys, consent, given["state"])
    return carried_out(found, Wish(*what, None, "", given["yes"], given["stream"]))


def _saved(found: Pushing, keys: tuple[str, ...], consent: Consent, given: dict[str, Any]) -> int:
    """Show the plan and keep it, to be approved; changes nothing."""
    from aipol.cli import output
    from aipol.cli.called import called
    from aipol.cli.plan import save
    from aipol.cli.remotes import planned, refusals
    from aipol.report.plans import BRIEF, FULL, plans_text

    if not keys:
        return CLEAN
    plans = planned(found, keys, given["state"])
    stopping = refusals(found, plans, consent)
    save(plans, Path(given["file"]))
    output.answer_lines(plans_text(plans, FULL if given["verbose"] else BRIEF))
    output.warnings(stopping, found.policy.sources)
    if stopping:
        return FINDINGS
    output.answer_lines([f"Next: {called()} apply {given['file']}"])
    return CLEAN


def _chosen(found: Pushing, given: dict[str, Any]) -> tuple[Pushing, tuple[str, ...]]:
    """The remotes that have the named objects, and the keys that these are to get."""
    from aipol.cli import output
    from aipol.cli.carrying import settled
    from aipol.cli.remotes import planned

    if not given["file"]:
        settled(found.remotes, given["state"])
    plans = planned(found, (), given["state"])
    keys = dict.fromkeys(key for name in given["objects"] for key in _named(found, name, plans))
    ours = {change.key for plan in plans.plans for change in plan.changes if change.id}
    taken = {each.key for plan in plans.plans for each in plan.collisions}
    for key in keys:
        if key in ours - taken:
            output.remark(
                f"`{key}` is ours already; `aipol apply` brings it to what the policy asks"
            )
    rest = tuple(key for key in keys if key in taken)
    having = tuple(
        remote
        for remote, plan in zip(found.remotes, plans.plans, strict=True)
        if any(each.key in rest for each in plan.collisions)
    )
    return replace(found, remotes=having), rest


def _named(found: Pushing, name: str, plans: Plans) -> tuple[str, ...]:
    """The keys of the objects that are meant. Wrong usage where none is."""
    from aipol.cli.remotes import whole_key
    from aipol.language.words import suggest

    key = whole_key(found, name)
    known = {change.key for plan in plans.plans for change in plan.changes if change.id}
    taken = tuple(each for plan in plans.plans for each in _collisions(plan))
    meant = {at for at, *names in taken if name in names or key == at}
    meant |= {key} & known
    if not meant:
        offered = sorted({each for found in taken for each in found})
        text = f"`{name}`: nobody else has an object of the kind and name of one of ours"
        hint = suggest(name, offered) if offered else "there is nothing to take over"
        raise click.ClickException(f"{text} that is called so; {hint}")
    if len(meant) > 1:
        keys = ", ".join(f"`{each}`" for each in sorted(meant))
        raise click.ClickException(f"`{name}` is the name of several: {keys}; name one")
    return tuple(meant)


def _collisions(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """The key, the name and the id of each."""
    return ((each.key, each.name, each.id) for each in plan.collisions)
