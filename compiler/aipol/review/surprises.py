"""Finds what a reviewer of the lines alone would not expect of a change."""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from aipol.diagnostics import Related, codes
from aipol.ir import Origin
from aipol.language.words import clip, enumerated
from aipol.report.effects import grouped
from aipol.report.words import count, decision_words, some
from aipol.review.edits import CLAUSES, Way, clauses_of
from aipol.source import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aipol.diagnostics import Diagnostic
    from aipol.difference import Cause, Change, Difference
    from aipol.language.assemble import Assembled
    from aipol.language.document import Document
    from aipol.language.model import Clause
    from aipol.language.placed import Placed
    from aipol.review.edits import Edit
    from aipol.review.sides import Side

LIMITING = ("surfaces", "account", "except_apps")
"""Keys without which a clause matches more than it did."""
_MOST = 3
_SEVERAL = (*CLAUSES, "groups", "vendors", "vendor_tiers", "data_classes", "apps", "targets")
"""Keys below which one thing of many stands, each for itself."""
_MANY_LINES = 2_000
"""From here on lines that occur often are not looked for one by one."""
Item = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """The two sides of a change, both of which mean something, and what differs."""

    base: Side
    new: Side
    before: Assembled
    after: Assembled
    edits: tuple[Edit, ...]
    found: Difference
    """What the policy's edits do, whatever the catalogue does."""


def surprises(looked: Looked) -> tuple[Diagnostic, ...]:
    """Every surprise, at the line of the new policy that it comes from."""
    return tuple(
        dict.fromkeys(
            (
                *_only_space(looked),
                *_limits_lost(looked),
                *_order(looked),
                *_at_a_distance(looked),
            )
        )
    )


# --- white space ----------------------------------------------------------------------------------


def _only_space(looked: Looked) -> Iterator[Diagnostic]:
    """Lines that differ in white space alone, where that changes what is meant."""
    old, new = dict(looked.base.texts()), dict(looked.new.texts())
    for layer in looked.after.written:
        file = looked.new.file(layer.document.file)
        edits = [edit for edit in looked.edits if _is_in(edit, layer.document)]
        if not edits or file not in old or old[file] == new[file]:
            continue
        items = Items(layer.document)
        by_item: dict[Item, int] = {}
        for line in spaced(old[file], new[file]):
            by_item.setdefault(items.at(line), line)
        for edit in edits:
            first = by_item.get(items.at(edit.after.line)) if edit.after else None
            if first is not None:
                yield _spaced(edit, file, first)


def _is_in(edit: Edit, document: Document) -> bool:
    changed = edit.way is Way.CHANGED and edit.after is not None
    return changed and edit.after is not None and edit.after.file == document.file


class Items:
    """Which rule, group or other thing each line of a document belongs to."""

    def __init__(self, document: Document) -> None:
        first: dict[Item, int] = {}
        for spans in (document.keys, document.values):
            for path, span in spans.items():
                if path:
                    item = path[: 2 if path[0] in _SEVERAL else 1]
                    first[item] = min(first.get(item, span.line), span.line)
        starts = sorted(
            (line, len(item), number) for number, (item, line) in enumerate(first.items())
        )
        self._lines = [line for line, _, _ in starts]
        names = list(first)
        self._items = [names[number] for _, _, number in starts]

    def at(self, line: int) -> Item:
        """What a line belongs to: the last thing that begins on it or above."""
        place = bisect_right(self._lines, line)
        return self._items[place - 1] if place else ()


def spaced(before: str, after: str) -> Iterator[int]:
    """The lines of the second text that have another indentation than in the first, from 1."""
    old, new = before.splitlines(), after.splitlines()
    start = sum(1 for _ in takewhile(_equal, zip(old, new, strict=False)))
    rest = min(len(old), len(new)) - start
    backwards = zip(reversed(old), reversed(new), strict=False)
    end = min(rest, sum(1 for _ in takewhile(_equal, backwards)))
    parts = [side[start : len(side) - end] for side in (old, new)]
    for first, second, number in _same(*parts):
        for offset in range(number):
            if parts[0][first + offset].rstrip() != parts[1][second + offset].rstrip():
                yield start + second + offset + 1


def _equal(lines: tuple[str, str]) -> bool:
    return lines[0] == lines[1]


def _same(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int]]:
    """Where the two have lines that are equal but for white space, and how many."""
    bare = [["".join(line.split()) for line in side] for side in (old, new)]
    most = max(len(old), len(new))
    matcher = difflib.SequenceMatcher(None, bare[0], bare[1], autojunk=most > _MANY_LINES)
    for block in matcher.get_matching_blocks():
        yield block.a, block.b, block.size


