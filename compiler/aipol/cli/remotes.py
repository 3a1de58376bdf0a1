"""Open the vendors' side of a policy's targets, and plan for them; what several verbs share."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from aipol.diagnostics import Diagnostic
    from aipol.pipeline import Build, Opened, Run
    from aipol.plan.guards import Consent
    from aipol.plan.model import Inputs, Plan, Plans
    from aipol.remote import Clock, Observed, Remote
    from aipol.source import Span
    from aipol.target import StagedTarget

target_option = click.option(
    "-t", "--target", "chosen", multiple=True, metavar="TARGET", help="Only this target."
)


@dataclass(frozen=True, slots=True)
class Pushing:
    """A policy that was compiled, with the vendors' side of the chosen targets that have one."""

    policy: Opened
    build: Build
    remotes: tuple[Remote, ...]
    inputs: Inputs

    @property
    def organization(self) -> str:
        """Whose objects are ours."""
        return self.build.ir.organization.identifier

    def files(self, target: str) -> dict[str, bytes]:
        """What was compiled for a target, by path below its folder."""
        return {
            path.partition("/")[2]: content
            for path, content in self.build.files.items()
            if path.startswith(f"{target}/")
        }

    def run(self, target: str) -> Run:
        """The run of a target; what can be pushed to is at no single site."""
        return next(run for run in self.build.runs if run.target.id == target)


def pushable(policy: Opened, chosen: tuple[str, ...]) -> tuple[StagedTarget[Any, Any], ...]:
    """The configured targets that can push. Wrong usage where a chosen one cannot, or none can."""
    from aipol.cli.composition import all_targets, known
    from aipol.target import StagedTarget

    known(chosen, policy)
    able = {
        each.id: each for each in all_targets() if isinstance(each, StagedTarget) and each.remote
    }
    listed = ", ".join(f"`{name}`" for name in able) or "none"
    for name in chosen:
        if name not in able:
            raise click.ClickException(f"`{name}` cannot be pushed to; these can: {listed}")
    names = dict.fromkeys(chosen or able)  # each once, whoever names it twice
    found = tuple(able[name] for name in names if name in policy.settings)
    if not found:
        raise click.ClickException(
            f"`{policy.path}` configures no target that can be pushed to: {listed}"
        )
    return found


def opened_remotes(policy: Opened, chosen: tuple[str, ...]) -> tuple[Remote, ...]:
    """The vendors' sides, by the policy's settings and the environment's credentials."""
    from aipol.cli import output
    from aipol.remote import NotFromHere, RemoteError, Surroundings

    if policy.ir is None:
        raise ValueError("a policy with errors has no remotes")
    organization = policy.ir.organization.identifier
    surroundings = Surroundings(organization, os.environ, clock())
    found = list["Remote"]()
    targets = pushable(policy, chosen)
    for target in targets:
        if target.remote is None:
            continue
        try:
            found.append(target.remote(policy.settings[target.id], surroundings))
        except RemoteError as error:
            if not isinstance(error, NotFromHere) or chosen or len(targets) == 1:
                raise click.ClickException(f"{target.id}: {error}") from None
            output.remark(f"{target.id} cannot be reached from here: `-t {target.id}` says why")
    return tuple(found)


def clock() -> Clock:
    """The time as it goes."""
    from aipol.remote import Clock

    return Clock(time.time, time.sleep)


def pushing(
    path: str, chosen: tuple[str, ...], as_of: date, root: str = ""
) -> tuple[Pushing | None, tuple[Diagnostic, ...], Opened]:
    """A policy ready to be pushed, or the findings that stand in the way.

    Where `root` is given, no file of the policy may be outside of that folder.
    """
    from aipol.cli.composition import opened, sound

    policy = opened(path, as_of, root)
    build, findings = sound(policy)
    if build is None:
        return None, findings, policy
    return (
        Pushing(policy, build, opened_remotes(policy, chosen), inputs_of(policy, build)),
        findings,
        policy,
    )


