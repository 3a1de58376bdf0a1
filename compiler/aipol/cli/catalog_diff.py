"""`aipol catalog diff`: say what taking a catalogue update would do to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import DEFAULT_POLICY, as_of_option, no_catalogue
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.catalogue.versions import Version
    from aipol.diagnostics import Diagnostic
    from aipol.difference.taking import Taking
    from aipol.pipeline import Opened
    from aipol.source import Sources

_FEW_REMARKS = 3


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--policy",
    default=DEFAULT_POLICY,
    show_default=True,
    metavar="POLICY",
    help="The policy whose people are asked about.",
)
@as_of_option
@formats("text", "json", "markdown")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when it changes anything for people.")
@click.option("-v", "--verbose", is_flag=True, help="Also name what differs without effect.")
def command(
    *,
    old: str,
    new: str,
    policy: str,
    as_of: date,
    form: str,
    exit_code: bool,
    verbose: bool,
) -> int:
    """Say what taking the catalogue NEW in place of OLD would do to people under a policy.

    OLD and NEW are each `shipped`, a directory of YAML, a lock, a git revision (its
    policy/catalogue), or REV:PATH. A policy with errors under either of them makes
    the exit code 1, whatever the options.
    """
    versions = _version(old), _version(new)
    found, sources = taking(policy, as_of, versions)
    _answer(found, sources, form, verbose=verbose)
    if found.fails:
        return FINDINGS
    return FINDINGS if exit_code and found.for_somebody else CLEAN


def taking(policy: str, as_of: date, versions: tuple[Version, Version]) -> tuple[Taking, Sources]:
    """What the second version would do in place of the first, and the texts that it speaks of."""
    from aipol.cli import output
    from aipol.cli.composition import opened_under

    with output.waiting("comparing catalogues"):
        before, after = (opened_under(policy, as_of, each.catalogue) for each in versions)
        return _taking(policy, as_of, versions, (before, after)), after.sources


def _version(text: str) -> Version:
    from aipol.catalogue.load import CatalogueError
    from aipol.catalogue.versions import named
    from aipol.cli import output
    from aipol.diagnostics.quoting import printable

    try:
        found = named(text)
    except CatalogueError as error:
        lines = [printable(line) for line in str(error).splitlines()]
        if _is_directory(text) and (why := no_catalogue(Path(text))):
            # Files without an index can be compared; of a policy's folder all would be faults.
            lines = [why, f"  {lines[0]}"]
        raise click.ClickException("\n".join(lines)) from None
    for file in found.unread:
        output.remark(f"`{file}` was not read: its index.yaml knows no such category")
    return found


def _is_directory(text: str) -> bool:
    try:
        return Path(text).is_dir()
    except (OSError, ValueError):
        return False


def _taking(
    policy: str, as_of: date, versions: tuple[Version, Version], opened: tuple[Opened, Opened]
) -> Taking:
    from aipol.catalogue.compare import contents
    from aipol.difference import difference
    from aipol.difference.taking import Taking

    before, after = opened
    found = None
    if before.ir is not None and after.ir is not None:
        found = difference(before.ir, after.ir)
    return Taking(
        *versions,
        policy,
        as_of,
        contents(versions[0].catalogue, versions[1].catalogue),
        found,
        tuple(finding for finding in after.findings if finding not in before.findings),
        tuple(finding for finding in before.findings if finding not in after.findings),
        tuple(finding for finding in before.findings if finding in after.findings),
    )


def _answer(found: Taking, sources: Sources, form: str, *, verbose: bool) -> None:
    from aipol.cli import output
    from aipol.report import catalogue_versions
    from aipol.report.words import as_json

    if form == "json":
        output.answer(as_json(catalogue_versions.versions_json(found)))
        return
    if form == "markdown":
        output.answer_lines(catalogue_versions.markdown_lines(found))
        return
    for title, errors in catalogue_versions.obstacles(found):
        _findings(title, errors, sources)
    text = catalogue_versions.verbose_text if verbose else catalogue_versions.text
    output.answer_lines(text(found))
    title, remarks = catalogue_versions.remarks(found)
    if verbose or len(remarks) <= _FEW_REMARKS:
        _findings(title, remarks, sources)
    else:
        output.answer_lines([f"{title} `--verbose` shows them"])


def _findings(title: str, found: Sequence[Diagnostic], sources: Sources) -> None:
    from aipol.cli import output
    from aipol.cli.reporting import report

    if found:
        output.answer_lines([title])
        output.answer(report(found, sources, "text"))
