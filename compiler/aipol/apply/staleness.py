"""Say whether a saved plan is still what would be done."""

from __future__ import annotations

from dataclasses import replace

from aipol.plan.comparing import alike
from aipol.plan.model import NOBODY, Action, Change, Plan, Plans
from aipol.plan.saved import change_digest, digest

Unfinished = frozenset[tuple[str, str]]
"""The targets and keys of what an earlier apply began and did not finish."""


def why_stale(saved: Plans, now: Plans, begun: Unfinished | None = None) -> str:
    """Why not, or nothing where it is.

    `begun` is there where the plan was applied in part before: then what is left to do must be a
    part of the saved plan, for the rest of it is done already.
    """
    if digest(saved) == digest(now):
        return ""
    if saved.inputs.version != now.inputs.version:
        return f"it was made by aipol {saved.inputs.version}, this is {now.inputs.version}"
    if saved.inputs != now.inputs:
        return "the policy or its catalogue has changed since"
    if [each.target for each in saved.plans] != [each.target for each in now.plans]:
        return "it is for other targets"
    for before, after in zip(saved.plans, now.plans, strict=True):
        if before.place != after.place:
            return f"it is for {before.place}, this is {after.place}"
        told = [list(map(change_digest, _told(each))) for each in (before, after)]
        same = told[0] == told[1] and before.collisions == after.collisions
        if not same and (begun is None or not _is_rest(before, after, begun)):
            return f"{after.target} at {after.place} has changed since"
    return ""


def _is_rest(saved: Plan, now: Plan, begun: Unfinished) -> bool:
    planned = {_place(change): change for change in _told(saved)}
    for change in _told(now):
        before = planned.get(_place(change))
        halfway = before is not None and (now.target, change.key) in begun
        unfinished = halfway and before is not None and alike(before.after, change.after)
        same = before is not None and change_digest(before) == change_digest(change)
        if not same and not unfinished:
            return False
    return True


def _told(plan: Plan) -> list[Change]:
    """What a plan does, without what does not bear on it: whom journals say it is about."""
    return [replace(change, concerned=NOBODY, needs=()) for change in plan.writes]


def _place(change: Change) -> tuple[str, str, str]:
    """What is approved: an object that goes by its id, any other by its key."""
    going = change.action is Action.DELETE
    return change.kind, change.key, change.id if going else ""
