"""Render findings for a comment on a change."""

from __future__ import annotations

from collections.abc import Sequence

from aipol.diagnostics.model import Diagnostic
from aipol.diagnostics.quoting import entities
from aipol.diagnostics.report_text import tally
from aipol.source import Sources


def report_markdown(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """A heading with the tally, and one table row a finding."""
    del sources  # the comment stands beside the lines
    heading = f"### aipol check: {tally(diagnostics)}\n"
    if not diagnostics:
        return heading
    rows = "".join(f"{_row(finding)}\n" for finding in diagnostics)
    return f"{heading}\n| | place | finding |\n| --- | --- | --- |\n{rows}"


def _row(finding: Diagnostic) -> str:
    hint = f"<br>{_text(finding.hint)}" if finding.hint else ""
    related = "".join(
        f"<br>{_text(other.message)}: {_code(str(other.span))}" for other in finding.related
    )
    place = _code(str(finding.span))
    return (
        f"| {finding.severity} {finding.code} | {place} | {_text(finding.message)}{related}{hint} |"
    )


def _text(text: str) -> str:
    """Our own backticks become code; nothing in between can become markup."""
    parts = text.split("`")
    return "".join(
        _code(part) if number % 2 else entities(part) for number, part in enumerate(parts)
    )


def _code(text: str) -> str:
    return f"<code>{entities(text)}</code>"