def inputs_of(policy: Opened, build: Build) -> Inputs:
    """What plans of a policy are made of."""
    from aipol.plan.model import Inputs
    from aipol.report.generated import inputs_of as generated_from

    given = generated_from(policy, build)
    files = hashlib.sha256(json.dumps(sorted(given.policy.items())).encode()).hexdigest()
    return Inputs(
        given.version,
        policy.path,
        given.as_of.isoformat(),
        given.digest,
        files,
        given.catalogue,
    )


def planned(found: Pushing, adopt: tuple[str, ...], state: Path) -> Plans:
    """The plans for all remotes, as `compared`. Wrong usage where a vendor cannot be asked."""
    return compared(found, adopt, state, observations(found.remotes, state))


def whole_key(found: Pushing, name: str) -> str:
    """A key as marks have it, also where it was given as plans show it."""
    mine = f"{found.organization}/"
    return name if name.startswith(mine) else f"{mine}{name}"


def observations(remotes: tuple[Remote, ...], state: Path) -> tuple[Observed, ...]:
    """What there is at each remote's place. Wrong usage where a vendor cannot be asked."""
    from aipol.apply.lately import observed
    from aipol.cli.journals import journals_of
    from aipol.cli.output import waiting
    from aipol.remote import RemoteError

    found = []
    for remote in remotes:
        try:
            with waiting(f"asking {remote.target}"):
                found.append(observed(remote, journals_of(state, remote), clock()))
        except RemoteError as error:
            raise _cannot(remote, error) from None
    return tuple(found)


def compared(
    found: Pushing, adopt: tuple[str, ...], state: Path, there: tuple[Observed, ...]
) -> Plans:
    """The plans for what there is at each remote's place; with keys to adopt, for these alone."""
    from aipol.apply.history import earlier, left
    from aipol.cli.journals import journals_of
    from aipol.plan.concerning import concerned_by
    from aipol.plan.model import Plans
    from aipol.plan.planning import Asked, compare
    from aipol.remote import RemoteError

    plans = []
    for remote, observed in zip(found.remotes, there, strict=True):
        try:
            asked = Asked(
                found.organization,
                remote.wanted(found.files(remote.target)),
                concerned_by(found.build, remote.target),
                earlier(journals_of(state, remote)),
                frozenset(adopt),
                left(journals_of(state, remote)),
            )
            plans.append(compare(remote, asked, observed))
        except RemoteError as error:
            raise _cannot(remote, error) from None
    return Plans(found.inputs, tuple(plans), tuple(sorted(adopt)))


def _cannot(remote: Remote, error: Exception) -> click.ClickException:
    return click.ClickException(f"{remote.target} at {remote.place}: {error}")


def _known_losses(named: frozenset[str], plans: Plans) -> None:
    from fnmatch import fnmatchcase

    going = [change.key for plan in plans.plans for change in plan.changes if change.after is None]
    for name in sorted(named):
        if not any(fnmatchcase(key, name) for key in going):
            text = f"`--allow-everybody {name}`: no such object would go; leave it out"
            raise click.ClickException(text)


def refusals(found: Pushing, plans: Plans, consent: Consent) -> tuple[Diagnostic, ...]:
    """Why the plans must not be carried out, each at the policy's line that it is about."""
    from aipol.plan.guards import Places
    from aipol.plan.guards import refusals as refused
    from aipol.source import whole_file

    named = frozenset(whole_key(found, name) for name in consent.everybody)
    _known_losses(named, plans)
    consent = replace(consent, everybody=named)
    ir, anywhere = found.build.ir, whole_file(found.policy.path)
    groups = {
        name: group.span for group in ir.groups.values() for name in (group.entra, group.jamf)
    }
    several = list["Diagnostic"]()
    for remote, plan in zip(found.remotes, plans.plans, strict=True):
        span = ir.setting_spans.get((plan.target, ""), anywhere)
        several += refused(plan, consent, Places(span, groups), remote.rehearsal)
        several += _lock_outs(found, remote, plan, span)
    return tuple(several)


def _lock_outs(found: Pushing, remote: Remote, plan: Plan, span: Span) -> Iterator[Diagnostic]:
    from aipol.plan.lockout import checked
    from aipol.plan.reading import Reading

    run = found.run(plan.target)
    yield from checked(run.ir, Reading(run.target, remote), plan, span).strictly(plan, span)
