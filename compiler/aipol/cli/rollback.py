"""`aipol rollback`: bring back what was there before an apply."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import DEFAULT_POLICY, today
from aipol.cli.remotes import state_option

if TYPE_CHECKING:
    from aipol.apply.journal import Journal
    from aipol.pipeline import Opened
    from aipol.remote import Remote

SCHEMA = "aipol.rollback/1"


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
@click.option("--yes", is_flag=True, help="Do not ask before anything is changed.")
@click.option("--json", "stream", is_flag=True, help="Tell what happens as lines of JSON.")
@state_option
def command(**given: Any) -> int:
    """Bring the objects that an apply changed back to what they were before it.

    JOURNAL is one that `aipol apply` wrote; without it the last apply is undone. Objects that it
    did not change are left alone. A rollback writes a journal too, and can be undone itself.
    """
    from aipol.cli import output
    from aipol.cli.composition import opened
    from aipol.cli.remotes import held, opened_remotes
    from aipol.diagnostics.model import has_errors

    policy = opened(given["policy"], today())
    if policy.ir is None or has_errors(policy.findings):
        return output.findings(policy.findings, policy.sources, "text", SCHEMA)
    journal = _journal(given, policy)
    (remote,) = opened_remotes(policy, (journal.head.plan.target,))
    if journal.head.plan.place != remote.place:
        raise click.ClickException(
            f"`{journal.path}` is of {journal.head.plan.place}, the policy's is {remote.place}"
        )
    with held(given["state"], (remote,)):
        return _undo(remote, journal, given)


def _journal(given: dict[str, Any], policy: Opened) -> Journal:
    """The journal that is named, or the last that changed anything."""
    from aipol.apply.journal import JournalError, journals, read
    from aipol.cli.remotes import folder_of, pushable

    if given["journal"] and given["target"]:
        raise click.UsageError("name a journal or a target, not both")
    try:
        if given["journal"]:
            return read(Path(given["journal"]))
        names = [given["target"]] if given["target"] else [each.id for each in pushable(policy, ())]
        found = [read(path) for name in names for path in journals(folder_of(given["state"], name))]
    except JournalError as error:
        raise click.ClickException(f"the journal cannot be read: {error}") from None
    changing = [each for each in found if any(each.done()) or any(each.begun())]
    if not changing:
        raise click.ClickException(f"no apply is written down in `{given['state']}`")
    return max(changing, key=lambda each: each.head.at)


def _undo(remote: Remote, journal: Journal, given: dict[str, Any]) -> int:
    from aipol.apply.undoing import undo
    from aipol.cli import output
    from aipol.cli.apply import confirm
    from aipol.cli.carrying import How, carry_out
    from aipol.plan.model import Plans
    from aipol.remote import RemoteError
    from aipol.report.plans import plans_text

    try:
        plan = undo(remote, journal, remote.observe())
    except RemoteError as error:
        raise click.ClickException(f"{remote.target} at {remote.place}: {error}") from None
    plans = Plans(journal.head.inputs, (plan,))
    if not given["stream"]:
        output.answer_lines([f"To undo {journal.path}:", ""])
        output.answer_lines(plans_text(plans))
    if not plans.writes or given["dry"]:
        return CLEAN
    if not given["yes"]:
        confirm(plans)
    how = How(given["state"], given["stream"], undoes=journal.path.name)
    return CLEAN if carry_out((remote,), plans, how) else FINDINGS
