"""Render findings for a program."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from aipol.diagnostics.model import Diagnostic, Severity
from aipol.source import Sources, Span

SCHEMA = "aipol.check/1"


def report_json(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """The findings as one JSON object; `schema` changes when its form does."""
    del sources  # a program reads the file itself
    counts = Counter(finding.severity for finding in diagnostics)
    report = {
        "schema": SCHEMA,
        "findings": [finding_as_json(finding) for finding in diagnostics],
        "counts": {str(severity): counts[severity] for severity in Severity},
    }
    return f"{json.dumps(report, indent=2)}\n"


def finding_as_json(finding: Diagnostic) -> Mapping[str, Any]:
    """One finding as every JSON answer of aipol has it."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        **_place(finding.span),
        "message": finding.message,
        "hint": finding.hint,
        "related": [{**_place(other.span), "message": other.message} for other in finding.related],
    }


def _place(span: Span) -> Mapping[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_column": span.column + span.width,
    }
