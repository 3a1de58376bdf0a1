"""Turn plans into what a person reads: what it does to people first, then the objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aipol.plan.model import Action, Cause, Change, Difference, Plan, Plans, Whom
from aipol.report.words import count, folded, markdown, some

SIGNS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.ADOPT: ">",
    Action.DELETE: "-",
    Action.NO_OP: "=",
}
UNTOLD = "differs, and no journal tells who changed it"
_WHY = {
    Cause.NEW: "",
    Cause.MOVED: "the policy asks for something else",
    Cause.EDITED: "edited by hand",
    Cause.RESTORED: "as another apply than the last one wrote it",
    Cause.UNKNOWN: UNTOLD,
    Cause.GONE: "the policy asks for it no more",
    Cause.DOUBLE: "a copy",
    Cause.FOREIGN: "taken over",
    Cause.UNDONE: "",
    Cause.SAME: "",
}
_SHOWN, _PLACES, _VALUE, _NAME, _NOTE = 12, 3, 60, 200, 400


@dataclass(frozen=True, slots=True)
class Shown:
    """How much is shown of each plan: on a screen, or everything with what is in each object."""

    most: int = _SHOWN
    details: bool = False
    more: str = "-v"
    """What shows the rest."""


BRIEF = Shown()
ELSEWHERE = Shown(more="aipol plan -v")
FULL = Shown(most=1_000_000, details=True)


def plans_text(plans: Plans, shown: Shown = BRIEF) -> Iterator[str]:
    """All plans for a terminal."""
    for plan in plans.plans:
        yield from plan_text(plan, shown)
        yield ""


def plan_text(plan: Plan, shown: Shown = BRIEF) -> Iterator[str]:
    """One plan for a terminal: the sum, whom it concerns, each object, what is left alone."""
    yield from folded(f"{plan.target} at {plan.place}: {tally(plan)}.")
    concerned = people(plan)
    if concerned:
        yield from folded(f"  concerns {audiences(concerned)}")
    for change in plan.writes[: shown.most]:
        # Not folded: a name that stands alone on a line can be copied, and grep finds its sign.
        yield f"  {_line(change)}"
        if shown.details:
            yield from (f"      {text}" for text in map(difference_text, change.differences))
            yield from (f"      because of {line}" for line in change.concerned.lines)
    if len(plan.writes) > shown.most:
        yield f"  and {len(plan.writes) - shown.most:,} more: `{shown.more}` shows them all"
    yield from (f"  note: {_cut(note, _NOTE)}" for note in plan.notes)


def tally(plan: Plan) -> str:
    """`2 to create, 1 to update; 27 as they should be, 4 of others left alone`.

    What nothing gets around comes first: `stopped by 1 name taken by others; 2 to create`.
    """
    still = [each.cause is Cause.SAME for each in plan.of(Action.NO_OP)]
    same, later = still.count(True), still.count(False)
    rest = [f"{same:,} as they should be"] if same else []
    if later:
        rest.append(f"{later:,} of ours left for `aipol apply`")
    if plan.foreign:
        rest.append(f"{count(len(plan.foreign), 'object')} of others left alone")
    stopped = _stopped(plan)
    parts = (stopped, _counts(plan) or ("" if stopped else "nothing to do"), ", ".join(rest))
    return "; ".join(part for part in parts if part)


def _stopped(plan: Plan) -> str:
    """What must go, or come, before anything of the plan is done."""
    names, absent = len(plan.collisions), len(plan.absent)
    found = [f"{count(names, 'name')} taken by others"] if names else []
    found += [f"{count(absent, 'thing')} missing there"] if absent else []
    return f"stopped by {' and '.join(found)}" if found else ""


def _counts(plan: Plan) -> str:
    """`2 to create, 1 to delete`."""
    return ", ".join(
        f"{number:,} to {action}"
        for action in (Action.CREATE, Action.UPDATE, Action.ADOPT, Action.DELETE)
        if (number := sum(1 for _ in plan.of(action)))
    )


def asked(plans: Plans) -> str:
    """The question before anything is changed: what, and where."""
    told = [f"{_counts(plan)} at {plan.place}" for plan in plans.plans if plan.writes]
    return f"Do it: {'; '.join(told)}?"


def people(plan: Plan) -> list[Whom]:
    """The audiences that what is written is about, each once."""
    return sorted({each for change in plan.writes for each in change.concerned.people})


def audiences(several: Iterable[Whom], most: int = 3) -> str:
    """`everyone except sales; everyone except finance and sales; and 2 more`."""
    every = [audience(each) for each in several]
    more = [f"and {len(every) - most:,} more"] if len(every) > most + 1 else []
    return "; ".join([*(every[:most] if more else every), *more])


def audience(whom: Whom) -> str:
    """`finance, sales who are in pilot or staff except contractors and interns`."""
    text = ", ".join(whom.include)
    for groups in whom.within:
        text += f" who are in {' or '.join(groups)}"
    return f"{text} except {' and '.join(whom.exclude)}" if whom.exclude else text


def _line(change: Change) -> str:
    why = _WHY[change.cause]
    places = [each.path or "all of it" for each in change.differences]
    if places and change.action in (Action.UPDATE, Action.ADOPT):
        why = f"{why}: {some(places, _PLACES)}" if why else some(places, _PLACES)
    about = audiences(change.concerned.people, 1)
    told = "; ".join(part for part in (about, why) if part)
    name = _cut(change.key.partition("/")[2], _NAME)
    return f"{SIGNS[change.action]} {name} ({change.kind})" + (f": {told}" if told else "")


def difference_text(each: Difference) -> str:
    """`settings[0].value: "a" -> "b"`, long values cut."""
    return f"{each.path or 'all of it'}: {value_text(each.before)} -> {value_text(each.after)}"


def value_text(value: object) -> str:
    """A value as JSON; a long one cut."""
    import json

    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return _cut(text, _VALUE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} characters)"


def plans_markdown(plans: Plans, shown: Shown = BRIEF) -> Iterator[str]:
    """All plans for a comment on a change."""
    for plan in plans.plans:
        yield f"### {markdown(plan.target)} at {markdown(plan.place)}"
        yield ""
        yield f"{markdown(tally(plan))}."
        concerned = people(plan)
        if concerned:
            yield f"Concerns {markdown(audiences(concerned))}."
        yield ""
        if plan.writes:
            yield from _table(plan.writes, shown.most)
            yield ""
        yield from (f"Note: {markdown(_cut(note, _NOTE))}" for note in plan.notes)


def _table(changes: Iterable[Change], most: int) -> Iterator[str]:
    yield "| | object | kind | whom | why |"
    yield "| --- | --- | --- | --- | --- |"
    every = list(changes)
    for change in every[:most]:
        whom = audiences(change.concerned.people, 1)
        cells = (change.action, change.key, change.kind, whom, _WHY[change.cause])
        yield f"| {' | '.join(map(markdown, cells))} |"
    if len(every) > most:
        yield f"| | and {len(every) - most:,} more | | | |"
