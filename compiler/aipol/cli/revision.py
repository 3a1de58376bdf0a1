"""Lay out what a git revision has, beside the working tree and without touching it."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

_SHOWN = 200


@contextmanager
def at_revision(policy: str, revision: str) -> Iterator[str]:
    """The policy as a revision has it, in a folder that goes again. Wrong usage where it has none.

    Everything of the revision is laid out: a policy may extend, lock and overlay by paths.
    """
    place = Path(policy).resolve()
    whole = f"`{policy}` is in no git repository, and `--base` takes its policy from one"
    root = Path(
        _git(whole, place.parent, "rev-parse", "--show-toplevel").decode().strip()
    ).resolve()
    commit = _git(
        f"`{revision}` is no revision that is here; name a branch, a tag or a commit, such as "
        "`origin/main`, and where a job has only its own commit, `git fetch` it first",
        root,
        *("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}"),
    )
    archive = _git(
        f"`{revision}` cannot be laid out", root, "archive", "--format=tar", commit.decode().strip()
    )
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        found = Path(folder) / place.relative_to(root)
        if not found.is_file():
            raise click.ClickException(f"`{revision}` has no `{place.relative_to(root)}`")
        yield str(found)


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
