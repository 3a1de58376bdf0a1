"""Find the git repository that a policy is in, and the policy's name there."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import click

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Within:
    """A policy's place in a repository."""

    top: Path
    name: str
    """The policy's path below the top, as it was named: no link was followed to it."""


def within(policy: str) -> Within:
    """Where a policy is in its repository. Wrong usage where that cannot be told for sure.

    A link would lead elsewhere: what a change makes a link would be compared with another file.
    """
    place = Path(os.path.abspath(policy))  # noqa: PTH100 - `resolve` would follow links
    tops = [folder for folder in place.parents if (folder / ".git").exists()]
    if not tops:
        raise click.ClickException(
            f"`{policy}` is in no git repository, and `--base` takes its policy from one"
        )
    real = Path(os.path.realpath(policy))
    if any(real != top.resolve() / place.relative_to(top) for top in tops):
        raise click.ClickException(
            f"`{policy}` is a link, or in a folder that is one: what a revision has of it cannot "
            "be told; name the file itself"
        )
    top = tops[0].resolve()
    _no_submodule(policy, top)
    return Within(top, place.relative_to(tops[0]).as_posix())


def _no_submodule(policy: str, top: Path) -> None:
    """Wrong usage where a policy is in a submodule of the repository that one stands in."""
    outer = git("git fails", top, "rev-parse", "--show-superproject-working-tree").strip()
    if outer and not Path.cwd().is_relative_to(top):
        raise click.ClickException(
            f"`{policy}` is in a submodule, which has revisions of its own: run aipol in "
            f"`{top.name}`, with one of those"
        )


def git(otherwise: str, folder: Path, *arguments: str) -> bytes:
    """What git answers; wrong usage with what it means where it does not, and with its words."""
    try:
        done = subprocess.run(command(folder, *arguments), capture_output=True, check=False)
    except OSError:
        raise no_git() from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise click.ClickException(f"{otherwise} (git: {(said or ['it failed'])[0][:_SHOWN]})")
    return done.stdout


def command(folder: Path, *arguments: str) -> list[str]:
    """The command line that asks git about a folder, and takes no object for another one."""
    return ["git", "--no-replace-objects", "-C", str(folder), *arguments]


def no_git() -> click.ClickException:
    """What is wrong where there is no git."""
    return click.ClickException("git is needed for `--base`, and was not found")