def _spaced(edit: Edit, file: str, line: int) -> Diagnostic:
    keys = [f"`{field.key}`" for field in edit.fields]
    return codes.SPACE_CHANGES_MEANING.at(
        Span(file, line, 1),
        what=f"{edit.title}",
        keys=enumerated(keys, "and"),
        hint="see how the line is indented, and whether the text above it swallowed it",
    )


# --- keys that limited ----------------------------------------------------------------------------


def _limits_lost(looked: Looked) -> Iterator[Diagnostic]:
    for edit in looked.edits:
        if edit.section not in CLAUSES or edit.way is not Way.CHANGED or edit.after is None:
            continue
        for field in edit.fields:
            if field.key in LIMITING and not field.after:
                yield codes.LIMIT_LOST.at(
                    looked.new.span(edit.after),
                    rule=edit.name,
                    key=field.key,
                    was=clip(field.before),
                    hint=f"if it is not meant, write `{field.key}: {clip(field.before)}` again",
                )


# --- order ----------------------------------------------------------------------------------------


def _order(looked: Looked) -> Iterator[Diagnostic]:
    """Clauses that decide now because they stand before what decided, and stood after it."""
    old, new = (list(clauses_of(each)) for each in (looked.before, looked.after))
    was = {name: position for position, name in enumerate(old)}
    now = {name: position for position, name in enumerate(new)}
    stray = {edit.name for edit in looked.edits if edit.way is Way.MOVED}
    clauses, told = clauses_of(looked.after), set[tuple[str, str]]()
    for change in looked.found.changes:
        for cause in change.causes:
            pair = _deciders(cause)
            if pair is None or pair in told or not all(p in was and p in now for p in pair):
                continue
            first, second = pair
            if was[first] < was[second] and now[second] < now[first]:
                told.add(pair)
                yield _reordered(looked, clauses, stray, change, cause)


def _deciders(cause: Cause) -> tuple[str, str] | None:
    if not cause.before or not cause.after:
        return None
    names = [lines[0] for lines in (cause.before, cause.after)]
    if any(each.origin is Origin.DEFAULT for each in names):
        return None
    return names[0].id, names[1].id


def _reordered(
    looked: Looked,
    clauses: Mapping[str, Placed[Clause]],
    stray: set[str],
    change: Change,
    cause: Cause,
) -> Diagnostic:
    before, after = cause.before[0].id, cause.after[0].id
    spans = {name: looked.new.span(clauses[name].span("id")) for name in (before, after)}
    mover = before if before in stray else after
    app, surface = cause.uses[0]
    return codes.ORDER_MATTERS.at(
        spans[mover],
        moved=mover,
        way="below" if mover == before else "above",
        other=after if mover == before else before,
        decides=after,
        who=grouped(looked.found.sides.words(change.people)),
        use=f"{app} ({surface})",
        result=_result(change),
        hint=f"move `{mover}` back, if `{before}` is to decide for them",
        related=(
            Related(spans[before], f"`{before}` decided before"),
            Related(spans[after], f"`{after}` decides now"),
        ),
    )


def _result(change: Change) -> str:
    sides = (change.before, change.after)
    return " -> ".join(decision_words(each) if each else "not governed" for each in sides)


# --- effects of what is elsewhere -----------------------------------------------------------------


def _at_a_distance(looked: Looked) -> Iterator[Diagnostic]:
    """Rules that decide otherwise though neither they nor their places were edited."""
    sources = [edit for edit in looked.edits if edit.section in _SHARED]
    touched = dict(_untouched_deciders(looked))
    if not touched or not sources:
        return
    edit, rules = sources[0], sorted(touched)
    side = looked.new if edit.after else looked.base
    span = edit.after or edit.before
    if span is None:
        return
    yield codes.EFFECT_ELSEWHERE.at(
        side.span(span),
        what=enumerated([f"`{each.title}`" for each in sources[:_MOST]], "and"),
        count=count(len(rules), "rule that was", "rules that were"),
        rules=some((f"`{name}`" for name in rules), _MOST),
        related=tuple(
            Related(looked.new.span(touched[name]), f"`{name}` was not edited")
            for name in rules[:_MOST]
        ),
        hint="read the effects of the rules that the edited lines do not name",
    )


def _untouched_deciders(looked: Looked) -> Iterator[tuple[str, Span]]:
    """The rules that decide after a change, where no rule of it was edited."""
    edited = {edit.name for edit in looked.edits if edit.section in CLAUSES}
    for change in looked.found.changes:
        for cause in change.causes:
            names = {lines[0].id for lines in (cause.before, cause.after) if lines}
            if cause.after and not names & edited:
                yield cause.after[0].id, cause.after[0].span


_SHARED = ("groups", "vendors", "vendor_tiers", "data_classes", "apps")
