"""Render findings as SARIF 2.1.0, which code-scanning services read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from aipol import __version__
from aipol.diagnostics.codes import BY_CODE
from aipol.diagnostics.model import Diagnostic
from aipol.source import Sources, Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report_sarif(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """The findings as one SARIF log with one run."""
    del sources  # the service quotes the file it has checked out
    codes = sorted({finding.code for finding in diagnostics})
    run = {
        "tool": {
            "driver": {
                "name": "aipol",
                "semanticVersion": __version__,
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code)) for finding in diagnostics],
    }
    return f"{json.dumps({'$schema': _SCHEMA, 'version': '2.1.0', 'runs': [run]}, indent=2)}\n"


def _rule(code: str) -> Mapping[str, Any]:
    rule = BY_CODE[code]
    name = "".join(word.capitalize() for word in rule.name.split("-"))
    return {
        "id": code,
        "name": name,
        "shortDescription": {"text": rule.name.replace("-", " ")},
        "help": {"text": f"aipol rule {code}"},
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _result(finding: Diagnostic, index: int) -> Mapping[str, Any]:
    text = f"{finding.message}. {finding.hint}" if finding.hint else finding.message
    related = [
        {"id": number, "message": {"text": other.message}, **_location(other.span)}
        for number, other in enumerate(finding.related, start=1)
    ]
    result = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": str(finding.severity),
        "message": {"text": text},
        "locations": [_location(finding.span)],
    }
    return {**result, "relatedLocations": related} if related else result


def _location(span: Span) -> Mapping[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {
                "uri": quote(span.file.replace("\\", "/"), errors="surrogateescape")
            },
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endColumn": span.column + span.width,
            },
        }
    }
