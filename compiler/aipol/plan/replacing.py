"""Say whether what goes is replaced by what the same plan makes first."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.plan.model import Action, Change, Plan, Whom

_MAKING = frozenset({Action.CREATE, Action.ADOPT})


def unreplaced(plan: Plan) -> Iterator[Change]:
    """What goes of which nothing on its topic, made before, is about all whom it is about."""
    made: dict[tuple[str, str], set[Whom]] = {}
    for change in plan.changes:
        place = change.kind, change.concerned.topic
        if change.action in _MAKING and change.concerned.topic:
            made.setdefault(place, set()).update(change.concerned.people)
        elif change.action is Action.DELETE:
            others = made.get(place, set())
            if not all(_about(each, others) for each in change.concerned.people or (Whom(),)):
                yield change


def _about(people: Whom, others: set[Whom]) -> bool:
    """Whether everybody of an audience is in one of the others."""
    if people in others:
        return True
    # Of an intersection only the same one is known to be in it.
    known = tuple(each for each in others if not each.within)
    return (
        not people.within
        and bool(people.include)
        and all(
            _reached(group, frozenset(people.exclude), known, frozenset())
            for group in people.include
        )
    )


def _reached(
    group: str, without: frozenset[str], known: tuple[Whom, ...], seen: frozenset[str]
) -> bool:
    """Whether a group, but for those of `without`, is reached.

    By one audience that includes it, where those that this one leaves out are reached as well.
    """
    if group in seen:
        return False
    seen |= {group}
    return any(
        group in each.include
        and all(
            _reached(name, without, known, seen) for name in each.exclude if name not in without
        )
        for each in known
    )
