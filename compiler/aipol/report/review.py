"""Turns a review into titles with items under them, the effect on people first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aipol.difference import Direction
from aipol.difference.apart import followed, own
from aipol.report.approvals import approval_words, reason_lines
from aipol.report.difference import (
    data_words,
    following_words,
    header_words,
    identifier_words,
    protected_words,
    reach_words,
)
from aipol.report.effects import effect_words, gap_words, policy_gap_words, witness_words
from aipol.report.words import count, some
from aipol.review.edits import Way
from aipol.review.files import Step
from aipol.review.model import by_weight
from aipol.review.sides import place

if TYPE_CHECKING:
    from aipol.diagnostics import Diagnostic
    from aipol.difference import Change, Difference
    from aipol.difference.uses import Use
    from aipol.ir import Because
    from aipol.review.edits import Edit
    from aipol.review.files import FileChange
    from aipol.review.model import Review
    from aipol.review.sides import Side

WAYS = {
    Direction.LOOSER: "Looser",
    Direction.STRICTER: "Stricter",
    Direction.OTHER: "Changed in other ways",
}
_MOST_CAUSES = 2
_NAMED = 3
"""So many names a sentence has at least, before it counts the rest."""
_MOST_DAYS = 6
"""Of more days with effects to come, only how many they are."""
_TOLD_ELSEWHERE = frozenset({"AIP805", "AIP806", "AIP809", "AIP810", "AIP811", "AIP813"})
"""Risks that effects, gaps and what is for everybody tell already."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a sentence, and what more is said of it."""

    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Items of one sort, the weightiest first."""

    title: str
    items: tuple[Item, ...]


def sections(review: Review, *, whole: bool = False) -> Iterator[Section]:
    """Everything that is told, in order; nothing without items. `whole` folds nothing within."""
    for section in _sections(review, whole=whole):
        if section.items:
            yield section


def _sections(review: Review, *, whole: bool) -> Iterator[Section]:
    yield Section("Approvals", tuple(_approvals(review, whole=whole)))
    yield from _effects(review, review.by_policy, "", whole=whole)
    yield from _effects(review, review.by_catalogue, " by the catalogue", whole=whole)
    yield from _later(review, whole=whole)
    yield Section("For everybody", tuple(_setting(review, edit) for edit in review.settings))
    yield Section("Surprises", tuple(_finding(each) for each in review.surprises))
    yield Section("Risks", tuple(_risks(review)))
    yield Section("Gaps", tuple(_gaps(review, whole=whole)))
    yield Section("New findings", tuple(_finding(each) for each in review.found))
    gone = review.gone if review.new.ir else ()
    yield Section("Findings resolved", tuple(Item(_brief(each)) for each in gone))
    yield Section("Read back", tuple(_finding(each) for each in review.read_back))
    yield Section("People whom the objects are about", tuple(map(Item, review.people)))
    yield Section("Objects", tuple(_objects(review, whole=whole)))
    yield Section("Files", tuple(_files(review.files)))


# --- effects --------------------------------------------------------------------------------------


def _effects(
    review: Review, found: Difference | None, by: str, *, whole: bool
) -> Iterator[Section]:
    if found is None:
        return
    yield from _changes(review, found, found.changes, by, whole=whole)
    lines = [(WAYS[m[0].direction], reach_words(m), m) for m in own(found)]
    lines += [(WAYS[m[0].direction], following_words(m), m) for m in followed(found)]
    items = tuple(
        Item(f"{way.lower()}: {text}", _all((identifier_words(reach) for reach in m), whole=whole))
        for way, text, m in sorted(lines, key=lambda line: line[:2])
    )
    yield Section(f"Identifiers{by}", items)
    items = tuple(Item(f"{WAYS[h.direction].lower()}: {header_words(h)}") for h in found.headers)
    yield Section(f"Tenant restrictions{by}", items)
    items = tuple(Item(f"{WAYS[d.direction].lower()}: {data_words(d)}") for d in found.data)
    yield Section(f"Recognition of data{by}", items)
    hosts = [f"protected: {protected_words(host)}" for host in found.protected]
    hosts += [f"no longer protected: {protected_words(host)}" for host in found.unprotected]
    yield Section(f"Hosts that nothing may block{by}", tuple(map(Item, hosts)))


def _later(review: Review, *, whole: bool) -> Iterator[Section]:
    shown = review.later if whole else review.later[:_MOST_DAYS]
    for each in shown:
        yield from _changes(review, each.found, each.changes, f" from {each.day} on", whole=whole)
    rest = review.later[len(shown) :]
    if rest:
        number = count(sum(len(each.changes) for each in rest), "effect")
        text = f"{number} from {count(len(rest), 'more day')} on, {rest[0].day} the first of them"
        yield Section("Later still", (Item(text),))


def _changes(
    review: Review, found: Difference, changes: Iterable[Change], by: str, *, whole: bool
) -> Iterator[Section]:
    ordered = by_weight(changes)
    for way, word in WAYS.items():
        some_of = (change for change in ordered if change.direction is way)
        items = tuple(_effect(review, found, change, whole=whole) for change in some_of)
        yield Section(f"{word}{by}", items)


def _effect(review: Review, found: Difference, change: Change, *, whole: bool) -> Item:
    causes = [_cause(review, cause.before, cause.after) for cause in change.causes]
    several = list(dict.fromkeys(causes))
    shown = several if whole else several[:_MOST_CAUSES]
    if len(several) > len(shown):
        shown[-1] += f", and {count(len(several) - len(shown), 'more pair')} of rules"
    return Item(
        effect_words(found.sides, change, review.counted),
        (*_uses(change.uses, whole=whole), *shown, witness_words(found.sides, change)),
    )


def _uses(uses: Iterable[Use], *, whole: bool) -> tuple[str, ...]:
    return _all((f"{app} ({surface})" for app, surface in uses), whole=whole)


def _all(names: Iterable[str], *, whole: bool) -> tuple[str, ...]:
    """All names of which a sentence has a few, where all are to be told."""
    every = list(dict.fromkeys(names))
    return (f"all of them: {', '.join(every)}",) if whole and len(every) > _NAMED else ()


def _cause(review: Review, before: tuple[Because, ...], after: tuple[Because, ...]) -> str:
    """`policy/ai-usage.yaml:41 rule x -> :60 rule y`."""
    old, new = _lines(review.base, before), _lines(review.new, after)
    if not old or not new:
        return new or old
    file = review.new.file(after[0].span.file)
    return f"{old} -> {new.removeprefix(file) if old.startswith(f'{file}:') else new}"


def _lines(side: Side, because: tuple[Because, ...]) -> str:
    return ", ".join(
        f"{place(side.span(each.span))} {each.origin} `{each.id}`"
        if number == 0
        else f"{each.origin} `{each.id}`"
        for number, each in enumerate(because)
    )


def _approvals(review: Review, *, whole: bool) -> Iterator[Item]:
    for needed in review.required:
        yield Item(approval_words(review, needed), tuple(reason_lines(needed, whole=whole)))


# --- what else ------------------------------------------------------------------------------------


def _setting(review: Review, edit: Edit) -> Item:
    where = _where(review, edit)
    if edit.way is not Way.CHANGED:
        return Item(f"{edit.title} {edit.way}", (where,) if where else ())
    what = "; ".join(f"{f.key}: {f.before or 'none'} -> {f.after or 'none'}" for f in edit.named)
    word = "" if edit.direction is Direction.OTHER else f"{edit.direction}: "
    return Item(f"{word}{what}", (where,) if where else ())


def _where(review: Review, edit: Edit) -> str:
    """The line of an edit; of what is gone, where the base had it."""
    if edit.after is not None:
        return place(review.new.span(edit.after))
    if edit.before is None:
        return ""
    there = place(review.base.span(edit.before))
    return f"{review.base.name}:{there}" if review.base.commit else there


def _finding(finding: Diagnostic) -> Item:
    related = tuple(f"{place(each.span)} {each.message}" for each in finding.related)
    hint = (f"hint: {finding.hint}",) if finding.hint else ()
    return Item(_brief(finding), (*related, *hint))


def _brief(finding: Diagnostic) -> str:
    return f"{place(finding.span)} {finding.severity} {finding.code}: {finding.message}"


def _risks(review: Review) -> Iterator[Item]:
    """What no other part tells: effects and gaps have their own."""
    for each in review.risks:
        if each.code not in _TOLD_ELSEWHERE:
            yield _finding(each)


def _gaps(review: Review, *, whole: bool) -> Iterator[Item]:
    if review.gaps is None:
        return
    for gap in review.gaps.opened:
        advice = (gap.reason.advice,) if gap.reason.advice else ()
        yield Item(f"new: {gap_words(gap)}", (*advice, *_uses(gap.uses, whole=whole)))
    for clause in review.gaps.policy:
        advice = (clause.reason.advice,) if clause.reason.advice else ()
        yield Item(f"new: {policy_gap_words(clause)}", advice)
    for gap in review.gaps.closed:
        yield Item(f"closed: {gap_words(gap)}", _uses(gap.uses, whole=whole))


def _objects(review: Review, *, whole: bool) -> Iterator[Item]:
    for each in review.objects:
        for word, names in (
            ("create", each.created),
            ("update", each.updated),
            ("delete", each.deleted),
        ):
            if names:
                where = f" at {each.place}" if each.place else ""
                shown = ", ".join(names) if whole else some(names)
                yield Item(f"{each.target}{where}: {word} {len(names):,}: {shown}")


def _files(changes: Iterable[FileChange]) -> Iterator[Item]:
    by_target: dict[str, list[FileChange]] = {}
    for change in changes:
        by_target.setdefault(change.target, []).append(change)
    for target, several in by_target.items():
        yield Item(f"{target}: {', '.join(_steps(several))}{_line_counts(several)}")


def _steps(changes: Sequence[FileChange]) -> Iterator[str]:
    for step in Step:
        if number := sum(1 for change in changes if change.step is step):
            yield f"{number:,} {step}"


def _line_counts(changes: Sequence[FileChange]) -> str:
    counts = [change.counts for change in changes if change.counts]
    came, gone = (sum(each[side] for each in counts) for side in (0, 1))
    return f" (+{came:,} -{gone:,} lines)" if counts else ""


def file_words(change: FileChange) -> str:
    """`changed lists/edl.txt (+2 -1)`."""
    lines = "other bytes" if change.counts is None else "+{} -{}".format(*change.counts)
    return f"{change.step} {change.path.partition('/')[2]} ({lines})"
