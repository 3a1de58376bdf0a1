"""Say where changes of a folder go: its repository, and the branch they are merged into."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

MAIN = "main"
"""What the branch is taken to be called where nobody says."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
"""Names that mean themselves in any file: others are patterns or end a quotation somewhere."""
_ORIGIN = "origin/"


def repository(folder: Path) -> Path | None:
    """The top of the repository that a folder is in, or would be; None where it is in none."""
    top = _asked(folder, "rev-parse", "--show-toplevel")
    return Path(top).resolve() if top else None


def merged_into(folder: Path) -> str:
    """The branch that the remote calls its own, or else the one that is checked out."""
    theirs = _asked(folder, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    name = theirs.removeprefix(_ORIGIN) or _asked(folder, "symbolic-ref", "--short", "HEAD")
    return name if _PLAIN.fullmatch(name) else MAIN


def _asked(folder: Path, *arguments: str) -> str:
    """What git says; nothing where there is no git, or nothing to say."""
    place = folder.resolve()
    nearest = next(each for each in (place, *place.parents) if each.is_dir())
    command = ["git", "-C", str(nearest), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
