"""`aipol fmt`: bring a policy into the canonical layout."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import policy_argument


@click.command("fmt")
@policy_argument
@click.option("--check", "only_check", is_flag=True, help="Write nothing; show what would change.")
def command(policy: str, *, only_check: bool) -> int:
    """Bring POLICY (policy/ai-usage.yaml when left out) into the canonical layout.

    Comments and order stay; the values are compared before anything is written.
    """
    from aipol.cli.reporting import echo, report
    from aipol.diagnostics.model import has_errors
    from aipol.language.layout import LayoutError, canonical
    from aipol.language.load import load

    _, findings, sources = load(policy)
    if has_errors(findings):
        echo(report(findings, sources, "text"))
        return FINDINGS
    before = Path(policy).read_bytes()
    try:
        after = canonical(sources.texts[policy])
    except LayoutError as error:
        click.echo(f"{policy}: left as it is: {error}", err=True)
        return FINDINGS
    if before == after.encode():
        click.echo(f"{policy}: already formatted")
        return CLEAN
    if only_check:
        echo(_difference(policy, sources.texts[policy], after))
        click.echo(f"{policy}: would be formatted")
        return FINDINGS
    from aipol.cli.replacing import write_atomically

    write_atomically(Path(policy), after.encode())
    click.echo(f"{policy}: formatted")
    return CLEAN


def _difference(policy: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        policy,
        f"{policy} (formatted)",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
