"""`aipol catalog lint`: say what is wrong with a catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import format_option, no_catalogue

if TYPE_CHECKING:
    from aipol.catalogue.tree import Fault
    from aipol.diagnostics.model import Diagnostic


@click.command("lint")
@click.argument("directory", type=click.Path(exists=True, path_type=Path), required=False)
@format_option
def command(directory: Path | None, format_: str) -> int:
    """Say what is wrong with the catalogue in DIRECTORY, the shipped one when left out.

    Sources and tiers, values of each kind, host names, duplicates and contradictions: what CI runs
    on a contribution. Exit code 1 when anything is wrong.
    """
    from aipol.catalogue.lint import lint
    from aipol.catalogue.load import source_directory
    from aipol.cli.reporting import echo, report
    from aipol.diagnostics.quoting import printable
    from aipol.diagnostics.report_text import tally
    from aipol.source import Sources

    place = directory or source_directory()
    if not place.is_dir():
        raise click.ClickException(
            f"`{place}` is a file; give the directory that it lies in: `{place.parent}`"
        )
    if why := no_catalogue(place):
        raise click.ClickException(why)
    faults = lint(place)
    found = tuple(_diagnostic(place, fault) for fault in faults)
    texts = {name: _text(Path(name)) for name in sorted({each.span.file for each in found})}
    echo(report(found, Sources(texts), format_))
    if format_ == "text":
        echo(f"{printable(_near(place))}: {tally(found)}\n")
    return FINDINGS if faults else CLEAN


def _diagnostic(place: Path, fault: Fault) -> Diagnostic:
    from aipol.diagnostics import codes
    from aipol.source import Span

    span = Span(
        f"{_near(place)}/{fault.file}".removeprefix("./"), fault.line, fault.column, fault.width
    )
    return codes.CATALOGUE_FAULT.at(span, why=fault.message)


def _near(path: Path) -> str:
    """The path as a person would type it from here."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (OSError, RuntimeError, ValueError):
        return path.as_posix()


def _text(path: Path) -> str:
    from aipol.catalogue.tree import UnreadableError, contents_of

    try:
        return contents_of(path).decode(errors="replace")
    except UnreadableError:
        return ""
