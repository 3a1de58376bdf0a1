"""Put changes into the order in which they can be made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from aipol.plan.model import Action, Change
from aipol.remote import references, referring


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """What is needed first, first; deletions last, and what refers to another before that other.

    Objects that need one another, as somebody's edit may have it, come in any order.
    Among equals the order is by kind and key, so that a plan is the same on every run.
    """
    by_place = sorted(changes, key=lambda each: (each.kind, each.key, each.id))
    kept = [each for each in by_place if each.action is not Action.DELETE]
    removed = [each for each in by_place if each.action is Action.DELETE]
    return (*_by_need(map(_needing, kept)), *_by_need(_released(removed)))


def _needing(change: Change) -> Change:
    return replace(change, needs=tuple(sorted(set(references(change.after)))))


def _released(removed: list[Change]) -> list[Change]:
    """Deletions that wait for those of what refers to them, by key or, to a copy, by its id."""
    keys = {change.id: change.key for change in removed}
    users: dict[str, set[str]] = {}
    for change in removed:
        for key in references(referring(change.before, keys)):
            if key != change.key:
                users.setdefault(key, set()).add(change.key)
    return [replace(each, needs=tuple(sorted(users.get(each.key, ())))) for each in removed]


def _sorter(needs: dict[str, set[str]]) -> TopologicalSorter[str]:
    """A sorter that is ready; where needs go round in a circle, one of them is let go."""
    while True:
        sorter = TopologicalSorter({key: sorted(needs[key]) for key in sorted(needs)})
        try:
            sorter.prepare()
        except CycleError as error:
            first, second = error.args[1][:2]  # each is needed by the one after it
            needs[second].discard(first)
            continue
        return sorter


def _by_need(changes: Iterable[Change]) -> list[Change]:
    several: dict[str, list[Change]] = {}
    for change in changes:
        several.setdefault(change.key, []).append(change)
    needs = {
        key: {need for change in group for need in change.needs if need in several and need != key}
        for key, group in several.items()
    }
    sorter = _sorter(needs)
    made: list[Change] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda key: (several[key][0].kind, key))
        for key in ready:
            made += several[key]
        sorter.done(*ready)
    return made
