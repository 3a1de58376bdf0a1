"""Turns dated changes of a policy into words: who gets or loses what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aipol.ir import Ruling
from aipol.report.words import account_words, decision_words, markdown_row, some
from aipol.schedule import Change, Ending, Turn
from aipol.vocabulary import Effect

SCHEMA = "aipol.schedule/1"


def change_words(change: Change) -> str:
    """`finance: lose claude (web, desktop): allow with data.max: internal -> block`."""
    uses = f"{some(change.apps)} ({', '.join(change.surfaces)}){account_words(change.account)}"
    before, after = change.before, change.after
    if before.effect is not after.effect:
        verb = "may use" if after.effect is Effect.ALLOW else "get more of"
        verb = verb if change.looser else "lose"
        return f"{change.who}: {verb} {uses}: {decision_words(before)} -> {decision_words(after)}"
    old, new = dict(before.obligations.items()), dict(after.obligations.items())
    conditions = [
        f"{name}: {old.get(name, 'none')} -> {new.get(name, 'none')}"
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]
    what = ", ".join(conditions) or "other words, or other tenants"
    return f"{change.who}: {uses}: {what}"


def ending_words(ending: Ending) -> str:
    """What ends, when, and who may say more."""
    owner = f", owner {ending.owner}" if ending.owner else ""
    return f"{ending.what} ends on {ending.last} ({ending.span.file}:{ending.span.line}{owner})"


def turns_text(turns: Sequence[Turn]) -> Iterator[str]:
    """A paragraph a day."""
    for number, turn in enumerate(turns):
        if number:
            yield ""
        yield turn.day.isoformat()
        yield from (f"  {ending_words(ending)}" for ending in turn.endings)
        yield from (f"    {change_words(change)}" for change in turn.changes)


def turns_markdown(turns: Sequence[Turn]) -> Iterator[str]:
    """A table with a row a change."""
    yield "| from | because | what changes |"
    yield "| --- | --- | --- |"
    for turn in turns:
        because = "; ".join(ending_words(ending) for ending in turn.endings)
        for change in turn.changes:
            yield markdown_row((turn.day.isoformat(), because, change_words(change)))


def turn_json(turn: Turn) -> dict[str, Any]:
    """One day for a program."""
    return {
        "date": turn.day.isoformat(),
        "endings": [
            {
                "what": ending.what,
                "until": ending.last.isoformat(),
                "owner": ending.owner,
                "file": ending.span.file,
                "line": ending.span.line,
            }
            for ending in turn.endings
        ],
        "changes": [
            {
                "who": change.who,
                "apps": list(change.apps),
                "surfaces": [surface.value for surface in change.surfaces],
                "account": change.account.value,
                "before": _decision_json(change.before),
                "after": _decision_json(change.after),
                "text": change_words(change),
            }
            for change in turn.changes
        ],
    }


def _decision_json(ruling: Ruling) -> dict[str, Any]:
    return {
        "effect": ruling.effect.value,
        "obligations": dict(ruling.obligations.items()),
        "rule": ruling.decided_by.id,
    }
