"""Put answers on stdout and the conversation on stderr, safely for any terminal."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.diagnostics.model import Diagnostic, has_errors
from aipol.source import Sources

F = TypeVar("F", bound=Callable[..., Any])
_PATIENCE = 1.0
_BEAT = 0.25
_PIECES = 1_000


def formats(*names: str) -> Callable[[F], F]:
    """The `--format` option of a verb."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="The form of the answer.",
    )


def answer(text: str) -> None:
    """Write the answer."""
    from aipol.cli.reporting import echo

    echo(text)


def width() -> int:
    """The columns that the answer's reader has: a terminal's, or as many as it takes elsewhere."""
    return shutil.get_terminal_size((sys.maxsize, 0)).columns


def answer_pieces(pieces: Iterable[str]) -> None:
    """Write an answer that is too long to be put together first."""
    from itertools import islice

    remaining = iter(pieces)
    while several := "".join(islice(remaining, _PIECES)):
        answer(several)


def answer_lines(lines: Iterable[str]) -> None:
    """Write the answer, made safe line by line for whatever shows it."""
    from aipol.diagnostics.quoting import printable

    answer("".join(f"{printable(line)}\n" for line in lines))


def remark(text: str) -> None:
    """Say something that is no part of the answer."""
    from aipol.diagnostics.quoting import printable

    click.echo(printable(text), err=True)


def findings(found: Sequence[Diagnostic], sources: Sources, form: str, schema: str) -> int:
    """Write findings as `aipol check` does, under the verb's own JSON schema; the exit code."""
    if form == "json":
        from aipol.report.words import as_json

        answer(as_json({"schema": schema, "ok": False, "findings": findings_json(found)}))
    else:
        from aipol.cli.reporting import report
        from aipol.diagnostics.report_text import tally

        answer(report(found, sources, form))
        if form == "text":
            answer(f"{tally(found)}\n")
    return FINDINGS if has_errors(tuple(found)) else CLEAN


def findings_json(found: Iterable[Diagnostic]) -> list[Any]:
    """Findings as every JSON answer has them."""
    from aipol.diagnostics.report_json import finding_as_json

    return [dict(finding_as_json(finding)) for finding in found]


def warnings(found: Sequence[Diagnostic], sources: Sources) -> None:
    """Show on stderr what does not stop anything."""
    if found:
        from aipol.diagnostics.report_text import report_text

        click.echo(report_text(found, sources), err=True, nl=False)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """While it takes more than a second, show on a terminal that something is going on."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()

    def show() -> None:
        seconds = _PATIENCE
        if done.wait(_PATIENCE):
            return
        while not done.wait(_BEAT):
            seconds += _BEAT
            sys.stderr.write(f"\r\x1b[2K{what} ... {seconds:.0f} s")
            sys.stderr.flush()
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
