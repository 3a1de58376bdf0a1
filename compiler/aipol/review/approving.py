"""Adds to a review whom its effects are about, counted, and who has to agree to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from aipol.approvals import Compared, Policy, required
from aipol.approvals.model import Opening
from aipol.report.approvals import missing_approvals
from aipol.report.effects import gap_words, policy_gap_words
from aipol.review.outputs import same_inputs

if TYPE_CHECKING:
    from aipol.people import People
    from aipol.review.gaps import GapChanges
    from aipol.review.model import Review
    from aipol.review.sides import Side


def with_approvals(review: Review, people: People | None, approved: Collection[str]) -> Review:
    """The review with what it needs."""
    change = None if _same(review) else compared(review)
    needed = required(change, people) if change is not None else ()
    found = replace(review, counted=people, required=needed, approved=frozenset(approved))
    return replace(found, lacking=missing_approvals(found))


def compared(review: Review) -> Compared | None:
    """The two policies, where there are two, and it is known what the new one says."""
    after = _policy(review.new)
    if after is None or not review.of_policies:
        return None
    known = review.gaps
    gaps = None if known is None else tuple(_openings(known, review.new))
    return Compared(_policy(review.base), after, review.difference, gaps, review.coming)


def _openings(gaps: GapChanges, new: Side) -> Iterator[Opening]:
    """Gaps of decisions, and of clauses about the whole policy, that only the new policy has."""
    for gap in gaps.opened:
        apps = frozenset(app for app, _ in gap.uses)
        yield Opening(gap_words(gap), new.span(gap.span), gap.people, apps)
    for clause in gaps.policy:
        yield Opening(policy_gap_words(clause), new.span(clause.clause.span))


def _same(review: Review) -> bool:
    """Whether both policies are of the same texts, and nothing can be needed."""
    before, after = review.base.opened, review.new.opened
    return before is not None and after is not None and same_inputs(before, after)


def _policy(side: Side) -> Policy | None:
    opened = side.opened
    if opened is None or opened.assembled is None:
        return None
    return Policy(opened.assembled, opened.ir, opened.catalogue, side.span)
