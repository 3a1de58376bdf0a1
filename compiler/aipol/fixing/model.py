"""What a fix is: the finding it resolves, and what becomes of the text."""

from __future__ import annotations

from dataclasses import dataclass

from aipol.language.document import Path
from aipol.source import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` to before `end` become `text`."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to resolve one finding.

    A fix that repairs makes an error go; any other must leave what the policy decides as it is.
    """

    code: str
    span: Span
    says: str
    edit: Edit
    gone: Path
    """What is not there afterwards, or has another value."""
    come: Path | None
    """Where what takes its place is; nothing does where this is None."""
    repairs: bool

    @property
    def sort_key(self) -> tuple[Span, str]:
        """Reading order."""
        return self.span, self.code


@dataclass(frozen=True, slots=True)
class Refused:
    """A fix that was tried and taken back, and why."""

    fix: Fix
    why: str


def applied(text: str, fixes: tuple[Fix, ...]) -> str:
    """The text with the edits made; none of them may overlap."""
    for fix in sorted(fixes, key=lambda fix: fix.edit.start, reverse=True):
        text = text[: fix.edit.start] + fix.edit.text + text[fix.edit.end :]
    return text


def apart(fixes: tuple[Fix, ...]) -> tuple[Fix, ...]:
    """As many of the fixes, from the first on, as do not overlap."""
    kept: list[Fix] = []
    for fix in sorted(fixes, key=lambda fix: (fix.edit.start, fix.edit.end)):
        if not kept or kept[-1].edit.end <= fix.edit.start:
            kept.append(fix)
    return tuple(kept)
