"""Turns a plan for what devices fetch into what a person, or a program, is told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aipol.publishing.plan import Change, Plan, Step
from aipol.report.words import count, folded, listed, some
from aipol.target import Form, Room

if TYPE_CHECKING:
    from aipol.publishing.places import Place
    from aipol.publishing.served import Address

_ROWS = 20


def tally(plan: Plan) -> str:
    """`1 file new, 2 changed; 7 were not touched`."""
    steps = Counter(change.step for change in plan.changes)
    parts = [f"{steps[step]:,} {step}" for step in Step if steps[step]]
    return f"{', '.join(parts) or 'nothing changed'}; {count(plan.untouched, 'file')} not touched"


def changes_text(plan: Plan) -> Iterator[str]:
    """What happens to each list, in the order in which it does."""
    rows = [_row(change) for change in plan.changes[:_ROWS]]
    yield from listed(rows, frozenset({2}))
    if len(plan.changes) > _ROWS:
        yield f"  and {len(plan.changes) - _ROWS:,} more; `--format json` has all"
    if plan.kept:
        yield from folded(f"Kept, though the policy has them no more: {some(plan.kept)}.")
    if plan.edited:
        yield from folded(f"Left as somebody has edited them: {some(plan.edited)}.")


def _row(change: Change) -> tuple[str, str, str, str]:
    if change.form is not Form.LIST:
        return (change.step.value, change.path, "", "")
    now = change.after.entries if change.after else 0
    signs = [f"+{change.gained:,}"] if change.gained else []
    signs += [f"-{change.lost:,}"] if change.lost else []
    entries = count(now, "entry", "entries")
    return (change.step.value, change.path, entries, " ".join(signs))


def rooms_text(rooms: Iterable[tuple[str, Room]]) -> Iterator[str]:
    """Of which device nobody has said what it holds."""
    found = tuple(rooms)
    for target in sorted({target for target, _ in found}):
        mine = [room for owner, room in found if owner == target]
        unknown = [room for room in mine if room.limit is None]
        assumed = [room for room in mine if room.assumed]
        if unknown:
            yield from folded(
                f"No capacity is configured for {target}: {_used(unknown)}. Devices may skip what "
                f"they cannot hold; say what yours holds: {_settings(target, unknown)}."
            )
        if assumed:
            yield from folded(
                f"The capacity of {target} is not configured, and taken to be "
                f"{_limits(assumed)}; say what yours holds: {_settings(target, assumed)}."
            )


def _used(rooms: Sequence[Room]) -> str:
    return ", ".join(f"{room.used:,} {room.what}" for room in rooms)


def _limits(rooms: Sequence[Room]) -> str:
    return ", ".join(f"{room.limit:,} {room.what} ({room.used:,} used)" for room in rooms)


def _settings(target: str, rooms: Sequence[Room]) -> str:
    names = dict.fromkeys(room.setting.partition(".")[0] for room in rooms)
    return ", ".join(f"`targets.{target}.{name}`" for name in names)


def addresses_text(place: Place, addresses: Iterable[Address]) -> Iterator[str]:
    """Which folder has to be at which address."""
    for each in addresses:
        yield from folded(
            f"Serve {place.at(each.folder)} as {each.url}: {each.target} looks there."
        )


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan for a program."""
    return {
        "changes": [_change_json(change) for change in plan.changes],
        "kept": list(plan.kept),
        "edited": list(plan.edited),
        "untouched": plan.untouched,
        "resumed": plan.resumes,
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "file": change.path,
        "step": change.step.value,
        "form": change.form.value,
        "entries_before": change.before.entries if change.before else 0,
        "entries": change.after.entries if change.after else 0,
        "gained": change.gained,
        "lost": change.lost,
        "sha256": change.after.sha256 if change.after else "",
    }


def rooms_json(rooms: Iterable[tuple[str, Room]]) -> list[dict[str, Any]]:
    """What is used of what devices hold."""
    return [
        {
            "target": target,
            "what": room.what,
            "used": room.used,
            "limit": room.limit,
            "setting": room.setting,
            "assumed": room.assumed,
        }
        for target, room in rooms
    ]
