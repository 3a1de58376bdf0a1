"""Lay out what a git revision has, beside the working tree and without touching it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from aipol.cli.objects import FILES, Entry, entries, write_out
from aipol.cli.repository import git, within

_SINCE = "..."
"""Behind a revision, as in `git diff main...`: where HEAD left it, whatever came to it since."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A revision, laid out in a folder that goes again."""

    folder: Path
    commit: str
    policy: Path
    """Where the policy is, if the revision has it."""
    name: str
    """The policy's path below the top of the repository."""
    top: Path
    """The top of the repository."""

    @property
    def has_policy(self) -> bool:
        """Whether the revision has the policy."""
        return self.policy.is_file()


@contextmanager
def at_revision(policy: str, revision: str) -> Iterator[Laid]:
    """What a revision has, the policy with it. Wrong usage where it has none."""
    with laid_out(policy, revision) as laid:
        if not laid.has_policy:
            raise click.ClickException(f"`{revision}` has no `{laid.name}`")
        yield laid


@contextmanager
def laid_out(policy: str, revision: str) -> Iterator[Laid]:
    """Everything that a revision has, in a folder that goes again, whether or not the policy is.

    Everything, for a policy may extend, lock and overlay by paths; and as it was committed,
    whatever attributes say of it: whoever writes them would write the base.
    """
    place = within(policy)
    commit = _commit(place.top, revision)
    found = tuple(entries(place.top, commit))
    _plain(place.name, revision, found)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        write_out(place.top, found, folder)
        yield Laid(folder, commit, folder / place.name, place.name, place.top)


def _plain(name: str, revision: str, found: tuple[Entry, ...]) -> None:
    """Wrong usage where a revision has a link or a submodule where the policy is."""
    for entry in found:
        odd = entry.mode not in FILES or not entry.is_laid_out
        if odd and (entry.name == name or name.startswith(f"{entry.name}/")):
            raise click.ClickException(
                f"`{name}` cannot be laid out as `{revision}` has it: `{entry.name}` is "
                f"{'no plain file' if entry.mode not in FILES else 'too large'} there"
            )


def _commit(root: Path, revision: str) -> str:
    """The commit that a revision is; with dots behind it, the last one that HEAD has of it."""
    name = revision.removesuffix(_SINCE)
    if not git("git failed", root, "rev-list", "--all", "-n1").strip():
        raise click.ClickException("nothing is committed yet, so there is nothing to compare with")
    said = git(
        f"`{name}` is no revision that is here; name a branch, a tag or a commit, such as "
        "`origin/main`, and where a job has only its own commit, `git fetch` it first",
        root,
        *("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}"),
    )
    commit = said.decode().strip()
    if name == revision:
        return commit
    why = f"`{name}` and HEAD have no commit in common here; where a job has few, fetch more"
    return git(why, root, "merge-base", commit, "HEAD").decode().strip()
