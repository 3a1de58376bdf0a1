"""Put findings into the order in which an author reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic

MAX_FINDINGS = 200


def in_order(file: str, findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings of one file by place; past what anybody reads, only that there are more."""
    ordered = sorted(findings, key=lambda finding: finding.sort_key)
    if len(ordered) < MAX_FINDINGS:
        return tuple(ordered)
    kept = ordered[:MAX_FINDINGS]
    hint = "mend these, then check again"
    more = codes.MORE_FINDINGS.at(kept[-1].span, file=file, limit=MAX_FINDINGS, hint=hint)
    return (*kept, more)


def in_reading_order(
    findings: Iterable[Diagnostic], layers: Sequence[str]
) -> tuple[Diagnostic, ...]:
    """Findings by file, the child's first, and by place within a file."""
    position = {file: number for number, file in enumerate(layers)}
    return tuple(
        sorted(findings, key=lambda found: (position.get(found.span.file, -1), found.sort_key))
    )
