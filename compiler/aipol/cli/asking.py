"""Asks whoever is there whether to go on, for every verb that changes things."""

from __future__ import annotations

import sys

import click


def agreed(question: str, otherwise: str = "") -> bool:
    """Whether they say yes; a no is told, too. Wrong usage where nobody is there."""
    from aipol.cli import output

    if not sys.stdin.isatty():
        raise click.ClickException(
            f"nothing was changed: there is no terminal to ask at; pass `--yes`{otherwise}"
        )
    yes = click.confirm(question, err=True)
    if not yes:
        output.remark("nothing was changed")
    return yes
