"""`aipol rollback`: bring back what was there before an apply."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.journals import state_option
from aipol.cli.options import DEFAULT_POLICY, today

if TYPE_CHECKING:
    from aipol.apply.journal import Journal
    from aipol.pipeline import Opened
    from aipol.plan.lockout import Checked
    from aipol.plan.model import Plan
    from aipol.remote import Remote


@click.command("rollback")
@click.argument("journal", required=False, metavar="[JOURNAL]")
@click.option(
    "-t", "--target", "target", metavar="TARGET", help="Undo the last apply of this target."
)
@click.option(
    "--policy",
    default=DEFAULT_POLICY,
    show_default=True,
    metavar="POLICY",
    help="The policy, which says where the target is.",
)
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be done; change nothing.")
@click.option("-v", "--verbose", is_flag=True, help="Show every object, and what differs in it.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is changed.")
@click.option("--json", "stream", is_flag=True, help="Tell what happens as lines of JSON.")
@state_option
def command(**given: Any) -> int:
    """Bring the objects that an apply changed back to what they were before it.

    JOURNAL is one that `aipol apply` wrote; without it the last apply is undone. Objects that it
    did not change are left alone. A rollback writes a journal too, and can be undone itself.
    """
    from aipol.cli.carrying import refused
    from aipol.cli.composition import opened
    from aipol.cli.journals import held
    from aipol.diagnostics.model import has_errors

    if given["dry"] and given["stream"]:
        raise click.UsageError("`--dry-run` makes no events to tell; leave `--json` out")
    policy = opened(given["policy"], today())
    if policy.ir is None or has_errors(policy.findings):
        return refused(policy.findings, policy.sources, given["stream"])
    journal, remote = _chosen(given, policy)
    if not (given["journal"] or given["target"]):
        _tell_of_others(journal, given, policy)
    with held(given["state"], (remote,)):
        return _undo(policy, remote, journal, given)


def _chosen(given: dict[str, Any], policy: Opened) -> tuple[Journal, Remote]:
    """The journal that is named, or the last that changed anything at the policy's places."""
    from aipol.cli.remotes import opened_remotes

    if given["journal"]:
        journal = _named(given)
        (remote,) = opened_remotes(policy, (journal.head.plan.target,))
        if journal.head.plan.place != remote.place:
            raise click.ClickException(
                f"`{journal.path}` is of {journal.head.plan.place}, the policy's is {remote.place}"
            )
        return journal, remote
    remotes = dict[str, "Remote"]()
    for journal in _latest_first(given, policy):
        target = journal.head.plan.target
        if target not in remotes:
            (remotes[target],) = opened_remotes(policy, (target,))
        if journal.head.plan.place == remotes[target].place:
            return journal, remotes[target]
    places = ", ".join(f"{name} at {each.place}" for name, each in remotes.items())
    where = f" at {places}" if places else ""
    raise click.ClickException(f"no apply{where} is written down in `{given['state']}`")


def _tell_of_others(journal: Journal, given: dict[str, Any], policy: Opened) -> None:
    """That the same apply changed other targets, too."""
    from aipol.cli import output
    from aipol.cli.called import called

    head = journal.head
    others = {
        each.head.plan.target
        for each in _latest_first(given, policy)
        if each.head.digest == head.digest and each.head.plan.target != head.plan.target
    }
    for target in sorted(others):
        output.remark(f"that apply changed {target}, too: {called()} rollback -t {target}")


def _named(given: dict[str, Any]) -> Journal:
    from aipol.apply.journal import JournalError, read

    if given["target"]:
        raise click.UsageError("name a journal or a target, not both")
    try:
        return read(Path(given["journal"]))
    except JournalError as error:
        raise click.ClickException(f"`{given['journal']}` cannot be rolled back: {error}") from None


def _latest_first(given: dict[str, Any], policy: Opened) -> list[Journal]:
    from aipol.apply.journal import order
    from aipol.cli.journals import read_journals
    from aipol.cli.remotes import pushable

    chosen = (given["target"],) if given["target"] else ()
    targets = pushable(policy, chosen)
    found = (each for target in targets for each in read_journals(given["state"], target.id))
    changing = [each for each in found if any(each.touched())]
    return sorted(changing, key=lambda each: order(each.path), reverse=True)


def _undo(policy: Opened, remote: Remote, journal: Journal, given: dict[str, Any]) -> int:
    from aipol.apply.lately import observed
    from aipol.apply.undoing import undo
    from aipol.cli import output
    from aipol.cli.apply import confirm
    from aipol.cli.carrying import How, carry_out, refused, settled
    from aipol.cli.journals import journals_of
    from aipol.cli.remotes import clock
    from aipol.plan.model import Plans
    from aipol.remote import ByHand, RemoteError
    from aipol.report.plans import BRIEF, FULL, plans_text

    settled((remote,), given["state"])
    try:
        lately = observed(remote, journals_of(given["state"], remote), clock())
        plan = undo(remote, journal, lately)
    except RemoteError as error:
        raise click.ClickException(f"{remote.target} at {remote.place}: {error}") from None
    found = _locked_out(policy, remote, plan)
    plans = Plans(journal.head.inputs, (replace(plan, notes=(*plan.notes, *found.notes())),))
    if not given["stream"]:
        what = "the rollback" if journal.head.undoes else "the apply"
        output.answer_lines([f"To undo {what} of {journal.path}:", ""])
        output.answer_lines(plans_text(plans, FULL if given["verbose"] else BRIEF))
    if found.findings:
        return refused(found.findings, policy.sources, given["stream"])
    if not plans.writes or given["dry"]:
        return CLEAN
    if isinstance(remote, ByHand):
        raise click.ClickException(
            f"{remote.target} at {remote.place} is only read from here: roll back where it was "
            "applied, or apply the policy as it was before"
        )
    if not (given["yes"] or confirm(plans)):
        return FINDINGS
    how = How(given["state"], given["stream"], undoes=journal.path.name)
    return CLEAN if carry_out((remote,), plans, how) else FINDINGS


def _locked_out(policy: Opened, remote: Remote, plan: Plan) -> Checked:
    """What nothing may block and what comes back would block; nobody has verified that."""
    from aipol.cli.remotes import pushable
    from aipol.plan.lockout import Checked, checked
    from aipol.plan.reading import Reading

    if policy.ir is None or not plan.writes:
        return Checked()
    (target,) = pushable(policy, (remote.target,))
    span = policy.ir.setting_span(target.id)
    return checked(policy.ir, Reading(target, remote), plan, span)
