"""Write the files of a git commit into a folder, as they were committed."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click

from aipol.cli.repository import command, git, no_git

FILES = frozenset({"100644", "100755", "100664"})
"""What git calls plain files; the last is of old."""
LARGEST = 32_000_000
"""No file of a policy is larger; what is larger is left out, and missed where it is named."""
MOST = 2_000_000_000
"""So many bytes at most are written."""
_LEADS_OUT = {"", ".", ".."}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a commit has under a name."""

    mode: str
    digest: str
    size: int
    name: str

    @property
    def is_laid_out(self) -> bool:
        """Whether it is a plain file that can be one of a policy: links lead anywhere."""
        parts = self.name.replace("\\", "/").split("/")
        return self.mode in FILES and self.size <= LARGEST and _LEADS_OUT.isdisjoint(parts)


def entries(top: Path, commit: str) -> Iterator[Entry]:
    """Everything that a commit has."""
    why = f"`{commit}` cannot be laid out"
    said = git(why, top, "ls-tree", "-r", "-z", "-l", "--full-tree", commit)
    for row in said.split(b"\0")[:-1]:
        head, _, name = row.partition(b"\t")
        mode, _, digest, size = head.decode().split()
        yield Entry(mode, digest, int(size) if size.isdigit() else 0, os.fsdecode(name))


def write_out(top: Path, found: Sequence[Entry], folder: Path) -> None:
    """Write the plain files of a commit below a folder that is empty."""
    wanted = [entry for entry in found if entry.is_laid_out]
    if sum(entry.size for entry in wanted) > MOST:
        raise click.ClickException(f"a revision of more than {MOST} bytes is not laid out")
    if not wanted:
        return
    with tempfile.TemporaryFile() as asked:
        # A file, for git answers while it is asked, and nobody would read.
        asked.write(b"".join(b"%s\n" % entry.digest.encode() for entry in wanted))
        asked.seek(0)
        try:
            process = subprocess.Popen(
                command(top, "cat-file", "--batch"), stdin=asked, stdout=subprocess.PIPE
            )
        except OSError:
            raise no_git() from None
        with process:
            try:
                _write(process.stdout, wanted, folder)
            finally:
                process.kill()


def _write(answers: IO[bytes] | None, wanted: Sequence[Entry], folder: Path) -> None:
    for entry in wanted:
        content = _next(answers, entry)
        file = folder / entry.name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # Two names that are one on this disk are none of a policy that can be compared.
            with file.open("xb") as stream:
                stream.write(content)
        except (OSError, ValueError) as error:
            raise click.ClickException(f"`{entry.name}` cannot be laid out: {error}") from None


def _next(answers: IO[bytes] | None, entry: Entry) -> bytes:
    """The content of an entry, which is the next that git tells."""
    head = answers.readline() if answers else b""
    if answers is None or head.split() != [entry.digest.encode(), b"blob", b"%d" % entry.size]:
        raise click.ClickException(f"git cannot read `{entry.name}` of the revision")
    content = answers.read(entry.size + 1)
    if len(content) != entry.size + 1:
        raise click.ClickException(f"git cannot read `{entry.name}` of the revision")
    return content[:-1]
