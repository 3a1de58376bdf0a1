"""Turns dated changes of a policy into words: who gets or loses what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aipol.difference import Change
from aipol.report.difference import decision_json, outcome_words
from aipol.report.words import account_words, markdown_row, some
from aipol.schedule import Ending, Turn

SCHEMA = "aipol.schedule/1"


def change_words(change: Change) -> str:
    """`finance: lose claude (web, desktop): allow with data.max: internal -> block`."""
    uses = f"{some(change.apps)} ({', '.join(change.surfaces)}){account_words(change.account)}"
    return f"{change.who}: {outcome_words(change, uses)}"


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
                "before": decision_json(change.before),
                "after": decision_json(change.after),
                "text": change_words(change),
            }
            for change in turn.changes
        ],
    }
