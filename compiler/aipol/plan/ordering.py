"""Put changes into the order in which they can be made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from graphlib import TopologicalSorter

from aipol.plan.model import Action, Change
from aipol.remote import references


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """What is needed first, first; deletions last, and what refers to another before that other.

    Among equals the order is by kind and key, so that a plan is the same on every run.
    """
    by_place = sorted(changes, key=lambda each: (each.kind, each.key, each.id))
    kept = [each for each in by_place if each.action is not Action.DELETE]
    removed = [each for each in by_place if each.action is Action.DELETE]
    return (*_by_need(map(_needing, kept)), *_by_need(_released(removed)))


def _needing(change: Change) -> Change:
    return replace(change, needs=tuple(sorted(set(references(change.after)))))


def _released(removed: list[Change]) -> list[Change]:
    """Deletions that wait for those of what refers to them."""
    users: dict[str, set[str]] = {}
    for change in removed:
        for key in references(change.before):
            users.setdefault(key, set()).add(change.key)
    return [replace(each, needs=tuple(sorted(users.get(each.key, ())))) for each in removed]


def _by_need(changes: Iterable[Change]) -> list[Change]:
    several: dict[str, list[Change]] = {}
    for change in changes:
        several.setdefault(change.key, []).append(change)
    needs = {
        key: {need for change in group for need in change.needs if need in several and need != key}
        for key, group in several.items()
    }
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    made: list[Change] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda key: (several[key][0].kind, key))
        for key in ready:
            made += several[key]
        sorter.done(*ready)
    return made
