"""Say whether a saved plan is still what would be done."""

from __future__ import annotations

from aipol.plan.model import Action, Change, Plan, Plans
from aipol.plan.saved import digest


def why_stale(saved: Plans, now: Plans, *, resumed: bool) -> str:
    """Why not, or nothing where it is.

    `resumed` says that an apply was cut short here before: then what is left to do must be a part
    of the saved plan, for the rest of it is done already.
    """
    if digest(saved) == digest(now):
        return ""
    if saved.inputs.version != now.inputs.version:
        return f"it was made by aipol {saved.inputs.version}, this is {now.inputs.version}"
    if saved.inputs != now.inputs:
        return "the policy or its catalogue has changed since"
    for before, after in zip(saved.plans, now.plans, strict=True):
        where = f"{after.target} at {after.place}"
        if before.place != after.place:
            return f"it is for {before.place}, this is {after.place}"
        same = (before.changes, before.collisions) == (after.changes, after.collisions)
        if not same and not (resumed and _is_rest(before, after)):
            return f"{where} has changed since"
    return ""


def _is_rest(saved: Plan, now: Plan) -> bool:
    planned = {(change.key, change.action is Action.DELETE): change for change in saved.writes}
    return all(_is_planned(change, planned) for change in now.writes)


def _is_planned(change: Change, planned: dict[tuple[str, bool], Change]) -> bool:
    before = planned.get((change.key, change.action is Action.DELETE))
    return before is not None and before.after == change.after
