"""Adds to a review whom its effects are about, counted, and who has to agree to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from aipol.approvals import Compared, Policy, required
from aipol.approvals.model import Opening
from aipol.report.approvals import missing_approvals
from aipol.report.effects import gap_words
from aipol.review.outputs import same_inputs

if TYPE_CHECKING:
    from aipol.coverage import PolicyGap
    from aipol.people import People
    from aipol.review.model import Review
    from aipol.review.sides import Side


def with_approvals(
    review: Review, people: People | None, approved: Collection[str], *, whole: bool
) -> Review:
    """The review with what it needs; `whole` where the gaps of all targets were compared."""
    change = None if _same(review) else compared(review, whole=whole)
    needed = required(change, people) if change is not None else ()
    found = replace(review, counted=people, required=needed, approved=frozenset(approved))
    return replace(found, lacking=missing_approvals(found))


def compared(review: Review, *, whole: bool) -> Compared | None:
    """The two policies, where there are two, and it is known what the new one says."""
    after = _policy(review.new)
    if after is None or not review.of_policies:
        return None
    gaps = tuple(_openings(review)) if whole and review.gaps is not None else None
    return Compared(_policy(review.base), after, review.difference, gaps)


def _openings(review: Review) -> Iterator[Opening]:
    """Gaps of decisions, and of clauses about the whole policy, that only the new policy has."""
    new = review.new
    for gap in review.gaps.opened if review.gaps else ():
        apps = frozenset(app for app, _ in gap.uses)
        yield Opening(gap_words(gap), new.span(gap.span), gap.people, apps)
    known = {_said(gap) for gap in review.base.outputs.policy_gaps}
    for other in new.outputs.policy_gaps:
        if _said(other) not in known:
            text = f"`{other.clause.key}: {other.clause.value}`: {other.reason.text}"
            yield Opening(text, new.span(other.clause.span))


def _said(gap: PolicyGap) -> object:
    """What is the same of a gap wherever its clause stands."""
    return (gap.clause.key, gap.clause.value, gap.reason.code, gap.targets, gap.sites)


def _same(review: Review) -> bool:
    """Whether both policies are of the same texts, and nothing can be needed."""
    before, after = review.base.opened, review.new.opened
    return before is not None and after is not None and same_inputs(before, after)


def _policy(side: Side) -> Policy | None:
    opened = side.opened
    if opened is None or opened.assembled is None:
        return None
    return Policy(opened.assembled, opened.ir, opened.catalogue, side.span)
