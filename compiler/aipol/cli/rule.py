"""`aipol rule`: explain a code."""

from __future__ import annotations

from pathlib import Path

import click

import aipol
from aipol.cli.app import CLEAN
from aipol.diagnostics.codes import ALL, BY_CODE
from aipol.diagnostics.model import Rule

_PACKAGE = Path(aipol.__file__).parent
# In a wheel the pages lie within the package; in a checkout people read them under docs/.
_PLACES = (_PACKAGE / "docs" / "rules", _PACKAGE.parents[1] / "docs" / "rules")


@click.command("rule")
@click.argument("code", required=False)
def command(code: str | None) -> int:
    """Explain CODE, such as AIP201 or unknown-app; without it, list every code."""
    if code is None:
        for rule in ALL:
            click.echo(f"{rule.code}  {rule.severity:<7}  {rule.name}")
        return CLEAN
    click.echo(page(_find(code)), nl=False)
    return CLEAN


def page(rule: Rule) -> str:
    """What is written about a rule."""
    for place in _PLACES:
        file = place / f"{rule.code}.md"
        if file.is_file():
            return file.read_text(encoding="utf-8")
    msg = f"there is no page about {rule.code}"
    raise FileNotFoundError(msg)


def _find(word: str) -> Rule:
    by_name = {rule.name: rule for rule in ALL}
    rule = BY_CODE.get(word.upper()) or by_name.get(word.lower())
    if rule is not None:
        return rule
    from aipol.language.words import near

    # A code that there is not is like every other; only a name can be misspelt.
    guess = near(word, by_name)
    hint = f"did you mean `{guess}`?" if guess else "`aipol rule` lists them"
    raise click.BadParameter(f"no rule `{word}`; {hint}", param_hint="CODE")
