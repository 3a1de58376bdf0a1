"""Say what it does to people that objects are not as they were left.

The objects that the policy asks for, and the same with those in place that somebody changed, are
both turned into files and read by the target's own reader: only what differs between the two is
told, so that nothing counts which the target could not do anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from aipol.difference.answers import Heard, Hearing, answer, said
from aipol.difference.shifts import Shift, shifts
from aipol.pipeline import Run
from aipol.plan.drifting import Drift, Way
from aipol.plan.model import Change, Plan
from aipol.plan.reading import CannotRead, Objects, Reading, standing
from aipol.plan.renamed import Added
from aipol.plan.standing import bearers_in, keys_of
from aipol.reader import NamesGroups
from aipol.remote import Remote, RemoteError, Wanted, referring
from aipol.target import EFFECT_CLAUSE, Decider, Kind
from aipol.verify.data import CLAUSE as DATA_CLAUSE
from aipol.verify.subjects import is_sampled

MOST_ALONE = 40
"""So many objects are each read by itself; what more of them do is told of all together."""


@dataclass(frozen=True, slots=True)
class Unread:
    """An object as it is now of which cannot be told what it does."""

    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Effects:
    """What some people get otherwise than they should, at one place, because of drift."""

    shifts: tuple[Shift, ...] = ()
    unread: tuple[Unread, ...] = ()
    without: tuple[Shift, ...] = ()
    """What they get otherwise if those that cannot be read do nothing at all."""
    untold: tuple[Unread, ...] = ()
    """Objects behind a clause that readers cannot be asked about; `why` is the clause."""
    idle: tuple[str, ...] = ()
    """Keys of objects that somebody changed with no effect on anybody."""
    sampled: bool = False
    """Whether not every combination of memberships was asked about."""


@dataclass(frozen=True, slots=True)
class Changed:
    """An object that somebody changed, as it is now; None where it is gone."""

    key: str
    now: Wanted | None
    beside: str = ""
    """The id of what stands beside the object: a copy, or one that the policy does not ask for."""

    @property
    def slot(self) -> str:
        """A key of its own; keys have no white space."""
        return f"{self.key} {self.beside}".strip()


@dataclass(frozen=True, slots=True)
class Stood:
    """The objects that somebody changed, as they are."""

    objects: tuple[Changed, ...] = ()
    unread: tuple[Unread, ...] = ()
    alike: tuple[str, ...] = ()
    """Keys of which there is an exact copy, which does what the object does."""


def effects(run: Run, remote: Remote, wanted: Iterable[Wanted], there: Stood) -> Effects:
    """What it does to people, beside the objects that are wanted, what is there in their place."""
    reading = _Compared(run, remote, {each.key: each for each in wanted})
    found = reading.together(there.objects)
    unread = (*there.unread, *found.unread)
    gone = [Changed(each.key, None) for each in unread if each.key in reading.wanted]
    untold = tuple(reading.untold(each.key for each in there.objects))
    known = {each.key for each in (*unread, *untold)}
    known |= {key for shift in found.shifts for key in shift.causes}
    idle = [each.key for each in there.objects if each.key not in known]
    return Effects(
        found.shifts,
        unread,
        reading.together(gone).shifts if gone else (),
        untold,
        (*there.alike, *(idle if all(shift.causes for shift in found.shifts) else ())),
        is_sampled(run.ir, run.target.identity),
    )


# --- what there is --------------------------------------------------------------------------------


def stood(remote: Remote, plan: Plan, drifts: Iterable[Drift]) -> Stood:
    """The objects that others changed, as the vendor has them; asks for those that are not ours."""
    every = tuple(drifts)
    added = Added(remote, plan, every)
    found = [_as_it_is(remote, plan, each, added) for each in every if each.way.by_others]
    return Stood(
        tuple(each for each in found if isinstance(each, Changed)),
        tuple(each for each in found if isinstance(each, Unread)),
        tuple(each for each in found if isinstance(each, str)),
    )


def _lost(plan: Plan, drift: Drift, added: Added) -> Changed | Unread:
    """What there is of an object that is there no more: somebody may have renamed it."""
    twin = added.like(drift, _change(plan, drift).after)
    if twin is None:
        return Changed(drift.key, None)
    why = f"`{twin.name}` (its id is {twin.id}) is the same but for its name"
    return Unread(drift.key, why)


def _as_it_is(remote: Remote, plan: Plan, drift: Drift, added: Added) -> Changed | Unread | str:
    match drift.way:
        case Way.DELETED:
            return _lost(plan, drift, added)
        case Way.UNMARKED:
            return _looked_at(remote, plan, drift)
        case Way.DOUBLED if not drift.differences:
            return drift.key
        case _:
            change = _change(plan, drift)
            beside = drift.id if drift.way in (Way.DOUBLED, Way.STRAY) else ""
            found = Changed(drift.key, None, beside)
            now = Wanted(found.slot, change.kind, change.name, change.before)
            return Changed(drift.key, now, beside)


def _change(plan: Plan, drift: Drift) -> Change:
    about = (drift.kind, drift.key, drift.id)
    return next(each for each in plan.changes if (each.kind, each.key, each.id) == about)


def _looked_at(remote: Remote, plan: Plan, drift: Drift) -> Changed | Unread:
    try:
        live = remote.look(drift.kind, drift.id)
    except RemoteError as error:
        return Unread(drift.key, str(error))
    if live is None:
        return Changed(drift.key, None)
    body = referring(live.body, keys_of(bearers_in(plan.changes)))
    return Changed(drift.key, Wanted(drift.key, drift.kind, live.name, body))


# --- what it does ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    shifts: tuple[Shift, ...] = ()
    unread: tuple[Unread, ...] = ()


class _Compared:
    """Reads what is wanted, with other objects in the place of some."""

    def __init__(self, run: Run, remote: Remote, wanted: Objects) -> None:
        self._run, self.wanted = run, wanted
        self._reading = Reading(run.target, remote)

    def together(self, changed: Iterable[Changed]) -> _Found:
        """What all of them do; what cannot be read is left as the policy asks."""
        every = tuple(changed)
        if not every:
            return _Found()
        try:
            return _Found(self._shifts(every))
        except CannotRead as fault:
            whole = str(fault)
        unread = tuple(Unread(each.key, why) for each in every if (why := self._why_not(each)))
        named = {each.key for each in unread}
        rest = tuple(each for each in every if each.key not in named)
        try:
            return _Found(self._shifts(rest), unread)
        except CannotRead as fault:
            whole = str(fault)
        return _Found((), (*unread, *(Unread(each.key, whole) for each in rest)))

    def untold(self, keys: Iterable[str]) -> Iterator[Unread]:
        """The clauses behind objects that no reader of this target can be asked about."""
        try:
            asked = {EFFECT_CLAUSE, "via", *self._base.clients(Kind.HELD)}
            asked |= {DATA_CLAUSE} if self._base.clients(Kind.DATA) else set()
        except CannotRead:
            return
        behind: dict[str, dict[str, None]] = {}
        for record in self._run.coverage:
            owed = dict(self._run.ir.by_id[record.ruling].obligations.items())
            words = f"{record.clause}: {owed.get(record.clause, '')}"
            for path in record.artifacts if record.clause not in asked else ():
                below = path.removeprefix(f"{record.target}/")
                behind.setdefault(below, {})[words] = None
        for key in dict.fromkeys(keys):
            paths = self.wanted[key].artifacts if key in self.wanted else ()
            for words in dict.fromkeys(each for path in paths for each in behind.get(path, ())):
                yield Unread(key, words)

    def _why_not(self, each: Changed) -> str:
        """Why an object cannot be read, if it cannot."""
        try:
            self._read((each,))
        except CannotRead as why:
            return str(why)
        return ""

    def _shifts(self, changed: tuple[Changed, ...]) -> tuple[Shift, ...]:
        if not changed:
            return ()
        hearing = Hearing(self._run.ir, self._run.target, self._base, self._read(changed))
        heard = tuple(hearing.heard())
        return shifts(hearing, zip(heard, self._causes(heard, changed), strict=True))

    def _causes(
        self, heard: tuple[Heard, ...], changed: tuple[Changed, ...]
    ) -> Iterator[tuple[str, ...]]:
        """For each that differs, the objects which make it so each by itself."""
        if len(changed) == 1:
            yield from ((changed[0].key,) for _ in heard)
            return
        alone = [(each.key, self._alone(each)) for each in changed[:MOST_ALONE]] if heard else []
        for one in heard:
            told = (key for key, decider in alone if decider and _says(decider, one))
            yield tuple(dict.fromkeys(told))

    def _alone(self, each: Changed) -> Decider | None:
        try:
            return self._read((each,))
        except CannotRead:
            return None

    @cached_property
    def _base(self) -> Decider:
        return self._read(())

    def _read(self, changed: Iterable[Changed]) -> Decider:
        decider = self._reading.of(self._with(changed).values())
        # The policy tells nobody of a stranger's group from others: of them nothing can be asked.
        strange = sorted(_strange(self._run, decider))
        if strange:
            raise CannotRead(f"the policy knows no group {', '.join(strange)}, whom it is about")
        return decider

    def _with(self, changed: Iterable[Changed]) -> Objects:
        """What there is; what needs an object that is gone does nothing without it."""
        objects, now = dict(self.wanted), frozenset[str]()
        for each in changed:
            objects.pop(each.key if not each.beside else "", None)
            if each.now is not None:
                objects[each.slot] = each.now
                now |= {each.slot}
        return standing(objects, now)


def _strange(run: Run, decider: Decider) -> frozenset[str]:
    """The groups of which a reader speaks and the policy does not."""
    if not isinstance(decider, NamesGroups):
        return frozenset()
    groups = run.ir.groups.values()
    known = {getattr(each, run.target.identity).casefold() for each in groups}
    return frozenset(each for each in decider.groups() if each.casefold() not in known)


def _says(decider: Decider, heard: Heard) -> bool:
    """Whether a reader of one object's change answers as that of all of them does."""
    return said(heard.thing.kind, answer(decider, heard.question)) == heard.after
