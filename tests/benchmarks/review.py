"""Measures what a review takes: seconds and lines of five changes of the example policy.

Run from the root of the repository: `python tests/benchmarks/review.py`. Each change is made in a
repository of its own, and compared in a process of its own, three times; the median is told.
These are measurements to read, not tests to pass.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATHS = os.pathsep.join(str(ROOT / name) for name in ("compiler", "targets"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": PATHS}
REPEATS = 3
NOTES = "  - id: notes\n"


def widened(text: str) -> str:
    """A rule that is about one group more."""
    return text.replace("groups: [sales]\n", "groups: [sales, leadership]\n", 1)


def laid_out(text: str) -> str:
    """Another layout."""
    return text.replace("\n\n", "\n\n\n")


def moved(text: str) -> str:
    """A rule that moved below another one about the same people."""
    start, end = text.index("  - id: notes-sales\n"), text.index(NOTES)
    after = text.index("  - id: ", end + len(NOTES))
    return text[:start] + text[end:after] + text[start:end] + text[after:]


def unlisted(text: str) -> str:
    """A setting for everybody."""
    return text.replace("unlisted_ai: block", "unlisted_ai: allow")


CHANGES: dict[str, Callable[[str], str]] = {
    "nothing": str,
    "a rule widened": widened,
    "another layout": laid_out,
    "a rule moved": moved,
    "a setting": unlisted,
}


def measured(folder: Path, edit: Callable[[str], str]) -> tuple[float, int]:
    """Seconds, and lines of the comment."""
    policy = folder / "policy" / "ai-usage.yaml"
    original = policy.read_text(encoding="utf-8")
    policy.write_text(edit(original), encoding="utf-8")
    taken, lines = [], 0
    for _ in range(REPEATS):
        start = time.perf_counter()
        command = (sys.executable, "-m", "aipol", "diff", "--format", "markdown")
        done = subprocess.run(
            command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
        taken.append(time.perf_counter() - start)
        lines = done.stdout.count("\n")
    policy.write_text(original, encoding="utf-8")
    return statistics.median(taken), lines


def main() -> None:
    """Print a line for each change."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "policy", folder / "policy")
        person = ("-c", "user.name=b", "-c", "user.email=b@b.example")
        for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "one")):
            subprocess.run(("git", *person, *arguments), cwd=folder, check=True)
        for what, edit in CHANGES.items():
            seconds, lines = measured(folder, edit)
            sys.stdout.write(f"{what:20} {seconds:6.2f} s {lines:4} lines\n")


if __name__ == "__main__":
    main()
