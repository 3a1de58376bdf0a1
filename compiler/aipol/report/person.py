"""Turns the coverage of a ruling, which is for many, into that of one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from aipol.audience import NOBODY, Person, Region, Universe
from aipol.coverage import Gap, Matrix, clauses_of
from aipol.hosts import NO_PROMPT
from aipol.ir import Ir, Ruling
from aipol.report.reasons import ASKING, INDISTINCT, Platforms, said, told
from aipol.segments import Segment, segments
from aipol.target import EFFECT_CLAUSE, Coverage, Deviation, Reason, Status
from aipol.vocabulary import Account, Effect

NETWORKS = "networks"
ACTING = frozenset({Status.ENFORCED, Status.STRICTER, Status.LOOSER})
"""How far a target carries out a clause where it does anything about it."""


@dataclass(frozen=True, slots=True)
class Use:
    """One person's use of an app, and what the policy says about it."""

    person: Person
    account: Account
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class _Seats:
    """The networks of others from which a person comes, for want of one of their own."""

    people: Region
    segments: tuple[Segment, ...] = ()


def records_for(matrix: Matrix, use: Use, platforms: Platforms) -> tuple[Coverage, ...]:
    """What each target does about the use: of every record, what concerns the person."""
    found = [_records(part, use, platforms) for part in _by_site(matrix)]
    return tuple(
        record
        for clause in clauses_of(use.ruling)
        for records in found
        for record in records
        if record.clause == clause
    )


def _by_site(matrix: Matrix) -> Iterator[Matrix]:
    """What is about no single site, then what is about each, where people sit as they do there."""
    if not matrix.ir.sites:
        yield matrix
        return
    for site, ir in {"": matrix.ir, **matrix.ir.sites}.items():
        own = {
            target: tuple(record for record in records if record.site == site)
            for target, records in matrix.records.items()
        }
        yield Matrix(ir, own)


def _records(matrix: Matrix, use: Use, platforms: Platforms) -> tuple[Coverage, ...]:
    here = exactly(matrix.ir.universe, use.person)
    devices, networks = _Seats(here), _Seats(here, _borrowed(matrix, use, here))
    return tuple(
        _personal(
            matrix, use, record, networks if platforms[record.target] == NETWORKS else devices
        )
        for clause in clauses_of(use.ruling)
        for record in matrix.by_clause.get((use.ruling.id, clause), ())
    )


def gaps_for(
    matrix: Matrix, ruling: Ruling, records: Iterable[Coverage], platforms: Platforms
) -> tuple[Gap, ...]:
    """Where nothing carries out a clause for the person."""
    by_target: dict[str, list[Coverage]] = {}
    for record in records:
        by_target.setdefault(record.target, []).append(record)
    own = Matrix(matrix.ir, {target: tuple(found) for target, found in by_target.items()})
    return told(own, (gap for gap in own.gaps if gap.ruling.id == ruling.id), platforms)


def exactly(universe: Universe, person: Person) -> Region:
    """Those who are in the groups that the person is in, and in no others."""
    members = ((name in person, universe.member_of(name)) for name in universe.groups)
    return universe.all_of(who if inside else universe.others(who) for inside, who in members)


def seats_of(ir: Ir, person: Person) -> tuple[Segment, ...]:
    """The networks from which the person may come."""
    found = segments(ir)
    own = [each for each in found if ir.universe.contains(each.region, person)]
    if own:
        return tuple(own)
    # Somebody of two networks comes from either, though no address is that of both groups.
    return tuple(
        each
        for each in found
        if each.groups
        and each.person is not None
        and each.region != NOBODY
        and all(ir.universe.contains(ir.groups[name].region, person) for name in each.groups)
    )


def _borrowed(matrix: Matrix, use: Use, here: Region) -> tuple[Segment, ...]:
    found = seats_of(matrix.ir, use.person)
    return tuple(e for e in found if not matrix.ir.universe.overlap(e.region, here))


def _personal(matrix: Matrix, use: Use, record: Coverage, seats: _Seats) -> Coverage:
    universe = matrix.ir.universe
    if record.status not in ACTING:
        return _blocked_elsewhere(matrix, use, record, seats)
    if not record.deviations and not seats.segments:
        return record
    mine = [each for each in record.deviations if universe.overlap(each.people, seats.people)]
    if record.clause == EFFECT_CLAUSE:
        mine += _at(matrix, use, record, seats)
    return _summed(matrix, use, record, mine)


