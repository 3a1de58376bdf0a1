"""Arguments and options that several verbs share."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
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
        try:
            return _day(value)
        except ValueError:
            raise click.BadParameter(
                f"`{value}` is not a day written YYYY-MM-DD", ctx, param
            ) from None


def _day(text: str) -> date:
    # Python reads more ways to write a date than people do.
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


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
