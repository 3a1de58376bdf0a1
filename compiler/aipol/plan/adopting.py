"""Take from all that a policy asks for what taking over some objects takes, and leave the rest."""

from __future__ import annotations

from dataclasses import replace

from aipol.plan.model import Action, Change
from aipol.remote import references


def adopting(changes: tuple[Change, ...], keys: frozenset[str]) -> tuple[Change, ...]:
    """The changes of the objects of those keys, and the new ones that they refer to.

    What else there is of ours stays as it is, and is in the plan as that: others may refer to it.
    """
    made = _with_needs(changes, keys)
    return tuple(
        change if _takes_over(change, made) else replace(change, action=Action.NO_OP)
        for change in changes
        if change.id or change.key in made
    )


def needs_of(changes: tuple[Change, ...]) -> frozenset[str]:
    """The keys of what must be there for what is taken over, or made for that."""
    taking = (each for each in changes if each.action in (Action.ADOPT, Action.CREATE))
    return frozenset(key for each in taking for key in references(each.after))


def _takes_over(change: Change, made: frozenset[str]) -> bool:
    return change.action in (Action.ADOPT, Action.CREATE) and change.key in made


def _with_needs(changes: tuple[Change, ...], keys: frozenset[str]) -> frozenset[str]:
    """The keys of what is taken over, and of what is to be made for that."""
    new = {change.key: change for change in changes if change.action is Action.CREATE}
    # What is gone by now, and was to be adopted, is made.
    taking = (Action.ADOPT, Action.CREATE)
    waiting = [each for each in changes if each.action in taking and each.key in keys]
    found = {each.key for each in waiting}
    while waiting:
        for key in references(waiting.pop().after):
            if key in new and key not in found:
                found.add(key)
                waiting.append(new[key])
    return frozenset(found)
