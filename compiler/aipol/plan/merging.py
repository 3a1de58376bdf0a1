"""Say what of a plan a change of the policy brings about, and what would happen without it."""

from __future__ import annotations

from dataclasses import replace

from aipol.plan.comparing import alike
from aipol.plan.model import Action, Change, Plan

WITHDRAWN = "{number} more would be changed without this policy, and are left as they are with it"
PENDING = "{number} more are to be changed with or without this policy"


def merged(before: Plan, after: Plan) -> Plan:
    """The changes of a plan that the plan of an earlier policy does not have.

    What both have is told in a note, and what only the earlier one has.
    """
    known = {_place(change): change for change in before.writes}
    new = tuple(change for change in after.writes if not _same(known.get(_place(change)), change))
    rest = tuple(change for change in after.changes if not change.action.writes)
    places = {_place(change) for change in after.writes}
    pending = len(after.writes) - len(new)
    withdrawn = sum(1 for place in known if place not in places)
    notes = [
        text.format(number=f"{number:,}")
        for text, number in ((PENDING, pending), (WITHDRAWN, withdrawn))
        if number
    ]
    return replace(after, changes=(*new, *rest), notes=(*after.notes, *notes))


def _place(change: Change) -> tuple[str, str, str, bool]:
    return change.kind, change.key, change.id, change.action is Action.DELETE


def _same(before: Change | None, after: Change) -> bool:
    return before is not None and alike(before.after, after.after)
