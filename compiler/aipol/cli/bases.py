"""What a policy is compared with: a git revision, a folder, or what vendors have."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aipol.diagnostics import Diagnostic
    from aipol.pipeline import Build, Opened
    from aipol.plan.model import Plan
    from aipol.review import Asked, Review
    from aipol.review.objects import ObjectChanges

_NEW = "the working tree"


def against_revision(given: Mapping[str, Any]) -> Review:
    """The review of a policy against what a git revision has of it."""
    from aipol.cli.composition import opened
    from aipol.cli.revision import laid_out
    from aipol.review import reviewed

    policy, as_of = given["policy"], given["as_of"]
    with laid_out(policy, given["base"]) as laid:
        if not laid.has_policy and not Path(policy).is_file():
            where = f"neither the working tree nor `{given['base']}` has it"
            raise click.ClickException(f"there is no policy `{policy}`: {where}")
        base = str(laid.folder)
        before = opened(str(laid.policy), as_of, base) if laid.has_policy else None
        after = opened(policy, as_of, str(laid.top))
        return reviewed(_asked(given, given["base"], laid.commit, before, after))


def against_folder(given: Mapping[str, Any]) -> Review:
    """The same against another folder: one with a policy, or one that `aipol compile` wrote."""
    from aipol.cli.composition import opened
    from aipol.review import reviewed
    from aipol.review.making import of_files

    folder = Path(given["base_dir"])
    earlier = _policy_in(folder, given["policy"])
    if earlier is not None:
        before = opened(str(earlier), given["as_of"])
        return reviewed(_asked(given, str(folder), "", before))
    files = _generated(folder)
    if files is None:
        raise click.ClickException(
            f"`{folder}` has neither a `{given['policy']}` nor a manifest.json of `aipol compile`"
        )
    asked = _asked(given, str(folder), "", None)
    chosen = {target.id for target in asked.targets}
    files = {path: text for path, text in files.items() if path.partition("/")[0] in chosen}
    return of_files(asked, files, lambda build: _read_back(build, files))


def against_vendors(given: Mapping[str, Any]) -> Review:
    """The same against what vendors have, which is asked and not changed."""
    from aipol.cli.journals import STATE
    from aipol.cli.remotes import planned, pushing
    from aipol.report.plans import audience, people
    from aipol.review.making import of_vendors

    found, _, policy = pushing(given["policy"], given["chosen"], given["as_of"])
    asked = _asked(given, "what vendors have", "", None, policy)
    if found is None:
        return of_vendors(asked, (), ())
    plans = planned(found, (), Path(STATE)).plans
    whom = sorted({audience(each) for plan in plans for each in people(plan)})
    return of_vendors(asked, tuple(map(_planned, plans)), tuple(whom))


def _asked(
    given: Mapping[str, Any],
    name: str,
    commit: str,
    before: Opened | None,
    after: Opened | None = None,
) -> Asked:
    from aipol.cli.composition import all_targets, known, object_changes, opened
    from aipol.review import Asked
    from aipol.review.making import Named

    policy: str = given["policy"]
    as_of: date = given["as_of"]
    new = after or opened(policy, as_of)
    known(given["chosen"], new)
    every = all_targets()
    chosen = tuple(each for each in every if not given["chosen"] or each.id in given["chosen"])
    base = Named(name, commit, before)
    return Asked(policy, as_of, base, new, _NEW, chosen, every, object_changes)


def _policy_in(folder: Path, policy: str) -> Path | None:
    """The policy of the same path, or of the same name, below a folder."""
    below = [] if Path(policy).is_absolute() else [folder / policy]
    return next((each for each in (*below, folder / Path(policy).name) if each.is_file()), None)


def _generated(folder: Path) -> dict[str, bytes] | None:
    """The artefacts in a folder that `aipol compile` wrote; None where it did not."""
    from aipol.cli.writing import existing_manifest, files_below
    from aipol.report.manifest import COVERAGE, MANIFEST, ManifestError

    try:
        if existing_manifest(folder) is None:
            return None
        names = [name for name in files_below(folder) if name not in {MANIFEST, COVERAGE}]
        return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
    except (ManifestError, OSError) as error:
        raise click.ClickException(f"`{folder}` cannot be read: {error}") from None


def _read_back(build: Build, files: Mapping[str, bytes]) -> tuple[Diagnostic, ...]:
    """Where files, as vendors would read them, do not do what a policy says."""
    from aipol.pipeline import verify_files
    from aipol.target import Artifact

    return tuple(
        finding
        for run in build.runs
        for finding in verify_files(
            run,
            [
                Artifact(name.partition("/")[2], content)
                for name, content in files.items()
                if name.startswith(f"{run.target.id}/")
            ],
        )
    )


def _planned(plan: Plan) -> ObjectChanges:
    from aipol.plan.model import Action
    from aipol.review.objects import ObjectChanges

    def named(*actions: Action) -> tuple[str, ...]:
        return tuple(f"{c.kind} {c.name}" for action in actions for c in plan.of(action))

    return ObjectChanges(
        plan.target,
        named(Action.CREATE),
        named(Action.UPDATE, Action.ADOPT),
        named(Action.DELETE),
        sum(1 for _ in plan.of(Action.NO_OP)),
        plan.place,
    )
