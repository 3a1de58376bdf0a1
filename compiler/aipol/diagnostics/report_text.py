"""Render findings for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aipol.diagnostics.model import Diagnostic, Severity
from aipol.diagnostics.quoting import printable, window
from aipol.source import Sources, Span

_ROOM = 100
_HINT_COLUMN = 41


@dataclass(frozen=True, slots=True)
class Palette:
    """What is written before a part of a report to colour it; `end` after it."""

    place: str = ""
    error: str = ""
    warning: str = ""
    note: str = ""
    quiet: str = ""
    end: str = ""


PLAIN = Palette()
COLOUR = Palette(
    place="\x1b[1m",
    error="\x1b[1;31m",
    warning="\x1b[1;33m",
    note="\x1b[1;36m",
    quiet="\x1b[2m",
    end="\x1b[0m",
)


def report_text(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """The findings in plain text, with the lines they are about."""
    return _report(diagnostics, sources, PLAIN)


def report_colour(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """The same for a terminal that shows colours."""
    return _report(diagnostics, sources, COLOUR)


def tally(diagnostics: Iterable[Diagnostic]) -> str:
    """How many findings there are of each weight: `2 errors, 1 warning`."""
    counts = Counter(finding.severity for finding in diagnostics)
    parts = [
        f"{counts[severity]} {severity}{'' if counts[severity] == 1 else 's'}"
        for severity in Severity
        if counts[severity]
    ]
    return ", ".join(parts) or "no findings"


def _report(diagnostics: Sequence[Diagnostic], sources: Sources, palette: Palette) -> str:
    lines = [line for finding in diagnostics for line in _finding(finding, sources, palette)]
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Diagnostic, sources: Sources, palette: Palette) -> Iterator[str]:
    colour = {
        Severity.ERROR: palette.error,
        Severity.WARNING: palette.warning,
        Severity.NOTE: palette.note,
    }[finding.severity]
    place = f"{palette.place}{printable(str(finding.span))}:{palette.end}"
    kind = f"{colour}{finding.severity}[{finding.code}]{palette.end}"
    yield f"{place} {kind} {printable(finding.message)}"
    yield from _quote(finding.span, sources, colour, palette)
    for other in finding.related:
        place = f"{palette.place}{printable(str(other.span))}:{palette.end}"
        yield f"  {place} {printable(other.message)}"
        yield from _quote(other.span, sources, palette.quiet, palette)
    hint = f"hint: {printable(finding.hint)}" if finding.hint else ""
    more = f"{palette.quiet}more: aipol rule {finding.code}{palette.end}"
    yield f"  {hint:<{_HINT_COLUMN - 2}}  {more}" if hint else f"  {more}"


def _quote(span: Span, sources: Sources, colour: str, palette: Palette) -> Iterator[str]:
    line = sources.line(span)
    if not line:
        return
    shown, before, marked = window(line, span.column - 1, span.width, _ROOM)
    gutter = f"{span.line:>5} |"
    yield f"{palette.quiet}{gutter}{palette.end} {shown}"
    carets = f"{' ' * before}{colour}{'^' * marked}{palette.end}"
    yield f"{palette.quiet}{' ' * (len(gutter) - 1)}|{palette.end} {carets}"
