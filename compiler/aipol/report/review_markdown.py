"""Turns a review into a comment on a change, of a size that every platform takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aipol.report.review import sections
from aipol.report.review_headline import against, headline
from aipol.report.review_text import MOST, MOST_LINES, shown_of
from aipol.report.unchanged import unchanged
from aipol.report.words import count, markdown

if TYPE_CHECKING:
    from aipol.report.review import Item, Section
    from aipol.report.review_text import Next
    from aipol.review.model import Review

# GitHub takes 65,536 characters (runatlantis/atlantis#66, cockpit-project/cockpit#4837), Azure
# DevOps 150,000 (runatlantis/atlantis#1585), GitLab 1,000,000 (gitlab-org/gitlab#426314) and
# Bitbucket 32,768 (jfrog/frogbot#647), counted here as octets: no count of characters is more.
LIMIT = 32_000


def review_markdown(review: Review, following: Next) -> str:
    """The comment; it begins with a mark by which the next one can take its place."""
    text = ""
    for most in MOST:
        text = "\n".join(_lines(review, following, most)) + "\n"
        if len(text.encode()) <= LIMIT and text.count("\n") < MOST_LINES:
            break
    return text if len(text.encode()) <= LIMIT else _cut(text, following)


def marker(review: Review) -> str:
    """`<!-- aipol diff: policy/ai-usage.yaml -->`: what finds an earlier comment again."""
    name = re.sub(r"[^0-9A-Za-z_./]+", "-", review.policy).replace("--", "-").strip("-")
    return f"<!-- aipol diff: {name} -->"


def _lines(review: Review, following: Next, most: int) -> Iterator[str]:
    yield marker(review)
    yield f"### {markdown(headline(review))}"
    yield markdown(f"{against(review)}.")
    hidden = 0
    told = list(sections(review))
    for section in told:
        shown = shown_of(section, most)
        hidden += len(section.items) - shown
        yield ""
        yield from _section(section, shown)
    if rest := unchanged(review):
        yield ""
        yield f"**Unchanged:** {markdown(rest)}."
    more = bool(hidden or review.files) or list(sections(review, whole=True)) != told
    if ways := _next(following, hidden, more=more):
        yield from ("", ways)


def _section(section: Section, shown: int) -> Iterator[str]:
    yield f"**{markdown(section.title)}**"
    yield ""
    for item in section.items[:shown]:
        yield f"- {_item(item)}"
    if shown < len(section.items):
        yield f"- and {len(section.items) - shown:,} more"


def _item(item: Item) -> str:
    details = "".join(f"<br><sub>{markdown(detail)}</sub>" for detail in item.details)
    return f"{markdown(item.text)}{details}"


def _next(following: Next, hidden: int, *, more: bool = True) -> str:
    shows = f"shows everything ({count(hidden, 'item')} folded here)" if hidden else "shows more"
    commands = [f"`{following.everything}` {shows}"] if more else []
    commands += [f"`{following.explain}`"] if following.explain else []
    return f"Next: {markdown('; '.join(commands))}" if commands else ""


def _cut(text: str, following: Next) -> str:
    """As many whole lines as there is room for, and the number of those that there is not."""
    end = _next(following, 0)
    room = LIMIT - len(end.encode()) - 100
    lines = text.splitlines()
    kept: list[str] = []
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join((*kept, "", f"{len(lines) - len(kept):,} more lines.", "", end, ""))
