"""Turns the approvals that a change needs into words, findings and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aipol.audience import NOBODY, Region
from aipol.diagnostics import codes
from aipol.language.words import enumerated
from aipol.report.headcounts import headcount_json, headcount_words
from aipol.report.words import count
from aipol.review.sides import place

if TYPE_CHECKING:
    from aipol.approvals import Required, Trigger
    from aipol.diagnostics import Diagnostic
    from aipol.review import Review
    from aipol.vocabulary import Condition

_SHOWN = 1


def approval_words(review: Review, needed: Required) -> str:
    """`security or legal has to agree (approval `looser`): 24 people (22 Macs)`."""
    contacts = _contacts(needed)
    agreed = needed.given(review.approved)
    found = review.difference
    heads = (
        headcount_words(review.counted, found.sides.universe, needed.people)
        if found is not None and needed.people != NOBODY
        else ""
    )
    if needed.least and review.counted is None:
        heads = f"it is for changes for {count(needed.least, 'person', 'people')} or more, and"
        heads += " nobody counted them: `--people FILE` does"
    verb = "agreed" if agreed else "has to agree"
    by = "" if needed.after else f"; only {review.base.name} asks for it"
    return f"{contacts} {verb} (approval `{needed.id}`{by}){f': {heads}' if heads else ''}"


def reason_lines(needed: Required, *, whole: bool = False) -> Iterator[str]:
    """For each condition the first reason, with how many there are besides, or every reason."""
    for condition, reasons in _by_condition(needed).items():
        if whole:
            yield from (f"{condition}: {place(each.span)} {each.text}" for each in reasons)
            continue
        shown = "; ".join(f"{place(each.span)} {each.text}" for each in reasons[:_SHOWN])
        more = len(reasons) - _SHOWN
        rest = f"; and {count(more, 'more reason')}" if more > 0 else ""
        yield f"{condition}: {shown}{rest}"


def _by_condition(needed: Required) -> dict[Condition, list[Trigger]]:
    found: dict[Condition, list[Trigger]] = {}
    for reason in needed.reasons:
        found.setdefault(reason.condition, []).append(reason)
    return found


def _contacts(needed: Required) -> str:
    return enumerated(
        [f"{name} <{mail}>" if mail else name for name, mail in needed.contacts], "or"
    )


def missing_words(review: Review) -> str:
    """`Needs the agreement of security and legal.`: who has to agree and did not."""
    names = dict.fromkeys(
        enumerated([name for name, _ in needed.contacts], "or")
        for needed in review.required
        if not needed.given(review.approved)
    )
    return f"Needs the agreement of {'; '.join(names)}." if names else ""


def missing_approvals(review: Review) -> tuple[Diagnostic, ...]:
    """A finding for each approval that nobody has given, at its line in the policy that has it."""
    return tuple(
        codes.APPROVAL_MISSING.at(
            needed.span,
            who=enumerated([name for name, _ in needed.contacts], "or"),
            why="; ".join(reason_lines(needed)),
            hint=_how(needed),
        )
        for needed in review.required
        if not needed.given(review.approved)
    )


def _how(needed: Required) -> str:
    """How an agreement is said: by mail address where the change makes a name somebody else's."""
    for name, _ in needed.contacts:
        if name not in needed.moved:
            return f"`--approved {name}`, once they have agreed"
    name, mail = needed.contacts[0]
    return f"`--approved {mail}`, once they have agreed: the change makes `{name}` another contact"


def approvals_json(review: Review) -> list[dict[str, Any]]:
    """Everything about the approvals, for a program that asks for reviews."""
    return [_approval_json(review, needed) for needed in review.required]


def _approval_json(review: Review, needed: Required) -> dict[str, Any]:
    return {
        "approval": needed.id,
        "contacts": [{"name": name, "mail": mail} for name, mail in needed.contacts],
        "approved": needed.given(review.approved),
        "asked_by": {"base": needed.before, "new": needed.after},
        "file": needed.span.file,
        "line": needed.span.line,
        "headcount": _headcount(review, needed.people),
        "reasons": [_reason_json(review, reason) for reason in needed.reasons],
    }


def _reason_json(review: Review, reason: Trigger) -> dict[str, Any]:
    return {
        "condition": reason.condition.value,
        "text": reason.text,
        "file": reason.span.file,
        "line": reason.span.line,
        "apps": None if reason.apps is None else sorted(reason.apps),
        "data": None if reason.classes is None else sorted(reason.classes),
        "headcount": _headcount(review, reason.people if reason.condition.narrows else NOBODY),
    }


def _headcount(review: Review, people: Region) -> Any:
    """How many they are; nothing for what is about no people in particular."""
    found = review.difference
    if found is None or people == NOBODY:
        return None
    return headcount_json(review.counted, found.sides.universe, people)
