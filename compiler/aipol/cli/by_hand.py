"""What a person is to do where aipol can read a vendor from here, and cannot write to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aipol.plan.model import Plan, Plans
    from aipol.remote import ByHand, Handwork, Remote


def written(remotes: tuple[Remote, ...], plans: Plans) -> tuple[tuple[Remote, ...], Plans]:
    """What of plans aipol carries out itself."""
    from aipol.remote import ByHand

    pairs = [
        (remote, plan)
        for remote, plan in zip(remotes, plans.plans, strict=True)
        if not isinstance(remote, ByHand)
    ]
    own = replace(plans, plans=tuple(plan for _, plan in pairs))
    return tuple(remote for remote, _ in pairs), own


def tell(remotes: tuple[Remote, ...], plans: Plans, *, stream: bool) -> bool:
    """Tell what a person is to do for the rest; whether there is anything."""
    from aipol.cli import output
    from aipol.cli.carrying import say_event

    several = tuple(_left(remotes, plans))
    for remote, plan in several:
        steps = remote.steps(_work(plan))
        if stream:
            place = {"target": plan.target, "place": plan.place}
            say_event("by-hand", place | {"steps": list(steps)})
        else:
            head = f"{plan.target} at {plan.place}: nothing was changed from here. To make these"
            output.answer_lines([f"{head} changes:", *(f"  {step}".rstrip() for step in steps)])
    return bool(several)


def _left(remotes: tuple[Remote, ...], plans: Plans) -> Iterator[tuple[ByHand, Plan]]:
    from aipol.remote import ByHand

    for remote, plan in zip(remotes, plans.plans, strict=True):
        if plan.writes and isinstance(remote, ByHand):
            yield remote, plan


def _work(plan: Plan) -> Handwork:
    from aipol.plan.model import Action, Cause
    from aipol.remote import Handwork

    return Handwork(
        edits=any(change.cause is Cause.EDITED for change in plan.writes),
        adopts=any(plan.of(Action.ADOPT)),
    )
