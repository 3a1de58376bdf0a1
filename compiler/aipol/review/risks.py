"""Turns what a change does into what somebody may have to answer for, each at its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aipol.diagnostics import codes
from aipol.difference import Direction
from aipol.report.difference import data_words
from aipol.report.effects import ceiling_words, effect_words, gap_words, policy_gap_words
from aipol.report.words import count, some
from aipol.review.edits import Way
from aipol.review.model import by_weight, strongest_first
from aipol.source import Span, whole_file

if TYPE_CHECKING:
    from aipol.diagnostics import Diagnostic
    from aipol.difference import Change, Difference
    from aipol.difference.later import Later
    from aipol.ir import Ir
    from aipol.language.assemble import Assembled
    from aipol.language.model import PolicyTest
    from aipol.review.edits import Edit
    from aipol.review.gaps import GapChanges
    from aipol.review.sides import Side


@dataclass(frozen=True)
class Changed:
    """All that a change does, as far as it can be said."""

    base: Side
    new: Side
    found: Difference | None
    edits: tuple[Edit, ...]
    gaps: GapChanges | None
    later: tuple[Later, ...]


def risks(changed: Changed) -> tuple[Diagnostic, ...]:
    """Every risk: looser effects, higher ceilings, gaps, licences, protection, other people."""
    new = changed.new
    return tuple(
        dict.fromkeys(
            (
                *_looser(new, changed.found),
                *_data(new, changed.found),
                *_later(new, changed.later),
                *_settings(new, changed.edits),
                *_guards(changed.base, new, changed.edits),
                *_gaps(new, changed.gaps),
                *_licences(changed.base, new),
                *_unprotected(new, changed.found),
            )
        )
    )


def _looser(new: Side, found: Difference | None) -> Iterator[Diagnostic]:
    if found is None:
        return
    for change in strongest_first(found):
        if change.direction is Direction.LOOSER:
            yield codes.LOOSER_EFFECT.at(
                span_of(new, change), effect=effect_words(found.sides, change)
            )
        if ceiling := ceiling_words(found.sides, change):
            yield codes.CEILING_RAISED.at(span_of(new, change), effect=ceiling)
    for header in found.headers:
        if header.direction is Direction.LOOSER:
            text = f"{header.who}: less keeps personal accounts out of {header.app}"
            yield codes.LOOSER_EFFECT.at(whole_file(new.told_as), effect=text)


def _data(new: Side, found: Difference | None) -> Iterator[Diagnostic]:
    for change in found.data if found else ():
        if change.direction is Direction.LOOSER:
            span = new.span(change.span) if change.span else whole_file(new.told_as)
            yield codes.LESS_RECOGNISED.at(span, what=data_words(change))


def _later(new: Side, coming: tuple[Later, ...]) -> Iterator[Diagnostic]:
    for each in coming:
        for change in by_weight(each.changes):
            if change.direction is Direction.LOOSER:
                effect = f"from {each.day} on: {effect_words(each.found.sides, change)}"
                yield codes.LOOSER_EFFECT.at(span_of(new, change), effect=effect)


def _guards(base: Side, new: Side, edits: tuple[Edit, ...]) -> Iterator[Diagnostic]:
    """What kept the policy from going astray, and does so less."""
    before, after = (side.opened.assembled if side.opened else None for side in (base, new))
    if before is None or after is None:
        return
    old, now = before.gap_budget, after.gap_budget
    if old is not None and (now is None or now.value > old.value):
        span = new.span(now.span()) if now else whole_file(new.told_as)
        what = f"gap_budget: {old.value:,} -> {f'{now.value:,}' if now else 'none'}"
        yield codes.GUARD_WEAKENED.at(span, what=what)
    gone = len([each for each in before.tests if each.value not in _tests(after)])
    if gone:
        span = new.span(after.tests[0].span()) if after.tests else whole_file(new.told_as)
        what = f"{count(gone, 'test')} of the policy {'is' if gone == 1 else 'are'} gone or changed"
        yield codes.GUARD_WEAKENED.at(span, what=what)
    for edit in edits:
        if edit.after and any((f.key, f.before) == ("locked", "true") for f in edit.fields):
            what = f"`{edit.title}` is no longer locked"
            yield codes.GUARD_WEAKENED.at(new.span(edit.after), what=what)


def _tests(policy: Assembled) -> list[PolicyTest]:
    return [placed.value for placed in policy.tests]


def span_of(new: Side, change: Change) -> Span:
    """The line of the new policy that decides for most of what changes."""
    for cause in change.causes:
        for because in cause.after:
            return new.span(because.span)
    return whole_file(new.told_as)


def _settings(new: Side, edits: tuple[Edit, ...]) -> Iterator[Diagnostic]:
    for edit in edits:
        span = new.span(edit.after) if edit.after else whole_file(new.told_as)
        what = "; ".join(
            f"{f.key}: {f.before or 'none'} -> {f.after or 'none'}" for f in edit.named
        )
        if edit.direction is Direction.LOOSER:
            yield codes.LOOSER_SETTING.at(span, what=what)
        elif edit.section == "groups" and edit.for_all and edit.way is Way.CHANGED:
            yield codes.OTHER_PEOPLE.at(span, group=edit.name, what=what)


def _gaps(new: Side, gaps: GapChanges | None) -> Iterator[Diagnostic]:
    for gap in gaps.opened if gaps else ():
        yield codes.GAP_OPENED.at(new.span(gap.span), gap=gap_words(gap), hint=gap.reason.advice)
    for clause in gaps.policy if gaps else ():
        yield codes.GAP_OPENED.at(
            new.span(clause.clause.span), gap=policy_gap_words(clause), hint=clause.reason.advice
        )


def _licences(base: Side, new: Side) -> Iterator[Diagnostic]:
    """By target, clause and reason, where the old policy was told nothing of the kind."""
    old = {(each.target, each.clause, each.reason.code) for each in base.outputs.unlicensed}
    found: dict[tuple[str, str, str], list[str]] = {}
    said: dict[tuple[str, str, str], str] = {}
    for each in new.outputs.unlicensed:
        key = (each.target, each.clause, each.reason.code)
        if key not in old:
            found.setdefault(key, []).append(each.ruling.partition("/")[0])
            said[key] = each.reason.text
    for key, apps in found.items():
        target, clause, _ = key
        names = sorted(set(apps))
        what = f"`{clause}` of {some(names)} ({count(len(apps), 'decision')}): {said[key]}"
        yield codes.LICENCE_NEEDED.at(_setting(new, target), target=target, what=what)


def _setting(new: Side, target: str) -> Span:
    ir = new.ir
    return new.span(ir.setting_span(target)) if ir else whole_file(new.told_as)


def _unprotected(new: Side, found: Difference | None) -> Iterator[Diagnostic]:
    if found is None:
        return
    for host, match, _ in found.unprotected:
        yield codes.UNPROTECTED.at(
            whole_file(new.told_as), host=host if match == "exact" else f"{host} ({match})"
        )
    for account in sorted(_accounts(found.sides.before) - _accounts(found.sides.after)):
        yield codes.UNPROTECTED.at(whole_file(new.told_as), host=account)


def _accounts(ir: Ir) -> set[str]:
    """Whom nothing may lock out."""
    return {clause.value for clause in ir.policy_clauses if clause.key == "protected"}
