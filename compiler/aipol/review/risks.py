"""Turns what a change does into what somebody may have to answer for, each at its line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aipol.diagnostics import codes
from aipol.difference import Direction
from aipol.report.effects import ceiling_words, effect_words, gap_words
from aipol.report.words import count, some
from aipol.review.edits import Way
from aipol.review.model import strongest_first
from aipol.source import Span, whole_file

if TYPE_CHECKING:
    from aipol.diagnostics import Diagnostic
    from aipol.difference import Change, Difference
    from aipol.review.edits import Edit
    from aipol.review.gaps import GapChanges
    from aipol.review.sides import Side


def risks(
    base: Side,
    new: Side,
    found: Difference | None,
    edits: tuple[Edit, ...],
    gaps: GapChanges | None,
) -> tuple[Diagnostic, ...]:
    """Every risk: looser effects, higher ceilings, gaps, licences, protection, other people."""
    return tuple(
        dict.fromkeys(
            (
                *_looser(new, found),
                *_settings(new, edits),
                *_gaps(new, gaps),
                *_licences(base, new),
                *_unprotected(new, found),
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
    for host, match, purpose in found.unprotected if found else ():
        yield codes.UNPROTECTED.at(
            whole_file(new.told_as), host=host if match == "exact" else f"{host} ({match})"
        )
        del purpose
