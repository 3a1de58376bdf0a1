"""Decide which identifiers are acted upon for whom, where what is deployed adds up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aipol.audience import NOBODY, Region
from aipol.hosts import ACCOUNT_UNSEEN, INDISTINCT, NO_PROMPT
from aipol.identifiers import Mark, marks
from aipol.ir import Ir, Ruling
from aipol.scoping import Scope, scope_of
from aipol.target import Deviation, Kind, Reason, Status
from aipol.vocabulary import Effect, Surface
from aipol_targets.common.apple.account import Account
from aipol_targets.intune.facts import (
    DETECTED,
    NO_PROGRAM_PROMPT,
    REPORT_ONLY,
    RETIRED_SWITCH,
    SHARED_PROGRAM,
)
from aipol_targets.intune.scopes import Groups, inner_scopes, outer_scope, people_of
from aipol_targets.intune.settings_ids import NODE_SETTINGS

PROGRAM_FORMS = ("windows:exe", "windows:family", "windows:product")
_SWITCHED = frozenset(node.feature for node in NODE_SETTINGS)
_RETIRED = "windows-copilot"


def acted_upon(mark: Mark) -> bool:
    """Whether Intune can find the program, or switch the feature off, on Windows."""
    if mark.kind is Kind.PROGRAM:
        return mark.form in PROGRAM_FORMS
    return mark.kind is Kind.FEATURE and mark.value in _SWITCHED


def key_of(mark: Mark) -> str:
    """What Windows, which ignores case, tells identifiers apart by."""
    return mark.question.casefold()


@dataclass(frozen=True, slots=True)
class Part:
    """A scope in which an identifier is stopped, and the ruling that people there are told of."""

    scope: Scope
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Placed:
    """One identifier of a use that has to be stopped, and where it is."""

    mark: Mark
    parts: tuple[Part, ...]
    """None where no scope can say for whom."""
    people: Region
    idle: bool = False
    """Deployed, but assigned to nobody."""


@dataclass(frozen=True, slots=True)
class Placing:
    """All placed identifiers by key, and whom each use is to be stopped for."""

    ir: Ir
    placed: Mapping[str, Placed]
    uses: Mapping[tuple[str, Surface], Region]

    def account(self, ruling: Ruling) -> Account:
        """How far the placed identifiers carry out `ruling`."""
        found = [m for m in marks(self.ir.apps[ruling.app].app, ruling.surface) if acted_upon(m)]
        deviations = [d for mark in found for d in self._differing(ruling, mark)]
        people = ruling.audience.region
        hit = sum(self.ir.universe.overlap(self._reach(mark), people) for mark in found)
        return Account(len(found), hit, tuple(deviations))

    def without(self, keys: Iterable[str]) -> Placing:
        """The same with nobody reached by `keys`: their objects are assigned to nobody."""
        absent = frozenset(keys)
        placed = {
            key: replace(entry, people=NOBODY, idle=True) if key in absent else entry
            for key, entry in self.placed.items()
        }
        return replace(self, placed=placed)

    def _reach(self, mark: Mark) -> Region:
        entry = self.placed.get(key_of(mark))
        return entry.people if entry else NOBODY

    def _differing(self, ruling: Ruling, mark: Mark) -> Iterator[Deviation]:
        universe, region, reach = self.ir.universe, ruling.audience.region, self._reach(mark)
        hit, missed = universe.both(region, reach), universe.minus(region, reach)
        program = mark.kind is Kind.PROGRAM
        found = Effect.WARN if program else Effect.BLOCK

        def differs(
            status: Status, why: Reason, people: Region, answer: Effect
        ) -> Iterator[Deviation]:
            if people != NOBODY:
                client = mark.value if mark.kind is Kind.FEATURE else mark.form
                yield Deviation(status, why, people, mark.question, client, answer)

        match ruling.effect:
            case Effect.BLOCK:
                if program:
                    yield from differs(Status.LOOSER, DETECTED, hit, found)
                elif mark.value == _RETIRED and hit != NOBODY:
                    # The switch does what it does; the client is the way past it.
                    yield Deviation(
                        Status.LOOSER, RETIRED_SWITCH, hit, mark.question, "copilot-app"
                    )
                yield from differs(
                    Status.LOOSER, self._why_missed(ruling, mark), missed, Effect.ALLOW
                )
            case Effect.ALLOW:
                yield from differs(Status.STRICTER, self._why_hit(ruling), hit, found)
            case Effect.WARN | Effect.JUSTIFY:
                why = NO_PROGRAM_PROMPT if program else NO_PROMPT
                yield from differs(Status.LOOSER, why, missed, Effect.ALLOW)
                if found is not ruling.effect:
                    stricter = found.strictness > ruling.effect.strictness
                    status = Status.STRICTER if stricter else Status.LOOSER
                    yield from differs(status, self._why_hit(ruling), hit, found)

    def _why_missed(self, ruling: Ruling, mark: Mark) -> Reason:
        wanted = self.uses[ruling.app, ruling.surface]
        if not self.ir.universe.within(ruling.audience.region, wanted):
            return ACCOUNT_UNSEEN
        entry = self.placed.get(key_of(mark))
        if entry is None:
            return SHARED_PROGRAM
        return REPORT_ONLY if entry.idle else INDISTINCT

    def _why_hit(self, ruling: Ruling) -> Reason:
        wanted = self.uses[ruling.app, ruling.surface]
        return (
            ACCOUNT_UNSEEN
            if self.ir.universe.overlap(ruling.audience.region, wanted)
            else INDISTINCT
        )


def place(ir: Ir, groups: Groups) -> Placing:
    """Stop each identifier for those who may use no app that is known by it."""
    uses = {use: _stopped_for(ir, rulings) for use, rulings in ir.by_use.items()}
    owners: dict[str, list[tuple[tuple[str, Surface], Mark]]] = {}
    for app, surface in uses:
        for mark in marks(ir.apps[app].app, surface):
            if acted_upon(mark):
                owners.setdefault(key_of(mark), []).append(((app, surface), mark))
    placed: dict[str, Placed] = {}
    for key, users in sorted(owners.items()):
        region = ir.universe.all_of(uses[use] for use, _ in users)
        use, mark = users[0]
        parts = _parts(ir, groups, [r for r in ir.by_use[use] if r.effect is Effect.BLOCK], region)
        if region != NOBODY:
            people = ir.universe.any_of(
                people_of(ir.universe, groups, part.scope) for part in parts
            )
            placed[key] = Placed(mark, parts, people)
    return Placing(ir, placed, uses)


def _parts(ir: Ir, groups: Groups, rulings: Sequence[Ruling], region: Region) -> tuple[Part, ...]:
    """Everybody under their own ruling where all of them can be addressed, else under the last one.

    Later rules are for more people, so what the last one says is right for all.
    """
    pieces: list[tuple[Ruling, Scope | None]] = []
    rest = region
    for ruling in rulings:
        piece = ir.universe.both(rest, ruling.audience.region)
        rest = ir.universe.minus(rest, piece)
        if piece != NOBODY:
            pieces.append((ruling, scope_of(ir.universe, groups, piece)))
    if all(scope for _, scope in pieces):
        return tuple(Part(scope, ruling) for ruling, scope in pieces if scope)
    cover = outer_scope if ir.tighten else inner_scopes
    last = pieces[-1][0]
    return tuple(Part(scope, last) for scope in cover(ir.universe, groups, region))


def _stopped_for(ir: Ir, rulings: Iterable[Ruling]) -> Region:
    """Whom a use is blocked for, accounts not told apart: usable with one account is usable."""
    universe = ir.universe
    blocked = universe.any_of(r.audience.region for r in rulings if r.effect is Effect.BLOCK)
    if ir.tighten:
        return blocked
    usable = universe.any_of(r.audience.region for r in rulings if r.effect is not Effect.BLOCK)
    return universe.minus(blocked, usable)
