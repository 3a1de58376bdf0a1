"""What a change does only later, when an exception or the evidence about a vendor has ended.

What one policy hides today behind an exception, or behind a limit that ends, would need no
approval today, and nobody is asked on the day on which it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from aipol.approvals.effects import Meant, of_effects
from aipol.approvals.flows import Told, of_flows
from aipol.approvals.model import Trigger
from aipol.difference.later import Later


def of_later(
    meant: Meant, coming: Iterable[Later], today: Iterable[Trigger], flows: Told
) -> Iterator[Trigger]:
    """What the change does on a later day and does not before; `flows` are those of today."""
    told = {_alike(trigger) for trigger in today}
    for each in coming:
        irs = (each.found.sides.before, each.found.sides.after)
        effects = replace(meant, irs=irs, found=replace(each.found, changes=each.changes))
        then = replace(meant, irs=irs, found=each.found)
        for trigger in (*of_effects(effects), *of_flows(then, flows)):
            if _alike(trigger) not in told:
                told.add(_alike(trigger))
                yield replace(trigger, text=f"from {each.day}: {trigger.text}")


def _alike(trigger: Trigger) -> object:
    return (trigger.condition, trigger.text, trigger.people, trigger.apps, trigger.classes)
