"""Turn drift into what a person reads, and JSON: what differs, and what it does to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from aipol.plan.drifting import Drift, Way
from aipol.plan.effects import Effects
from aipol.plan.model import Difference
from aipol.report.plans import UNTOLD, audiences, value_text
from aipol.report.shifts import cut, effects_json, effects_lines
from aipol.report.words import count, folded, markdown

_WORDS = {
    Way.EDITED: "edited by hand",
    Way.RESTORED: "as another apply than the last one wrote it",
    Way.UNKNOWN: UNTOLD,
    Way.DELETED: "deleted by hand",
    Way.UNMARKED: "no more marked as ours, or replaced by another of its name",
    Way.DOUBLED: "copied",
    Way.STRAY: "bears our mark, and is neither asked for nor as aipol wrote it",
    Way.ADDED: "made by others",
    Way.REWRITTEN: "shown differently by the vendor; means the same",
    Way.POLICY: "not yet what the policy says now",
    Way.CATALOGUE: "not yet what the catalogue says now",
    Way.TOOL: "not yet what this version, on this day, makes of the policy",
    Way.UNDONE: "taken away by a rollback",
    Way.NEVER: "not made yet",
}
_TO_DO = {
    Way.EDITED: "apply puts it back; to keep the edit, let the policy say so",
    Way.RESTORED: "restored, or another journal has it; apply brings it to what the policy says",
    Way.UNKNOWN: "look at what differs; apply brings it to what the policy says",
    Way.DELETED: "apply makes it again; to be rid of it, let the policy say so",
    Way.UNMARKED: "what there is is theirs, and in the way of ours: plan says what can be done",
    Way.DOUBLED: "apply removes the copy; to keep it, take the mark out of its description",
    Way.STRAY: "apply removes it only with your word; to keep it, take the mark out of it",
    Way.ADDED: "left alone; it may do something to people, too: it is not read",
    Way.REWRITTEN: "nothing to do",
    Way.POLICY: "apply writes it",
    Way.CATALOGUE: "apply writes it",
    Way.TOOL: "apply writes it",
    Way.UNDONE: "apply makes it again",
    Way.NEVER: "apply makes it; if it was applied, its journal is not in the folder of `--state`",
}
_SHOWN, _PLACES = 8, 3


@dataclass(frozen=True, slots=True)
class Drifted:
    """What differs at one place; `effects` is None where others changed nothing."""

    target: str
    place: str
    found: tuple[Drift, ...]
    effects: Effects | None = None
    notes: tuple[str, ...] = ()
    """What a person should know of the place."""
    limited: bool = False
    """Whether a note says why objects of ours may do less there than they say."""

    @property
    def by_others(self) -> int:
        """How many objects others changed."""
        return sum(1 for each in self.found if each.way.by_others)

    @property
    def sum(self) -> str:
        """In one line."""
        where = f"{self.target} at {self.place}"
        if not self.found:
            see = "; the notes tell why it may do less" if self.limited else ""
            return f"{where}: as aipol left it, and as the policy asks{see}."
        return f"{where}: {count(self.by_others, 'object')} changed by others."

    def of(self, way: Way) -> list[Drift]:
        """Those that came to differ in one way."""
        return [each for each in self.found if each.way is way]


def drift_text(drifted: Drifted) -> Iterator[str]:
    """One place's drift: whom it affects, how much of each kind there is, and which objects."""
    for line in _told(drifted):
        yield from folded(line)


def _told(drifted: Drifted) -> Iterator[str]:
    yield drifted.sum
    for way in Way:
        several = drifted.of(way)
        if not several:
            continue
        yield f"  {_WORDS[way]}: {len(several):,} ({_TO_DO[way]})"
        for each in several[:_SHOWN]:
            yield from _lines(each)
        if len(several) > _SHOWN:
            yield f"    and {len(several) - _SHOWN:,} more"
    if drifted.effects:
        yield from effects_lines(drifted.target, drifted.effects, limited=drifted.limited)
    yield from (f"  note: {cut(note)}" for note in drifted.notes)


def _lines(each: Drift) -> Iterable[str]:
    about = f", about {audiences(each.concerned.people, 1)}" if each.concerned.people else ""
    yield f"    {each.key or each.name} ({each.kind}){about}"
    if each.way in (Way.EDITED, Way.RESTORED, Way.UNKNOWN):
        yield from (f"      {_now(one)}" for one in each.differences[:_PLACES])
        if len(each.differences) > _PLACES:
            yield f"      and {len(each.differences) - _PLACES} more"


def _now(each: Difference) -> str:
    """`settings[0].value: now "b", and apply makes it "a"`."""
    now, then = value_text(each.before), value_text(each.after)
    return f"{each.path or 'all of it'}: now {now}, and apply makes it {then}"


def drift_markdown(drifted: Drifted) -> Iterator[str]:
    """The same for a page or a comment."""
    yield f"### {markdown(drifted.sum)}"
    yield ""
    for line in list(_told(drifted))[1:]:
        level = (len(line) - len(line.lstrip())) // 2 - 1
        yield f"{'  ' * level}- {markdown(line.strip())}"
    yield ""


def drift_json(drifted: Drifted) -> dict[str, Any]:
    """The same for a program."""
    return {
        "target": drifted.target,
        "place": drifted.place,
        "drift": [_drift_json(each) for each in drifted.found],
        "effects": effects_json(drifted.effects) if drifted.effects else None,
        "notes": list(drifted.notes),
    }


def _drift_json(each: Drift) -> dict[str, Any]:
    """`now` and `applied`, not a plan's words: what was before an edit is what apply makes it."""
    differing = [{"path": d.path, "now": d.before, "applied": d.after} for d in each.differences]
    return {**asdict(each), "differences": differing}
