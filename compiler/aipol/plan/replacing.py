"""Say whether what goes is replaced by what the same plan makes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aipol.plan.model import Action, Change, Plan

_MAKING = frozenset({Action.CREATE, Action.ADOPT})


def unreplaced(plan: Plan) -> Iterator[Change]:
    """What goes of which nothing on its topic, made before, is about all whom it is about."""
    made: dict[tuple[str, str], set[str]] = {}
    for change in plan.changes:
        place = change.kind, change.concerned.topic
        if change.action in _MAKING and change.concerned.topic:
            made.setdefault(place, set()).update(change.concerned.people)
        elif change.action is Action.DELETE:
            others = made.get(place, set())
            if not all(_about(each, others) for each in change.concerned.people or ("",)):
                yield change


@dataclass(frozen=True, slots=True)
class _People:
    """`a, b except c`, as `str` of an audience has it."""

    include: frozenset[str]
    exclude: frozenset[str]


def _about(people: str, others: set[str]) -> bool:
    """Whether everybody of an audience is in one of the others."""
    if people in others:
        return True
    asked, known = _parsed(people), tuple(found for each in others if (found := _parsed(each)))
    return (
        asked is not None
        and bool(asked.include)
        and all(_reached(group, asked.exclude, known, frozenset()) for group in asked.include)
    )


def _parsed(text: str) -> _People | None:
    """None for an audience that is an intersection: only the same one is known to be in it."""
    if " who are in " in text:
        return None
    include, _, exclude = text.partition(" except ")
    return _People(_names(include), _names(exclude))


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(", ")) if text else frozenset()


def _reached(
    group: str, without: frozenset[str], known: tuple[_People, ...], seen: frozenset[str]
) -> bool:
    """Whether a group, but for those of `without`, is reached.

    By one audience that includes it, where those that this one leaves out are reached as well.
    """
    if group in seen:
        return False
    seen |= {group}
    return any(
        group in each.include
        and all(_reached(name, without, known, seen) for name in each.exclude - without)
        for each in known
    )
