"""Put findings on the screen or into a pipe, in the form that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

import click

from aipol.diagnostics.model import Diagnostic
from aipol.source import Sources

Report = Callable[[Sequence[Diagnostic], Sources], str]


def report(findings: Sequence[Diagnostic], sources: Sources, form: str) -> str:
    """The findings in one of the forms of `--format`."""
    return _report(form)(findings, sources)


def echo(text: str) -> None:
    """Write to stdout, in colour where the text has any."""
    click.echo(text, nl=False, color=True)


def in_colour() -> bool:
    """Whether a person with a terminal that shows colours reads the answer."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def _report(form: str) -> Report:
    match form:
        case "json":
            from aipol.diagnostics.report_json import report_json

            return report_json
        case "markdown":
            from aipol.diagnostics.report_markdown import report_markdown

            return report_markdown
        case "sarif":
            from aipol.diagnostics.report_sarif import report_sarif

            return report_sarif
        case "github":
            from aipol.diagnostics.report_github import report_github

            return report_github
        case _:
            from aipol.diagnostics.report_text import report_colour, report_text

            return report_colour if in_colour() else report_text
