"""`aipol fmt`: bring policies into the canonical layout."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import DEFAULT_POLICY

STANDARD_INPUT = "-"


@click.command("fmt")
@click.argument("policies", nargs=-1, metavar="[POLICY]...")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; show what would change.")
def command(policies: tuple[str, ...], *, only_check: bool) -> int:
    """Bring each POLICY (policy/ai-usage.yaml when left out) into the canonical layout.

    Comments and order stay; the values are compared before anything is written. Of `-`, standard
    input, the layout goes to standard output. A base, an inventory or an overlay is formatted
    where it is named.
    """
    named = dict.fromkeys(policies or (DEFAULT_POLICY,))
    return max(
        _input(only_check=only_check)
        if each == STANDARD_INPUT
        else _file(each, only_check=only_check)
        for each in named
    )


def _file(policy: str, *, only_check: bool) -> int:
    """One file: whether it is, or now is, as it should be."""
    from aipol.cli.replacing import write_atomically
    from aipol.cli.reporting import echo, report
    from aipol.cli.rewriting import unified
    from aipol.language.load import load

    _, findings, sources = load(policy)
    if findings:
        echo(report(findings, sources, "text"))
        return FINDINGS
    before = sources.texts[policy]
    after = _laid_out(policy, before)
    if after is None:
        return FINDINGS
    if Path(policy).read_bytes() == after.encode():
        click.echo(f"{policy}: already formatted")
        return CLEAN
    if only_check:
        echo(unified(policy, before, after, "formatted"))
        click.echo(f"{policy}: would be formatted")
        return FINDINGS
    write_atomically(Path(policy), after.encode())
    click.echo(f"{policy}: formatted")
    return CLEAN


def _input(*, only_check: bool) -> int:
    """Standard input: for an editor that formats what it has not saved."""
    from aipol.cli.reporting import echo, report
    from aipol.cli.rewriting import unified
    from aipol.language.load import load_text
    from aipol.language.text import decoded
    from aipol.source import Sources

    name = "standard input"
    before, findings = decoded(name, sys.stdin.buffer.read())
    findings = findings or load_text(name, before)[1]
    if findings:
        click.echo(report(findings, Sources({name: before}), "text"), nl=False, err=True)
        return FINDINGS
    after = _laid_out(name, before)
    if after is None:
        return FINDINGS
    if only_check:
        echo(unified(name, before, after, "formatted"))
        return CLEAN if before == after else FINDINGS
    echo(after)
    return CLEAN


def _laid_out(name: str, text: str) -> str | None:
    """The canonical layout; None, and why, where a text must stay as it is."""
    from aipol.language.layout import LayoutError, canonical

    try:
        return canonical(text)
    except LayoutError as error:
        click.echo(f"{name}: left as it is: {error}", err=True)
        return None