def _blocked_elsewhere(matrix: Matrix, use: Use, record: Coverage, seats: _Seats) -> Coverage:
    """That no network is the person's keeps nobody from being blocked on those of others."""
    if record.clause != EFFECT_CLAUSE or record.reason is None or record.reason.code != INDISTINCT:
        return record
    found = list(_at(matrix, use, record, seats))
    blocked = any(each.status is Status.STRICTER for each in found)
    return _summed(matrix, use, record, found) if blocked else record


def _summed(matrix: Matrix, use: Use, record: Coverage, found: list[Deviation]) -> Coverage:
    statuses = {each.status for each in found}
    status = next((s for s in (Status.LOOSER, Status.STRICTER) if s in statuses), Status.ENFORCED)
    own = replace(record, status=status, reason=None, deviations=tuple(dict.fromkeys(found)))
    reasons = [each.reason for each in said(matrix.ir, use.ruling, own) if each.status is status]
    return replace(own, reason=reasons[0] if reasons else None)


@dataclass(frozen=True, slots=True)
class _There:
    """What one target does about a use for whom it knows on a network."""

    known: Region
    ruling: Ruling
    records: tuple[Coverage, ...]

    @property
    def acts(self) -> bool:
        """Whether it carries out any of the ruling."""
        return any(record.status in ACTING for record in self.records)

    @property
    def stops(self) -> bool:
        """Whether it keeps people from the use."""
        return self.ruling.direct is Effect.BLOCK and self.acts

    def differing(self, wanted: Effect) -> Iterator[Deviation]:
        """What it does otherwise than its ruling, where that is not as wanted either.

        Where somebody should be asked and is let through instead, that is told, too.
        """
        alike = self.stops is (wanted is Effect.BLOCK)
        for each in (deviation for record in self.records for deviation in record.deviations):
            looser = each.status is Status.LOOSER
            matters = alike or (looser and wanted in ASKING)
            if matters and not (looser and wanted is Effect.ALLOW):
                yield each
        asks = self.acts and self.ruling.direct in ASKING
        if wanted in ASKING and not self.stops and not asks:
            yield Deviation(Status.LOOSER, NO_PROMPT, self.known)


def _there(matrix: Matrix, use: Use, record: Coverage, seat: Segment) -> _There | None:
    person = seat.person or frozenset[str]()
    ruling = matrix.ir.decide(person, use.ruling.app, use.ruling.surface, use.account)
    if ruling is None:
        return None
    known, overlap = exactly(matrix.ir.universe, person), matrix.ir.universe.overlap
    records = tuple(
        replace(other, deviations=tuple(d for d in other.deviations if overlap(d.people, known)))
        for other in matrix.by_clause.get((ruling.id, EFFECT_CLAUSE), ())
        if other.target == record.target and other.situations == record.situations
    )
    return _There(known, ruling, records)


def _at(matrix: Matrix, use: Use, record: Coverage, seats: _Seats) -> Iterator[Deviation]:
    """How what a network does for whom it knows there differs from what the person should get."""
    wanted = use.ruling.direct
    found = [(seat, _there(matrix, use, record, seat)) for seat in seats.segments]
    for _, there in found:
        for each in there.differing(wanted) if there else ():
            yield replace(each, people=seats.people)
    stopped = [seat for seat, there in found if there and there.stops]
    through = [seat for seat, _ in found if seat not in stopped]
    blocked = wanted is not Effect.BLOCK
    other, same = (stopped, through) if blocked else (through, stopped)
    if other:
        status = Status.STRICTER if blocked else Status.LOOSER
        yield Deviation(status, _by_network(other, same, blocked=blocked), seats.people)


def _by_network(other: list[Segment], same: list[Segment], *, blocked: bool) -> Reason:
    text = f"{'blocked' if blocked else 'let through'} from the network of {_groups(other)}"
    if same:
        text += f", not from that of {_groups(same)}"
    return Reason(
        INDISTINCT, text, "give whoever is in all of these groups `networks` of their own"
    )


def _groups(found: list[Segment]) -> str:
    names = dict.fromkeys(f"`{name}`" for segment in found for name in segment.groups)
    return " and ".join(names)
