"""Turns a review into one sentence: what it comes to, and who has to agree to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aipol.diagnostics.model import Severity
from aipol.difference.apart import own
from aipol.report.approvals import missing_words
from aipol.report.review import WAYS
from aipol.report.words import count

if TYPE_CHECKING:
    from aipol.difference import Direction
    from aipol.review.model import Review


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
    surprises = [count(len(review.surprises), "surprise")] if review.surprises else []
    rest = "; ".join((*surprises, *_gap_amounts(review), _file_amount(review)))
    return f"{_effect_amount(review)} {rest}."


def _effect_amount(review: Review) -> str:
    """How many effects there are, today and later; that there is none, where there is nothing."""
    if review.difference is None:
        return ""
    things, coming = effects_of(review), sum(len(each.changes) for each in review.later)
    later = f"{count(coming, 'effect')} from {review.later[0].day} on." if coming else ""
    if things:
        counts = ((things.count(way), word.lower()) for way, word in WAYS.items())
        ways = ", ".join(f"{number:,} {word}" for number, word in counts if number)
        return f"{count(len(things), 'effect')} on people: {ways}. {later}".rstrip()
    if review.settings or review.difference.protected or review.difference.unprotected:
        now = "No decision about a listed app changes, but something that holds for everybody does."
        return f"{now} {later}".rstrip()
    if later:
        return f"No effect on people yet; {later}"
    return "No decision changes." if review.affects else "No effect on people."


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
            ways += [change.direction for change in found.data]
    return ways


def _gap_amounts(review: Review) -> Iterator[str]:
    if review.gaps is None:
        return
    found = review.gaps
    opened = ("new", found.number_opened, found.opened)
    for word, number, listed in (opened, ("closed", found.number_closed, found.closed)):
        if number:
            yield f"{count(number, f'{word} gap')} of decisions ({count(len(listed), 'item')})"
    if found.policy:
        yield f"{count(len(found.policy), 'new gap')} of the whole policy"
