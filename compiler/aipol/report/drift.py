"""Turn drift into what a person reads, and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from aipol.plan.drifting import Drift, Way
from aipol.report.plans import difference_text
from aipol.report.words import count, folded, some

_WORDS = {
    Way.EDITED: "edited by hand",
    Way.DELETED: "deleted by hand",
    Way.UNMARKED: "no more marked as ours, or replaced by another of its name",
    Way.DOUBLED: "copied",
    Way.ADDED: "made by others; left alone",
    Way.REWRITTEN: "shown differently by the vendor; means the same",
    Way.POLICY: "not yet what the policy says now",
    Way.CATALOGUE: "not yet what the catalogue says now",
    Way.TOOL: "not yet what this version, on this day, makes of the policy",
    Way.NEVER: "not there, and not written down as applied",
}
_SHOWN, _PLACES = 8, 3


def drift_text(target: str, place: str, found: tuple[Drift, ...]) -> Iterator[str]:
    """One place's drift: how much of each kind, whom it concerns, and which objects."""
    if not found:
        yield from folded(f"{target} at {place}: as aipol left it, and as the policy asks.")
        return
    by_others = sum(1 for each in found if each.way.by_others)
    yield from folded(f"{target} at {place}: {count(by_others, 'object')} changed by others.")
    for way in Way:
        several = [each for each in found if each.way is way]
        if not several:
            continue
        yield f"  {_WORDS[way]}: {len(several):,}"
        for each in several[:_SHOWN]:
            yield from _lines(each)
        if len(several) > _SHOWN:
            yield f"    and {len(several) - _SHOWN:,} more"


def _lines(each: Drift) -> Iterable[str]:
    about = f", about {some(each.concerned.people, 1)}" if each.concerned.people else ""
    yield from folded(f"    {each.key or each.name} ({each.kind}){about}")
    if each.way is Way.EDITED:
        yield from (f"      {difference_text(one)}" for one in each.differences[:_PLACES])
        if len(each.differences) > _PLACES:
            yield f"      and {len(each.differences) - _PLACES} more"


def drift_json(target: str, place: str, found: tuple[Drift, ...]) -> dict[str, Any]:
    """The same for a program."""
    return {"target": target, "place": place, "drift": [asdict(each) for each in found]}
