"""Says, after a compile, what to do next: only commands that work where it was run."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from aipol.report.reasons import modes

if TYPE_CHECKING:
    from aipol.pipeline import Build
    from aipol.target import Target

OURS = "aipol_targets"


def next_lines(
    build: Build, place: Path, policy: str, program: str, *, tracked: bool
) -> Iterator[str]:
    """What to look at, how to install it, and which setting makes a target act.

    `policy` is the argument that names the policy, empty for the usual one; `program` is aipol as
    the shell finds it.
    """
    about = f" {policy}" if policy else ""
    look = f"git diff {place}" if tracked and in_git(place) else f"look at {place}"
    ask = f"{program} explain --app APP --surface web"
    yield f"Next: {look}; {program} coverage{about}; {ask}{about}"
    own = list(dict.fromkeys(run.target.id for run in build.runs if _is_ours(run.target)))
    if own:
        names = own[0] if len(own) == 1 else f"{{{','.join(own)}}}"
        yield f"To install: targets/{OURS}/{names}/README.md in aipol's repository."
    for target, reason in sorted(modes(build.matrix).items()):
        yield f"To make {target} act: {reason.advice}."


def in_git(place: Path) -> bool:
    """Whether git shows what changes in a folder, as far as its files say without running it."""
    whole = place.resolve()
    parts: list[str] = []
    for folder in (whole, *whole.parents):
        if any(_ignores(folder / ".gitignore", part) for part in parts):
            return False
        if (folder / ".git").exists():
            return True
        parts.append(folder.name)
    return False


def _ignores(file: Path, name: str) -> bool:
    """Whether any pattern may be about `name`; where that is unclear it is."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    patterns = (line.strip().strip("/") for line in lines if line.strip()[:1] not in {"", "#", "!"})
    return any(fnmatch(name, part) for pattern in patterns for part in pattern.split("/") if part)


def _is_ours(target: Target) -> bool:
    return target.settings.__module__.partition(".")[0] == OURS
