"""Arguments and options that several verbs share."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

DEFAULT_POLICY = "policy/ai-usage.yaml"
FORMATS = ("text", "json", "markdown", "sarif", "github")


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only from click 8.2
    """A day written YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error."""
        if isinstance(value, date):
            return value
        from aipol.language.types import day

        try:
            return day(value)
        except ValueError as error:
            raise click.BadParameter(f"`{value}` {error}", ctx, param) from None


class Place(click.ParamType):  # type: ignore[type-arg]  # generic only from click 8.2
    """The name of a file or directory that is written to."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, or a usage error: an empty one would mean the current directory, or nothing."""
        text = str(value)
        if not text.strip() or "\0" in text:
            raise click.BadParameter("it names no file", ctx, param)
        return text


def no_catalogue(directory: Path) -> str:
    """That a directory was never a catalogue, with the one that was meant; else nothing."""
    if _has_index(directory):
        return ""
    near = (directory / "catalogue", directory / "policy" / "catalogue")
    meant = next((place for place in near if _has_index(place)), None)
    guess = f"; did you mean `{meant}`?" if meant else ""
    return f"`{directory}` is no catalogue: it has no index.yaml{guess}"


def _has_index(directory: Path) -> bool:
    # A link that leads nowhere or a pipe is there too; the lint says what is wrong with it.
    return os.path.lexists(directory / "index.yaml")


def today() -> date:
    """The day it is, the same for everybody: in UTC."""
    return datetime.now(UTC).date()


policy_argument = click.argument("policy", default=DEFAULT_POLICY, metavar="[POLICY]")
as_of_option = click.option(
    "--as-of",
    type=Day(),
    default=today,
    metavar="DATE",
    help="The day to judge by, such as 2027-01-31; today in UTC when left out.",
)
format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="The form of the answer.",
)
