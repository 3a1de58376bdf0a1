"""What a change does only later, when an exception or the evidence about a vendor has ended.

What one policy hides today behind an exception, or behind a limit that ends, would need no
approval today, and nobody is asked on the day on which it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from aipol.approvals.effects import Meant, of_effects
from aipol.approvals.flows import of_flows
from aipol.approvals.model import Policy, Trigger
from aipol.difference import difference
from aipol.language.assemble import Assembled
from aipol.resolve import resolve
from aipol.schedule import endings


def of_later(meant: Meant, today: Iterable[Trigger]) -> Iterator[Trigger]:
    """What the change is seen to do on a later day and is not today, the earliest of it."""
    if meant.before is None:
        return
    told = {_alike(trigger) for trigger in today}
    for day in days(meant.before.assembled, meant.after.assembled, meant.irs[1].as_of):
        for trigger in _on(day, meant, meant.before):
            if _alike(trigger) not in told:
                told.add(_alike(trigger))
                yield replace(trigger, text=f"from {day}: {trigger.text}")


def days(before: Assembled, after: Assembled, today: date) -> tuple[date, ...]:
    """The later days on which the change can do something else.

    Exceptions that both policies have alike only end, and what is behind them shows at the latest
    when all have ended; evidence that both have alike limits both.
    """
    every = {each.last + timedelta(days=1) for side in (before, after) for each in endings(side)}
    ends = {x.value.until + timedelta(days=1) for s in (before, after) for x in s.exceptions}
    chosen = {max(ends)} if ends else set[date]()
    if _exceptions(before) != _exceptions(after):
        chosen |= ends
    if _evidence(before) != _evidence(after):
        chosen |= every
    return tuple(sorted(day for day in chosen if day > today))


def _exceptions(policy: Assembled) -> object:
    return [placed.value for placed in policy.exceptions]


def _evidence(policy: Assembled) -> object:
    vendors = {name: placed.value for name, placed in policy.vendors.items()}
    return vendors, [placed.value for placed in policy.vendor_tiers]


def _on(day: date, meant: Meant, before: Policy) -> Iterator[Trigger]:
    """What the change does on a day, to people of the universe of today."""
    old, _ = resolve(before.assembled, before.catalogue, day)
    new, _ = resolve(meant.after.assembled, meant.after.catalogue, day)
    if old is None or new is None:
        # A group in which nobody can be is so on all days, and an error.
        return
    found = difference(old, new)
    then = Meant(before, meant.after, (old, new), found)
    universe, origin = meant.found.sides.universe, found.sides.universe
    for trigger in (*of_effects(then), *of_flows(then)):
        yield replace(trigger, people=universe.copied(trigger.people, origin))


def _alike(trigger: Trigger) -> object:
    return (trigger.condition, trigger.text, trigger.people, trigger.apps, trigger.classes)
