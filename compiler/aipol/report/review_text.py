"""Turns a review into text for a terminal: about a screen, or everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aipol.diagnostics.model import Severity
from aipol.report.review import file_words, sections
from aipol.report.review_headline import against, headline
from aipol.report.unchanged import unchanged
from aipol.report.words import count, folded

if TYPE_CHECKING:
    from aipol.report.review import Item, Section
    from aipol.review.files import FileChange
    from aipol.review.model import Review

MOST = (6, 3, 1)
"""How many items of a kind are shown; the fewer, the longer all of it would be."""
MOST_LINES = 60
_DETAILED = 3
"""Of so many items of a kind more is told than a sentence."""
_LINES = 40
_ALL_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Next:
    """The commands that go on from here, as they can be typed."""

    everything: str
    explain: str = ""


def review_text(review: Review, following: Next, *, verbose: bool) -> Iterator[str]:
    """The review; what is folded is counted, with the command that shows it.

    Errors of the new policy are not among it: they are told with the lines that they are on.
    """
    yield from folded(f"{against(review)}:")
    yield from folded(headline(review))
    found = tuple(each for each in review.found if each.severity is not Severity.ERROR)
    shown = replace(review, found=found)
    whole = list(sections(shown, whole=True))
    told = whole if verbose else list(sections(shown))
    every = max((len(each.items) for each in told), default=0)
    lines, hidden = list[str](), 0
    for most in (every,) if verbose else MOST:
        lines, hidden = _told(told, most, every if verbose else _DETAILED)
        if len(lines) < MOST_LINES:
            break
    yield from lines
    if rest := unchanged(review):
        yield from folded(f"Unchanged: {rest}.")
    if verbose:
        yield from _diffs(review)
    more = bool(hidden or review.files) or _told(whole, every, every)[0] != lines
    yield from _next(following, hidden, more=more and not verbose)


def _told(told: list[Section], most: int, detailed: int) -> tuple[list[str], int]:
    """All sections with a few items each, and how many items are left out."""
    lines, hidden = list[str](), 0
    for section in told:
        shown = shown_of(section, most)
        lines.append(f"{section.title}:")
        for number, item in enumerate(section.items[:shown]):
            lines += _item(item, detailed=number < detailed)
        if left := len(section.items) - shown:
            hidden += left
            lines.append(f"  and {left:,} more")
    return lines, hidden


def shown_of(section: Section, most: int) -> int:
    """How many items are shown: one more than allowed is no longer than saying so."""
    return len(section.items) if len(section.items) <= most + 1 else most


def _item(item: Item, *, detailed: bool) -> Iterator[str]:
    yield from folded(f"  {item.text}")
    if detailed:
        for detail in item.details:
            yield from folded(f"      {detail}")


def _next(following: Next, hidden: int, *, more: bool) -> Iterator[str]:
    shows = f"shows everything ({count(hidden, 'item')} folded)" if hidden else "shows more"
    commands = [f"{following.everything} {shows}"] if more else []
    commands += [f"{following.explain} says why"] if following.explain else []
    # Not folded: a command is copied in one piece.
    for start, command in zip(("Next: ", "      "), commands, strict=False):
        yield f"{start}{command}"


def _diffs(review: Review) -> Iterator[str]:
    """Every file by name, and how each differs, as far as so much can be read."""
    left = _ALL_LINES
    for change in review.files:
        yield f"{change.target}/ {file_words(change)}"
        lines = list(_unified(change, min(left, _LINES)))
        left -= len(lines)
        yield from (f"    {line}" for line in lines)


def _unified(change: FileChange, most: int) -> Iterator[str]:
    for number, line in enumerate(change.unified()):
        if number == most:
            yield "... and more: compile both and compare the files"
            return
        yield line
