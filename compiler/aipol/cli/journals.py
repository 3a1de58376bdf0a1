"""Find the journals of a policy's places, and hold the places while they are changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from aipol.apply.journal import Journal
    from aipol.remote import Remote

STATE = ".aipol"
_JOURNALS = "journals"
_LOCK = "lock"

state_option = click.option(
    "--state",
    "state",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(STATE),
    show_default=True,
    metavar="DIR",
    help="Where the journals of what was applied are kept.",
)


def unwritable(path: Path, error: OSError) -> click.ClickException:
    """That a journal cannot be written, and so nothing more is done."""
    from aipol.durable import why

    text = f"cannot write the journal `{path}`: {why(error)}; nothing more is changed without it"
    return click.ClickException(text)


def folder_of(state: Path, target: str) -> Path:
    """Where the journals of a target are."""
    return state / _JOURNALS / target


def journals_of(state: Path, remote: Remote) -> tuple[Journal, ...]:
    """The journals of what was done at a remote's place, the oldest first."""
    several = read_journals(state, remote.target)
    return tuple(each for each in several if each.head.plan.place == remote.place)


def read_journals(state: Path, target: str) -> Iterator[Journal]:
    """All journals of a target, the oldest first; those cut short before anything was done not."""
    from aipol.apply.journal import JournalError, NotBegun, journals, read

    for path in journals(folder_of(state, target)):
        try:
            yield read(path)
        except NotBegun:
            continue
        except JournalError as error:
            raise click.ClickException(f"`{path}`: {error}; move it away") from None


def _begun(state: Path) -> None:
    """Make the folder of all journals, where git leaves out what it has: it may be sensitive.

    One that is there stays as it is, for somebody may keep theirs in git on purpose.
    """
    folder = state / _JOURNALS
    try:
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(folder, error) from None


@contextmanager
def held(state: Path, remotes: tuple[Remote, ...]) -> Iterator[None]:
    """Keep other runs on this machine from changing the same targets meanwhile."""
    from aipol.durable import OutputError, locked

    try:
        with ExitStack() as stack:
            _begun(state)
            for remote in sorted(remotes, key=lambda each: each.target):
                folder = folder_of(state, remote.target)
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / _LOCK).touch(mode=0o600)
                except OSError as error:
                    raise unwritable(folder, error) from None
                busy = f"another aipol is changing {remote.target} (it holds `{folder}`)"
                stack.enter_context(locked(folder / _LOCK, busy))
            yield
    except OutputError as error:
        raise click.ClickException(str(error)) from None
