"""`aipol apply`: change what the vendors have into what a policy asks for."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.journals import state_option
from aipol.cli.options import DEFAULT_POLICY, as_of_option
from aipol.cli.remotes import target_option

if TYPE_CHECKING:
    from aipol.cli.remotes import Pushing
    from aipol.diagnostics import Diagnostic
    from aipol.plan.guards import Consent
    from aipol.plan.model import Plans


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    policy: str
    chosen: tuple[str, ...]
    as_of: date
    adopt: tuple[str, ...]
    consent: Consent
    state: Path
    saved: Plans | None
    file: str
    yes: bool
    stream: bool


@click.command("apply")
@click.argument("what", default=DEFAULT_POLICY, metavar="[POLICY|PLAN.json]")
@target_option
@as_of_option
@click.option("--yes", is_flag=True, help="Do not ask before anything is changed.")
@click.option(
    "--allow-deletes",
    type=click.IntRange(0),
    default=0,
    metavar="NUMBER",
    help="Let so many objects go at one place.",
)
@click.option(
    "--allow-updates",
    type=click.IntRange(0),
    default=0,
    metavar="NUMBER",
    help="Let so many objects change at one place.",
)
@click.option(
    "--allow-everybody", multiple=True, metavar="KEY", help="Let this object about everybody go."
)
@click.option(
    "--allow-first-enforcement", is_flag=True, help="Act at once where aipol never reported."
)
@click.option("--json", "stream", is_flag=True, help="Tell what happens as lines of JSON.")
@state_option
def command(**given: Any) -> int:
    """Carry out the plan of POLICY (policy/ai-usage.yaml when left out), or a saved plan.

    Without a saved plan it plans, shows and asks. A saved plan is carried out only if it is still
    exactly what would be done. Everything is written to a journal before it is done: an apply that
    was cut short is finished by the next one, and `aipol rollback` brings back what was there.
    """
    from aipol.cli.carrying import refused
    from aipol.cli.journals import held
    from aipol.cli.remotes import pushing

    wish = _wish(given)
    found, findings, policy = pushing(wish.policy, wish.chosen, wish.as_of)
    if found is None:
        return refused(findings, policy.sources, wish.stream)
    with held(wish.state, found.remotes):
        return carried_out(found, wish)


def _wish(given: dict[str, Any]) -> Wish:
    from aipol.durable import why
    from aipol.plan.guards import Consent
    from aipol.plan.saved import PlanError, from_json

    consent = Consent(
        given["allow_deletes"],
        given["allow_updates"],
        frozenset(given["allow_everybody"]),
        given["allow_first_enforcement"],
    )
    what, state = given["what"], given["state"]
    rest = (consent, state)
    if not what.endswith(".json"):
        plain = (what, given["chosen"], given["as_of"], ())
        return Wish(*plain, *rest, None, "", given["yes"], given["stream"])
    try:
        saved = from_json(Path(what).read_text(encoding="utf-8"))
        as_of = date.fromisoformat(saved.inputs.as_of)
    except OSError as error:
        raise click.ClickException(f"cannot read `{what}`: {why(error)}") from None
    except PlanError as error:
        raise click.ClickException(f"`{what}` cannot be applied: {error}") from None
    except ValueError:
        raise click.ClickException(f"`{what}` cannot be applied: it is no plan") from None
    if given["chosen"]:
        raise click.UsageError("a saved plan says which targets; leave the option out")
    base = (
        saved.inputs.policy,
        tuple(plan.target for plan in saved.plans),
        as_of,
        saved.adopted,
    )
    return Wish(*base, *rest, saved, what, given["yes"], given["stream"])


def carried_out(found: Pushing, wish: Wish) -> int:
    """Plan, show, ask where nobody has said yes, and do it; the exit code."""
    from aipol.cli.by_hand import tell, written
    from aipol.cli.carrying import How, carry_out, refused, say_event, settled
    from aipol.cli.remotes import planned, refusals

    settled(found.remotes, wish.state)
    plans = planned(found, wish.adopt, wish.state)
    stopping = (*_stale(found, wish, plans), *refusals(found, plans, wish.consent))
    if not wish.stream:
        _show(plans)
    if stopping:
        return refused(stopping, found.policy.sources, wish.stream)
    if not plans.writes:
        if wish.stream:
            say_event("finished", {"counts": {}, "journal": ""})
        return CLEAN
    remotes, own = written(found.remotes, plans)
    if own.writes and not (wish.yes or wish.saved):
        if not confirm(own):
            return FINDINGS
        # Whoever was asked said yes to what they saw, however long they looked at it.
        overtaken = _overtaken(found, plans, planned(found, wish.adopt, wish.state))
        if overtaken:
            return refused(overtaken, found.policy.sources, wish.stream)
    how = How(wish.state, wish.stream, wish.saved or plans, _again(wish))
    whole = carry_out(remotes, own, how)
    left = tell(found.remotes, plans, stream=wish.stream)
    return CLEAN if whole and not left else FINDINGS


def _again(wish: Wish) -> str:
    """What does the rest where not all of it is done."""
    return shlex.join(("adopt", *wish.adopt)) if wish.adopt and not wish.saved else "apply"


def _show(plans: Plans) -> None:
    from aipol.cli import output
    from aipol.report.plans import ELSEWHERE, plans_text

    output.answer_lines(plans_text(plans, ELSEWHERE))


def confirm(plans: Plans) -> bool:
    """Ask whoever is there; whether they say yes. Wrong usage where nobody is there."""
    from aipol.cli.asking import agreed
    from aipol.report.plans import asked

    saving = f"adopt {shlex.join(plans.adopted)}" if plans.adopted else "plan"
    return agreed(
        asked(plans),
        f", or have a plan approved first with `aipol {saving} -o plan.json` and `aipol apply "
        "plan.json`",
    )


def _overtaken(found: Pushing, seen: Plans, now: Plans) -> tuple[Diagnostic, ...]:
    """That what somebody said yes to is not what would be done any more."""
    from aipol.apply.staleness import why_stale
    from aipol.diagnostics import codes
    from aipol.source import whole_file

    why = why_stale(seen, now)
    if not why:
        return ()
    span, hint = whole_file(found.policy.path), "run it again, and look again"
    return (codes.STALE_PLAN.at(span, plan="the plan that was shown", why=why, hint=hint),)


def _stale(found: Pushing, wish: Wish, plans: Plans) -> tuple[Diagnostic, ...]:
    """That a saved plan is not what would be done now. What an apply of it has done is allowed."""
    from aipol.apply.history import begun
    from aipol.apply.staleness import why_stale
    from aipol.cli.journals import journals_of
    from aipol.diagnostics import codes
    from aipol.plan.saved import digest
    from aipol.source import whole_file

    if wish.saved is None:
        return ()
    journals = (each for remote in found.remotes for each in journals_of(wish.state, remote))
    why = why_stale(wish.saved, plans, begun(journals, digest(wish.saved)))
    if not why:
        return ()
    hint = "plan again with `aipol plan -o`, and have that approved"
    return (codes.STALE_PLAN.at(whole_file(found.policy.path), plan=wish.file, why=why, hint=hint),)
