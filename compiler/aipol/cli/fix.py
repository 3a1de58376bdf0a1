"""`aipol fix`: mend what can be mended in one way, once somebody has seen it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import as_of_option, policy_argument

if TYPE_CHECKING:
    from aipol.fixing.mending import Mended
    from aipol.pipeline import Opened


@click.command("fix")
@policy_argument
@as_of_option
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; show what would change.")
def command(policy: str, as_of: date, *, yes: bool, only_check: bool) -> int:
    """Fix mistakes in POLICY that have only one possible fix, and take out what does nothing.

    Shows each fix with the code that it resolves and the lines that change, then asks. What a fix
    takes out makes no difference to anybody, on --as-of or on any later day; that is computed
    before anything is written. Comments and order stay. Errors that are left make the exit
    code 1, and so do fixes with --check.
    """
    from aipol.cli import output
    from aipol.cli.composition import opened, opened_with
    from aipol.fixing.mending import mended

    before = opened(policy, as_of)
    if policy not in before.sources.texts:
        raise click.ClickException(f"`{policy}` cannot be read")
    with output.waiting("trying fixes"):
        found = mended(before, lambda text: opened_with(policy, as_of, text))
    _show(policy, found)
    if found.done and only_check:
        return FINDINGS
    if found.done and not _written(policy, found, yes=yes):
        return FINDINGS
    return _left(found.after)


def _show(policy: str, found: Mended) -> None:
    from aipol.cli import output
    from aipol.cli.rewriting import unified

    output.answer_lines(_lines(policy, found))
    output.answer(unified(policy, *found.texts, "fixed"))


def _lines(policy: str, found: Mended) -> Iterator[str]:
    for fix in found.done:
        yield f"{fix.span}: {fix.code} {fix.says}"
    for each in found.refused:
        yield f"{each.fix.span}: {each.fix.code} left as it is: {each.why}"
    if not found.done:
        nothing = (
            "nothing that can be fixed by itself" if _has_errors(found.after) else "nothing to fix"
        )
        yield f"{policy}: {nothing}"


def _written(policy: str, found: Mended, *, yes: bool) -> bool:
    """Write what was seen, unless somebody says no. Wrong usage where nobody is there to see it."""
    from aipol.cli.asking import agreed
    from aipol.cli.replacing import write_atomically

    count = len(found.done)
    fixes = f"{count} fix{'' if count == 1 else 'es'}"
    if not (yes or agreed(f"Write {fixes} to {policy}?")):
        return False
    before, after = found.texts
    file = Path(policy)
    if file.read_bytes().decode("utf-8-sig") != before:
        raise click.ClickException(f"nothing was changed: `{policy}` was edited meanwhile")
    write_atomically(file, after.encode())
    click.echo(f"{policy}: {fixes} written")
    return True


def _left(after: Opened) -> int:
    """What nobody but the author can decide."""
    from aipol.cli.reporting import echo, report
    from aipol.diagnostics.model import Severity

    left = [each for each in after.findings if each.severity is not Severity.NOTE]
    if left:
        click.echo("Left to you:")
        echo(report(left, after.sources, "text"))
    return FINDINGS if _has_errors(after) else CLEAN


def _has_errors(after: Opened) -> bool:
    from aipol.diagnostics.model import has_errors

    return has_errors(after.findings)
