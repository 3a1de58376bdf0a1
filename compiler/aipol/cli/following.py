"""The commands that go on from a review, as they can be typed: with all that was given."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from aipol.vocabulary import Account

if TYPE_CHECKING:
    from datetime import date

    from aipol.difference import Change, Difference
    from aipol.report.review_text import Next
    from aipol.review import Review

_NOT_KEPT = frozenset({"form", "verbose", "telling", "require_approvals"})
"""How an answer looks and how it ends: the next one is read by somebody."""


def following(review: Review) -> Next:
    """What shows everything of a review, and what says why for its first effect."""
    from aipol.cli.called import called
    from aipol.report.review_text import Next

    context, program = click.get_current_context(), called()
    kept = [name for name in _given(context) if name not in _NOT_KEPT]
    everything = shlex.join([program, "diff", *_typed(context, kept), "-v"])
    return Next(everything, _explain(review, context, program))


def _given(context: click.Context) -> Iterator[str]:
    """The parameters that somebody gave, in the order of the command's help."""
    for parameter in context.command.params:
        name = parameter.name or ""
        if context.get_parameter_source(name) not in {None, ParameterSource.DEFAULT}:
            yield name


def _typed(context: click.Context, names: list[str]) -> Iterator[str]:
    """Parameters as they are typed."""
    for parameter in context.command.params:
        if parameter.name not in names:
            continue
        value: Any = context.params[parameter.name]
        values = value if isinstance(value, tuple) else (value,)
        for each in values:
            if isinstance(parameter, click.Option):
                yield parameter.opts[0]
            if each is not True:
                yield str(each)


def _explain(review: Review, context: click.Context, program: str) -> str:
    """The question about the first effect, today's or else the next day's, that can be asked."""
    if review.fails:
        return ""
    for day, found, change in _effects(review):
        if (asked := _asked(found, change)) is None:
            continue
        names = [name for name in _given(context) if name in {"policy", "as_of"}]
        options = _typed(context, [name for name in names if day is None or name != "as_of"])
        on = ["--as-of", str(day)] if day else []
        return shlex.join([program, "explain", *options, *asked, *on])
    return ""


def _effects(review: Review) -> Iterator[tuple[date | None, Difference, Change]]:
    if review.by_policy is not None:
        yield from ((None, review.by_policy, change) for change in review.changes)
    for each in review.later:
        yield from ((each.day, each.found, change) for change in each.changes)


def _asked(found: Difference, change: Change) -> list[str] | None:
    """Somebody and a use for `aipol explain`; None where the new policy does not know them."""
    person = sorted(found.sides.example(change.people))
    known = found.sides.after.groups
    if change.after is None or not all(name in known for name in person):
        return None
    app, surface = change.uses[0]
    account = [] if change.account is Account.ANY else ["--account", change.account.value]
    groups = [word for name in person for word in ("--group", name)]
    return ["--app", app, "--surface", surface.value, *groups, *account]
