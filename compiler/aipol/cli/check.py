"""`aipol check`: say what is wrong with a policy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import as_of_option, format_option, policy_argument

if TYPE_CHECKING:
    from aipol.pipeline import Opened


@click.command("check")
@policy_argument
@as_of_option
@format_option
def command(policy: str, as_of: date, format_: str) -> int:
    """Say what is wrong with POLICY (policy/ai-usage.yaml when left out).

    Every finding has its place, a code and a hint; `aipol rule CODE` explains it. Errors and
    warnings make the exit code 1.
    """
    from aipol.cli.composition import opened
    from aipol.cli.reporting import echo, report
    from aipol.diagnostics.model import Severity
    from aipol.diagnostics.quoting import printable
    from aipol.diagnostics.report_text import tally

    checked = opened(policy, as_of)
    echo(report(checked.findings, checked.sources, format_))
    if format_ == "text":
        echo(f"{printable(policy)}: {_size(checked)}{tally(checked.findings)}\n")
    serious = {finding.severity for finding in checked.findings} - {Severity.NOTE}
    return FINDINGS if serious else CLEAN


def _size(checked: Opened) -> str:
    policy = checked.assembled
    if policy is None:
        return ""
    # An edition is no app to write a rule about, so it is none to count.
    rows = checked.catalogue.content["apps"].items()
    known = {*(app_id for app_id, row in rows if "edition_of" not in row), *policy.apps}
    counts = {"rule": len(policy.rules), "group": len(policy.groups), "app": len(known)}
    words = (f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items())
    return f"{', '.join(words)} known: "
