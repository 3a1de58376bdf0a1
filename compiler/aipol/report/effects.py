"""Turns one effect of a change on people into a sentence of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aipol.report.difference import by_surfaces, outcome_words
from aipol.report.headcounts import headcount_words
from aipol.report.words import at_sites, count, decision_words, places, some
from aipol.target import EFFECT_CLAUSE
from aipol.vocabulary import Account, Effect, Surface

if TYPE_CHECKING:
    from aipol.coverage import PolicyGap
    from aipol.difference import Change, Sides
    from aipol.people import People
    from aipol.review.gaps import GapChange

WAYS = {
    Surface.WEB: "on the web",
    Surface.API: "through its API",
    Surface.DESKTOP: "as a desktop app",
    Surface.EXTENSION: "as a browser extension",
    Surface.IDE: "in editors",
    Surface.CLI: "on the command line",
    Surface.BUILTIN: "as a built-in feature",
    Surface.CONNECTOR: "as a connector",
}
_ACCOUNTS = {
    Account.ANY: "",
    Account.CORPORATE: ", with corporate accounts",
    Account.PERSONAL: ", with personal accounts",
}
_MOST_SHAPES = 3
_NOT_GOVERNED = "not governed"


def effect_words(sides: Sides, change: Change, people: People | None = None) -> str:
    """`finance; 24 people (22 Macs): lose Claude on the web: allow with sso -> block`."""
    uses = uses_words(sides, change.uses) + _ACCOUNTS[change.account]
    before, after = change.before, change.after
    heads = headcount_words(people, sides.universe, change.people)
    who = f"{who_words(sides, change)}{f'; {heads}' if heads else ''}"
    if before is None or after is None:
        old, new = (decision_words(each) if each else _NOT_GOVERNED for each in (before, after))
        return f"{who}: {uses}: {old} -> {new}"
    if before.effect is after.effect:
        return f"{who}: {outcome_words(change, uses)}"
    steps = f"{decision_words(before)} -> {decision_words(after)}"
    return f"{who}: {_verb(before.effect, after.effect)} {uses}: {steps}"


def who_words(sides: Sides, change: Change) -> str:
    """The people, in the shorter of the words that are exact."""
    return grouped(min(change.who, sides.words(change.people), key=len))


def grouped(people: str) -> str:
    """`everyone except (a, b)`: people in words, their enumerations held together."""
    some_of, but, others = people.rpartition(" except ")
    if not but or ", not in " in people or " who are also in: " in people:
        return people
    return f"{_held(some_of)}{but}{_held(others)}"


def _held(names: str) -> str:
    return f"({names})" if ", " in names else names


def _verb(before: Effect, after: Effect) -> str:
    if after is Effect.BLOCK:
        return "lose"
    if before is Effect.BLOCK:
        more = {Effect.WARN: ", after a warning,", Effect.JUSTIFY: ", after giving a reason,"}
        return f"may use{more.get(after, '')}"
    if after.strictness > before.strictness:
        return {Effect.WARN: "are warned of"}.get(after, "have to give a reason for")
    return {Effect.ALLOW: "are let through to"}.get(after, "are only warned of")


def uses_words(sides: Sides, uses: Iterable[tuple[str, Surface]]) -> str:
    """`Claude and 3 more on the web; Ollama on the command line`, by the catalogue's names."""
    by_size = sorted(by_surfaces(uses).items(), key=lambda shape: -len(shape[1]))
    parts = [
        f"{some(app_name(sides, app) for app in apps)} {ways_words(surfaces)}"
        for surfaces, apps in by_size
    ]
    if len(parts) > _MOST_SHAPES + 1:
        left = sum(len(apps) for _, apps in by_size[_MOST_SHAPES:])
        parts = [*parts[:_MOST_SHAPES], f"{count(left, 'app')} more"]
    return "; ".join(parts)


def ways_words(surfaces: Iterable[Surface]) -> str:
    """`on the web and as a desktop app`."""
    *others, last = [WAYS[surface] for surface in surfaces]
    return f"{', '.join(others)} and {last}" if others else last


def app_name(sides: Sides, app: str) -> str:
    """What people call an app."""
    for ir in (sides.after, sides.before):
        if app in ir.apps:
            return ir.apps[app].app.name
    return app


def witness_words(sides: Sides, change: Change) -> str:
    """`for example somebody in finance and contractors, for claude (web)`."""
    person = sorted(sides.example(change.people))
    who = f"in {' and '.join(person)}" if person else "in no group"
    app, surface = change.uses[0]
    return f"for example somebody {who}, for {app} ({surface})"


def ceiling_words(sides: Sides, change: Change) -> str:
    """`finance: Claude on the web: data.max: public -> no limit`, where it rises; else nothing."""
    before, after = change.before, change.after
    if before is None or after is None or after.effect is Effect.BLOCK:
        return ""
    old, new = before.obligations.data_max, after.obligations.data_max
    ranks = {each.id: each.rank for each in sides.after.data_classes}
    blocked = before.effect is Effect.BLOCK
    if not blocked and ranks.get(old, len(ranks)) >= ranks.get(new, len(ranks)):
        return ""
    uses = uses_words(sides, change.uses) + _ACCOUNTS[change.account]
    was = "no data (blocked)" if blocked else old or "no limit"
    limit = f"data.max: {was} -> {new or 'no limit'}"
    return f"{who_words(sides, change)}: {uses}: {limit}"


def policy_gap_words(gap: PolicyGap) -> str:
    """`unlisted_ai: block is not carried out: no configured target knows AI by category`."""
    some_of_it = f", only in part by {' and '.join(gap.targets)}" if gap.targets else ""
    where = at_sites(gap.sites)
    return (
        f"`{gap.clause.key}: {gap.clause.value}` is not carried out{where}{some_of_it}: "
        f"{gap.reason.text}"
    )


def gap_words(gap: GapChange) -> str:
    """`finance: claude (web): effect is not held on managed Macs: the target says why`."""
    apps = some(dict.fromkeys(app for app, _ in gap.uses))
    surfaces = dict.fromkeys(surface for _, surface in gap.uses)
    what = "its effect" if gap.clause == EFFECT_CLAUSE else f"`{gap.clause}`"
    where = places(gap.situations)
    where = where if where.startswith("everywhere") else f"on {where}"
    kind = _ACCOUNTS[gap.account]
    target = f"{gap.target}: " if gap.target else ""
    return (
        f"{grouped(gap.who)}: {apps} ({', '.join(surfaces)}){kind}: nothing holds {what} {where}: "
        f"{target}{gap.reason.text}"
    )
