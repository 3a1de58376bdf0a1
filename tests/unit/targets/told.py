"""What drift is told to do to people, beside what asking a reader about everything finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from aipol.audience import Region
from aipol.difference.answers import AT_ODDS
from aipol.difference.shifts import Shift
from aipol.hosts import hosts_behind, names_claimed
from aipol.identifiers import marks
from aipol.ir import Ir
from aipol.pipeline import Run
from aipol.plan.drifting import Past, drifts
from aipol.plan.effects import Effects, effects, stood
from aipol.plan.model import Inputs, Plan
from aipol.remote import Wanted
from aipol.target import Compiled, Coverage, Decider, Kind, Question, Target, UnreadableArtifact
from aipol.verify.reference import DEEP, HostReference
from aipol.verify.subjects import subjects
from aipol.vocabulary import Effect, Situation

INPUTS = Inputs("1", "policy.yaml", "2026-11-29", "d", "f", "c")
LAYERED = {Kind.HOST, Kind.URL, Kind.CATEGORY}
Row = tuple[object, ...]


@dataclass(frozen=True)
class Place:
    """One target's artefacts at a vendor."""

    ir: Ir
    target: Target
    remote: Any
    files: Mapping[str, bytes]
    coverage: tuple[Coverage, ...] = ()

    @property
    def run(self) -> Run:
        """The run of the target."""
        compiled = Compiled((), (), ())
        return Run(self.target, self.ir, compiled, self.coverage)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """What the policy asks for."""
        return tuple(self.remote.wanted(self.files))

    def told(
        self,
        plan: Plan,
        known: Iterable[str] = (),
        foreign: frozenset[tuple[str, str]] | None = None,
    ) -> Effects:
        """What drift says; objects by the keys of `known` were applied before, beside `foreign`."""
        past = Past({key: _last() for key in known}, foreign, INPUTS)
        return effects(
            self.run,
            self.remote,
            self.wanted,
            stood(self.remote, plan, drifts(plan, past, INPUTS)),
        )

    def here(self, plan: Plan) -> Decider:
        """What is there, all of it read at once."""
        there = (
            Wanted(each.key, each.kind, each.name, each.before)
            for each in plan.changes
            if each.before is not None
        )
        return self.target.read(self.remote.artifacts(there))

    def asked_for(self) -> Decider:
        """What the policy asks for."""
        return self.target.read(self.files)


def _last() -> Any:
    from aipol.plan.drifting import Last
    from aipol.plan.model import NOBODY

    return Last("", NOBODY)


def found(place: Place, shifts: Iterable[Shift]) -> set[Row]:
    """Every single use, somebody, device and path that is told, but of what hosts are sent."""
    universe = place.ir.universe
    every = everybody(place)
    rows: set[Row] = set()
    for shift in shifts:
        if shift.kind in {Kind.HEADER, Kind.HELD, Kind.URL, Kind.CATEGORY}:
            continue
        people = [name for name, region, _ in every if universe.overlap(region, shift.people)]
        places = [
            (device, client)
            for device, path in shift.places
            for client in ([path] if path or shift.kind not in LAYERED else _paths(place, shift))
        ]
        rows |= {
            (use, who, *where, shift.before, shift.after)
            for use in shift.uses
            for who in people
            for where in places
            if _seat(place, who) in {"", where[0]}
        }
    return rows


def _seat(place: Place, who: str) -> str:
    """The segment of an address; nothing where a target knows people."""
    return who if place.target.identity == "networks" else ""


def _paths(place: Place, shift: Shift) -> tuple[str, ...]:
    return place.asked_for().clients(shift.kind)


def differing(place: Place, now: Decider) -> set[Row]:
    """The same by asking both readers about everything, one person at a time."""
    before = place.asked_for()
    rows: set[Row] = set()
    for use, kind, value, form in _things(place.ir, (before, now)):
        for who, _, identity in everybody(place):
            for situation in place.target.reach:
                for client in (form,) if form else before.clients(kind):
                    if form and (client not in before.clients(kind) or _elsewhere(form, situation)):
                        continue
                    asked = Question(kind, value, identity, client, situation)
                    old, new = (_said(each, asked) for each in (before, now))
                    if old != new:
                        device = _seat(place, who) or situation.device
                        path = "" if form else client
                        rows.add((use, who, device, path, old, new))
    return rows


def _said(reader: Decider, asked: Question) -> str:
    try:
        return (reader.decide(asked).effect or Effect.ALLOW).value
    except UnreadableArtifact:
        return AT_ODDS


def _elsewhere(form: str, situation: Situation) -> bool:
    other = {"macos": "windows", "windows": "macos"}.get(form.partition(":")[0])
    return other is not None and situation.device == f"managed-{other}"


def _things(ir: Ir, readers: Iterable[Decider]) -> Iterator[tuple[Any, Kind, str, str]]:
    reference = HostReference(ir)
    for app, surface in ir.by_use:
        for claim in hosts_behind(ir.apps[app], surface):
            for host in (*names_claimed(claim), f"{DEEP}.{claim.host}"):
                if any(host == name or claim.host != host for name in names_claimed(claim)):
                    yield from _host(reference, host)
        for mark in marks(ir.apps[app].app, surface):
            form = mark.value if mark.kind is Kind.FEATURE else mark.form
            yield (app, surface), mark.kind, mark.question, form
    for reader in readers:
        for kind, value in reader.mentions():
            if kind is Kind.HOST:
                yield from _host(reference, value)
                yield from _host(reference, f"{DEEP}.{value}")


def _host(reference: HostReference, host: str) -> Iterator[tuple[Any, Kind, str, str]]:
    for claim in reference.speaking(host):
        for surface in claim.surfaces:
            if (claim.app, surface) in reference.ir.by_use:
                yield (claim.app, surface), Kind.HOST, host, ""


def everybody(place: Place) -> list[tuple[str, Region, frozenset[str]]]:
    """Every combination of base groups, as the target knows people; of networks, every segment."""
    ir, platform = place.ir, place.target.identity
    if platform == "networks":
        seats = ((each.label.partition(" at ")[0], each) for each in subjects(ir, platform))
        return [(seat, each.people, each.identity) for seat, each in seats]
    every = []
    universe = ir.universe
    for size in range(len(universe.groups) + 1):
        for inside in combinations(universe.groups, size):
            region = universe.all_of(
                universe.member_of(name)
                if name in inside
                else universe.others(universe.member_of(name))
                for name in universe.groups
            )
            person = frozenset(inside)
            identity = frozenset(
                getattr(group, platform)
                for group in ir.groups.values()
                if getattr(group, platform) and universe.contains(group.region, person)
            )
            every.append((", ".join(inside), region, identity))
    return every


def same(remote: Any, files: Mapping[str, bytes]) -> None:
    """What is wanted of files is wanted of what its objects would be made for."""
    wanted = remote.wanted(files)
    again = remote.wanted(remote.artifacts(wanted))
    meant = {each.key: remote.canonical(each.kind, each.body) for each in wanted}
    assert {each.key: remote.canonical(each.kind, each.body) for each in again} == meant
