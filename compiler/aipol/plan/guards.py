"""Turn a plan into the reasons why it must not be carried out without a word from a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from aipol.diagnostics import Diagnostic, codes
from aipol.diagnostics.model import Rule
from aipol.plan.model import Action, Cause, Plan
from aipol.plan.replacing import unreplaced
from aipol.source import Span

# Judgement: what a commit of a line or two changes, and what a slip of a whole section does.
FEW_DELETIONS, DELETIONS_PERCENT = 2, 20
FEW_UPDATES, UPDATES_PERCENT = 10, 50

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person at the command line allows, each narrowly."""

    deletes: int = 0
    updates: int = 0
    everybody: frozenset[str] = frozenset()
    """Keys of objects about everybody that may go, or patterns of such with `*`."""
    first_enforcement: bool = False

    def lets_go(self, key: str) -> bool:
        """Whether an object about everybody may go."""
        return any(fnmatchcase(key, each) for each in self.everybody)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the policy says something: of the target, and of each group by its vendors' names."""

    target: Span
    groups: Mapping[str, Span] = field(default_factory=dict[str, Span])


def refusals(
    plan: Plan, consent: Consent, places: Places, rehearsal: str = ""
) -> tuple[Diagnostic, ...]:
    """Why a plan must not be carried out.

    `rehearsal` is the setting with which the target would only report, where it has one that is not
    set.
    """
    span = places.target
    found = [*_collisions(plan, span), *_absent(plan, places), *_deletions(plan, consent, span)]
    found += _copies(plan, consent, span)
    found += [*_updates(plan, consent, span), *_everybody(plan, consent, span)]
    return (*found, *_first(plan, consent, span, rehearsal))


def _ours(plan: Plan) -> int:
    return sum(1 for change in plan.changes if change.id and change.marked)


def _many(rule: Rule, plan: Plan, number: int, span: Span, hint: str) -> Diagnostic:
    every, place = _ours(plan), plan.place
    return rule.at(span, target=plan.target, number=number, all=every, place=place, hint=hint)


def _collisions(plan: Plan, span: Span) -> Iterator[Diagnostic]:
    for each in plan.collisions:
        adopt = f"`aipol adopt {each.key}` takes it over; or " if each.adoptable else ""
        hint = f"{adopt}rename it there (its id is {each.id})"
        yield codes.NAME_TAKEN.at(span, name=each.name, place=plan.place, kind=each.kind, hint=hint)


def _absent(plan: Plan, places: Places) -> Iterator[Diagnostic]:
    for each in plan.absent:
        span = places.groups.get(each.name, places.target)
        what, name, place = each.what, each.name, plan.place
        yield codes.MISSING_THERE.at(span, what=what, name=name, place=place, hint=each.hint)


def _deletions(plan: Plan, consent: Consent, span: Span) -> Iterator[Diagnostic]:
    number, every = len(list(plan.of(Action.DELETE))), _ours(plan)
    most = max(FEW_DELETIONS, every * DELETIONS_PERCENT // 100)
    if number > max(most, consent.deletes):
        hint = f"read them with `aipol plan -v`; if they are meant, `--allow-deletes {number}`"
        yield _many(codes.MANY_DELETIONS, plan, number, span, hint)


def _copies(plan: Plan, consent: Consent, span: Span) -> Iterator[Diagnostic]:
    """What a person made or changed: in a console, a new object often begins as a copy of one."""
    deletions = list(plan.of(Action.DELETE))
    for change in deletions:
        strange = change.cause in (Cause.DOUBLE, Cause.GONE) and change.differences
        if strange and len(deletions) > consent.deletes:
            theirs = "take the mark out of its description, or out of its name where it is there"
            hint = (
                f"if it is needed, {theirs} (its id is {change.id}); if not, "
                f"`--allow-deletes {len(deletions)}`"
            )
            yield codes.NOT_AS_WRITTEN.at(span, name=change.name, place=plan.place, hint=hint)


def _updates(plan: Plan, consent: Consent, span: Span) -> Iterator[Diagnostic]:
    number, every = len(list(plan.of(Action.UPDATE))), _ours(plan)
    most = max(FEW_UPDATES, every * UPDATES_PERCENT // 100)
    if number > max(most, consent.updates):
        hint = f"read them with `aipol plan -v`; if they are meant, `--allow-updates {number}`"
        yield _many(codes.MANY_UPDATES, plan, number, span, hint)


def _everybody(plan: Plan, consent: Consent, span: Span) -> Iterator[Diagnostic]:
    lost = [
        change.key
        for change in unreplaced(plan)
        if change.cause is not Cause.DOUBLE and change.concerned.everybody
    ]
    named = [key for key in lost if not consent.lets_go(key)]
    if named:
        rest = f" and {len(named) - _NAMED:,} more" if len(named) > _NAMED else ""
        hint = (
            "nothing that this plan makes is about all of the same people; if the policy means it, "
            f"`--allow-everybody {named[0]}`, each of them or with `*`"
        )
        yield codes.EVERYBODY_LOSES.at(
            span,
            objects=", ".join(f"`{key}`" for key in named[:_NAMED]) + rest,
            place=plan.place,
            hint=hint,
        )


def _first(plan: Plan, consent: Consent, span: Span, rehearsal: str) -> Iterator[Diagnostic]:
    new = any(each.action in (Action.CREATE, Action.ADOPT) for each in plan.changes)
    if rehearsal and new and not _ours(plan) and not consent.first_enforcement:
        hint = f"set `{rehearsal}` first, and watch; or `--allow-first-enforcement`"
        yield codes.FIRST_ENFORCEMENT.at(span, target=plan.target, place=plan.place, hint=hint)
