"""Turns a review into titles with items under them, the effect on people first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aipol.diagnostics.model import Severity
from aipol.difference import Direction
from aipol.difference.apart import followed, own
from aipol.report.approvals import approval_words, missing_words, reason_lines
from aipol.report.difference import following_words, header_words, protected_words, reach_words
from aipol.report.effects import effect_words, gap_words, policy_gap_words, witness_words
from aipol.report.words import count, some
from aipol.review.edits import Way
from aipol.review.files import Step
from aipol.review.model import by_weight
from aipol.review.sides import place

if TYPE_CHECKING:
    from aipol.diagnostics import Diagnostic
    from aipol.difference import Change, Difference
    from aipol.ir import Because
    from aipol.review.edits import Edit
    from aipol.review.files import FileChange
    from aipol.review.model import Review
    from aipol.review.sides import Side

WAYS = {
    Direction.LOOSER: "Looser",
    Direction.STRICTER: "Stricter",
    Direction.OTHER: "Otherwise",
}
_MOST_CAUSES = 2
_TOLD_ELSEWHERE = frozenset({"AIP805", "AIP806", "AIP809", "AIP810", "AIP811"})
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


def sections(review: Review) -> Iterator[Section]:
    """Everything that is told, in order; nothing without items."""
    for section in _sections(review):
        if section.items:
            yield section


def _sections(review: Review) -> Iterator[Section]:
    yield Section("Approvals", tuple(_approvals(review)))
    yield from _effects(review, review.by_policy, "")
    yield from _effects(review, review.by_catalogue, " by the catalogue")
    for each in review.later:
        yield from _changes(review, each.found, each.changes, f" from {each.day} on")
    yield Section("For everybody", tuple(_setting(edit) for edit in review.settings))
    yield Section("Surprises", tuple(_finding(each) for each in review.surprises))
    yield Section("Risks", tuple(_risks(review)))
    yield Section("Gaps", tuple(_gaps(review)))
    yield Section("New findings", tuple(_finding(each) for each in review.found))
    gone = review.gone if review.new.ir else ()
    yield Section("Findings no more", tuple(Item(_brief(each)) for each in gone))
    yield Section("Read back", tuple(_finding(each) for each in review.read_back))
    yield Section("People whom the objects are about", tuple(map(Item, review.people)))
    yield Section("Objects", tuple(_objects(review)))
    yield Section("Files", tuple(_files(review.files)))


# --- effects --------------------------------------------------------------------------------------


def _effects(review: Review, found: Difference | None, by: str) -> Iterator[Section]:
    if found is None:
        return
    yield from _changes(review, found, found.changes, by)
    lines = [(WAYS[m[0].direction], reach_words(m)) for m in own(found)]
    lines += [(WAYS[m[0].direction], following_words(m)) for m in followed(found)]
    items = tuple(Item(f"{way.lower()}: {text}") for way, text in sorted(lines))
    yield Section(f"Identifiers{by}", items)
    items = tuple(Item(f"{WAYS[h.direction].lower()}: {header_words(h)}") for h in found.headers)
    yield Section(f"Tenant restrictions{by}", items)
    hosts = [f"protected: {protected_words(host)}" for host in found.protected]
    hosts += [f"protected no more: {protected_words(host)}" for host in found.unprotected]
    yield Section(f"Hosts that nothing may block{by}", tuple(map(Item, hosts)))


def _changes(
    review: Review, found: Difference, changes: Iterable[Change], by: str
) -> Iterator[Section]:
    ordered = by_weight(changes)
    for way, word in WAYS.items():
        items = tuple(_effect(review, found, c) for c in ordered if c.direction is way)
        yield Section(f"{word}{by}", items)


def _effect(review: Review, found: Difference, change: Change) -> Item:
    causes = [_cause(review, cause.before, cause.after) for cause in change.causes]
    several = list(dict.fromkeys(causes))
    shown = several[:_MOST_CAUSES]
    if len(several) > len(shown):
        shown[-1] += f", and {count(len(several) - len(shown), 'more pair')} of rules"
    return Item(
        effect_words(found.sides, change, review.counted),
        (*shown, witness_words(found.sides, change)),
    )


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


def unchanged(review: Review) -> str:
    """Who and what is as it was: `everyone except finance; 548 of 549 apps`."""
    found = review.difference
    if found is None or review.is_new:
        return ""
    touched = [change.people for change in found.changes]
    touched += [reach.people for reach in found.reaches]
    touched += [header.people for header in found.headers]
    universe = found.sides.universe
    rest = universe.others(universe.any_of(touched))
    alone = [name for name in universe.groups if universe.contains(rest, frozenset({name}))]
    apps = found.sides.after.apps
    others = len(apps) - len(apps.keys() & _apps(found))
    parts = [_rest_words(found.sides.words(rest), alone)] if rest and touched else []
    return "; ".join([*parts, f"{others:,} of {count(len(apps), 'app')}"])


def _rest_words(words: str, alone: list[str]) -> str:
    """`everyone except finance`, or whoever is not told above, and who is among them."""
    if ";" not in words and ", not in " not in words:
        return words
    among = f", such as whoever is only in {some(alone, 6)}" if alone else ""
    return f"everybody else{among}"


def _apps(found: Difference) -> set[str]:
    names = {app for change in found.changes for app in change.apps}
    names |= {app for reach in found.reaches for app in reach.apps}
    return names | {header.app for header in found.headers}


def _approvals(review: Review) -> Iterator[Item]:
    for needed in review.required:
        yield Item(approval_words(review, needed), tuple(reason_lines(needed)))


# --- what else ------------------------------------------------------------------------------------


def _setting(edit: Edit) -> Item:
    span = edit.after or edit.before
    where = place(span) if span else ""
    if edit.way is not Way.CHANGED:
        return Item(f"{edit.title} {edit.way}", (where,) if where else ())
    what = "; ".join(f"{f.key}: {f.before or 'none'} -> {f.after or 'none'}" for f in edit.named)
    word = "" if edit.direction is Direction.OTHER else f"{edit.direction}: "
    return Item(f"{word}{what}", (where,) if where else ())


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


def _gaps(review: Review) -> Iterator[Item]:
    if review.gaps is None:
        return
    for gap in review.gaps.opened:
        advice = (gap.reason.advice,) if gap.reason.advice else ()
        yield Item(f"new: {gap_words(gap)}", advice)
    for clause in review.gaps.policy:
        advice = (clause.reason.advice,) if clause.reason.advice else ()
        yield Item(f"new: {policy_gap_words(clause)}", advice)
    for gap in review.gaps.closed:
        yield Item(f"closed: {gap_words(gap)}")


def _objects(review: Review) -> Iterator[Item]:
    for each in review.objects:
        for word, names in (
            ("create", each.created),
            ("update", each.updated),
            ("delete", each.deleted),
        ):
            if names:
                where = f" at {each.place}" if each.place else ""
                yield Item(f"{each.target}{where}: {word} {len(names):,}: {some(names)}")


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


# --- the whole in a sentence ----------------------------------------------------------------------


def against(review: Review) -> str:
    """`policy/ai-usage.yaml against HEAD (1b43f83), as of 2026-11-29`."""
    commit = f" ({review.base.commit[:12]})" if review.base.commit else ""
    return f"{review.policy} against {review.base.name}{commit}, as of {review.as_of}"


def headline(review: Review) -> str:
    """What it comes to, and who has not agreed to it."""
    asked = missing_words(review)
    return f"{_headline(review)} {asked}" if asked else _headline(review)


def _headline(review: Review) -> str:
    errors = sum(1 for each in review.new.findings if each.severity is Severity.ERROR)
    failing = f"The new policy has {count(errors, 'error')}. " if errors else ""
    if review.is_new:
        start = f"{review.base.name} has no such policy: everything is new."
        return f"{failing}{start} {_amounts(review)}"
    if review.new.ir is None:
        return f"{failing}What it would do cannot be said."
    if not review.of_policies:
        return failing + _of_what_is_there(review)
    if review.difference is None:
        return f"{failing}The policy of {review.base.name} has errors: no effect can be told."
    if review.proven_same:
        number = count(review.number_of_files, "file")
        of = f" of {' and '.join(review.chosen)}" if review.chosen else ""
        same = f"the outputs{of} are the same to the byte ({number}, both made)"
        return f"{failing}No effect on people; {same}."
    return failing + _amounts(review)


def _of_what_is_there(review: Review) -> str:
    """In a sentence, of a folder of files or of vendors."""
    if not review.number_of_files:
        writes = sum(
            len(each.created) + len(each.updated) + len(each.deleted) for each in review.objects
        )
        return f"Applying the policy would write {count(writes, 'object')}."
    back = count(len(review.read_back), "answer")
    verb = "is" if len(review.read_back) == 1 else "are"
    return f"{_file_amount(review)}; read back, {back} {verb} not what the policy says."


def _amounts(review: Review) -> str:
    things = effects_of(review)
    counts = ((things.count(way), word.lower()) for way, word in WAYS.items())
    ways = ", ".join(f"{number:,} {word}" for number, word in counts if number)
    effect = f"{count(len(things), 'effect')} on people: {ways}." if things else ""
    if review.difference is not None and not things:
        effect = (
            "No decision about a listed app changes, but something that holds for everybody does."
            if review.settings
            else "No effect on people."
        )
    if coming := sum(len(each.changes) for each in review.later):
        day = f"{count(coming, 'effect')} from {review.later[0].day} on"
        effect = f"{effect} {day}." if things else f"No effect on people yet; {day}."
    surprises = [count(len(review.surprises), "surprise")] if review.surprises else []
    return f"{effect} {'; '.join((*surprises, *_gap_amounts(review), _file_amount(review)))}."


def _file_amount(review: Review) -> str:
    if not (review.base.comparable and review.new.comparable):
        return "files cannot be compared"
    verb = "differs" if len(review.files) == 1 else "differ"
    return f"{len(review.files):,} of {count(review.number_of_files, 'file')} {verb}"


def effects_of(review: Review) -> list[Direction]:
    """Which way each effect goes, of the policy and of the catalogue."""
    ways: list[Direction] = []
    for found in (review.by_policy, review.by_catalogue):
        if found is not None:
            ways += [change.direction for change in found.changes]
            ways += [members[0].direction for members in own(found)]
            ways += [change.direction for change in found.headers]
    return ways


def _gap_amounts(review: Review) -> Iterator[str]:
    if review.gaps is None:
        return
    found = review.gaps
    for word, number in (("new", found.number_opened), ("closed", found.number_closed)):
        if number:
            yield f"{number:,} {word} gap{'' if number == 1 else 's'}"
