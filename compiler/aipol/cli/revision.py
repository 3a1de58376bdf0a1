"""Lay out what a git revision has, beside the working tree and without touching it."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

_SHOWN = 200
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

    @property
    def has_policy(self) -> bool:
        """Whether the revision has the policy."""
        return self.policy.is_file()


@contextmanager
def at_revision(policy: str, revision: str) -> Iterator[str]:
    """The policy as a revision has it, in a folder that goes again. Wrong usage where it has none.

    Everything of the revision is laid out: a policy may extend, lock and overlay by paths.
    """
    with laid_out(policy, revision) as laid:
        if not laid.has_policy:
            raise click.ClickException(f"`{revision}` has no `{laid.name}`")
        yield str(laid.policy)


@contextmanager
def laid_out(policy: str, revision: str) -> Iterator[Laid]:
    """Everything that a revision has, in a folder that goes again, whether or not the policy is."""
    place = Path(policy).resolve()
    nearest = next(folder for folder in place.parents if folder.is_dir())
    whole = f"`{policy}` is in no git repository, and `--base` takes its policy from one"
    top = _git(whole, nearest, "rev-parse", "--show-toplevel")
    root = Path(top.decode().strip()).resolve()
    commit = _commit(root, revision)
    name = place.relative_to(root).as_posix()
    with tempfile.TemporaryDirectory() as folder:
        _unpack(f"`{revision}` cannot be laid out", root, commit, folder)
        laid = Laid(Path(folder), commit, Path(folder) / name, name)
        if not laid.has_policy and _knows(root, f"{commit}:{name}"):
            raise click.ClickException(
                f"`{name}` cannot be laid out as `{revision}` has it: it is a link, or git leaves "
                "it out of archives (`export-ignore`)"
            )
        yield laid


def _unpack(otherwise: str, root: Path, commit: str, folder: str) -> None:
    """Lay out all that a commit has in a folder; it may have nothing."""
    archive = _git(otherwise, root, "archive", "--format=tar", f"{commit}^{{tree}}")
    if archive.strip(b"\0"):
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter=_harmless)  # noqa: S202 - nothing leads out of the folder


def _commit(root: Path, revision: str) -> str:
    """The commit that a revision is; with dots behind it, the last one that HEAD has of it."""
    name = revision.removesuffix(_SINCE)
    if not _knows(root, "HEAD") and not _git("git failed", root, "rev-list", "--all", "-n1"):
        raise click.ClickException("nothing is committed yet, so there is nothing to compare with")
    said = _git(
        f"`{name}` is no revision that is here; name a branch, a tag or a commit, such as "
        "`origin/main`, and where a job has only its own commit, `git fetch` it first",
        root,
        *("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}"),
    )
    commit = said.decode().strip()
    if name == revision:
        return commit
    why = f"`{name}` and HEAD have no commit in common here; where a job has few, fetch more"
    return _git(why, root, "merge-base", commit, "HEAD").decode().strip()


def _harmless(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """What is to be laid out of an archive; what would lead out of the folder is not."""
    try:
        return tarfile.data_filter(member, folder)
    except tarfile.FilterError:
        return None


def _knows(root: Path, thing: str) -> bool:
    try:
        _git("", root, "cat-file", "-e", thing)
    except click.ClickException:
        return False
    return True


def _git(otherwise: str, folder: Path, *arguments: str) -> bytes:
    """What git answers; wrong usage with what it means where it does not, and with its words."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            check=False,
        )
    except OSError:
        raise click.ClickException("git is needed for `--base`, and was not found") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise click.ClickException(f"{otherwise} (git: {(said or ['it failed'])[0][:_SHOWN]})")
    return done.stdout
