"""Render findings as workflow commands, which GitHub Actions shows beside the changed lines."""

from __future__ import annotations

from collections.abc import Sequence

from aipol.diagnostics.model import Diagnostic, Severity
from aipol.diagnostics.quoting import printable
from aipol.source import Sources

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def report_github(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """One workflow command a finding."""
    del sources  # GitHub shows the line itself
    return "".join(f"{_command(finding)}\n" for finding in diagnostics)


def _command(finding: Diagnostic) -> str:
    span = finding.span
    properties = {
        "file": span.file,
        "line": str(span.line),
        "col": str(span.column),
        "endColumn": str(span.column + span.width),
        "title": f"{finding.code} {finding.name}",
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    places = [f"{other.message}: {other.span}" for other in finding.related]
    lines = [finding.message, *places, *([f"hint: {finding.hint}"] if finding.hint else [])]
    return f"::{_COMMANDS[finding.severity]} {listed}::{'%0A'.join(map(_data, lines))}"


def _data(text: str) -> str:
    """Text after the second `::`: whatever could start another command is escaped."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
