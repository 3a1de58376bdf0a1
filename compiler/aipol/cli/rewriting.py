"""Show what becomes of a file that is rewritten."""

from __future__ import annotations

import difflib


def unified(file: str, before: str, after: str, what: str) -> str:
    """The lines that go and the lines that come, as `diff -u` shows them."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), file, f"{file} ({what})"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
