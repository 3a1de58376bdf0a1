"""Turns what a segment's lists decide into coverage: what they mean for every ruling."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from aipol.audience import NOBODY, Region
from aipol.claims import Claim
from aipol.domains import HostTrie, Intent
from aipol.hosts import (
    ACCOUNT_UNSEEN,
    NEEDED_ELSEWHERE,
    NO_PROMPT,
    SHARED_HOST,
    hosts_behind,
    probe_of,
)
from aipol.ir import Ir, Ruling
from aipol.segments import Use, seated
from aipol.target import EFFECT_CLAUSE, EXCEPTED, LONGER, Coverage, Deviation, Reason, Status
from aipol.vocabulary import ON_NETWORK, Account, Effect, Surface
from aipol_targets.common.network import reasons
from aipol_targets.common.network.families import SIX
from aipol_targets.common.network.placed import Path, Placed
from aipol_targets.common.network.tally import ALL, Finding, Tally
from aipol_targets.common.network.uniform import uniform

_LOCAL = frozenset({Surface.DESKTOP, Surface.CLI})
_OFF_NETWORK = frozenset({Surface.BUILTIN, Surface.CONNECTOR})


@dataclass(frozen=True, slots=True)
class Seat:
    """A segment with the people of a ruling who sit there."""

    placed: Placed
    people: Region


@dataclass(frozen=True, slots=True)
class Case:
    """One ruling with the hosts it is about and where its people sit."""

    ir: Ir
    target: str
    ruling: Ruling
    claims: tuple[Claim, ...]
    seats: tuple[Seat, ...]
    known_files: dict[tuple[int, ...], tuple[str, ...]]
    """The files that decide what, found for one case and kept for all of the account."""

    def record(self, clause: str, status: Status, reason: Reason | None) -> Coverage:
        """An account of a clause that nothing carries out."""
        return self._coverage(clause, status, reason)

    def aside(self, reason: Reason, tally: Tally) -> Coverage:
        """The account of a use that is out of reach, with what is blocked beside its hosts."""
        deviations = tuple(each for each in tally.deviations() if each.value.endswith(LONGER))
        return self._coverage(EFFECT_CLAUSE, Status.UNSUPPORTED, reason, deviations=deviations)

    def summed(self, clause: str, tally: Tally, artifacts: Sequence[str]) -> Coverage:
        """The account that a tally amounts to; `artifacts` are relative to the target's folder."""
        status, deviations = tally.status(), tally.deviations()
        decisive = Status.LOOSER if status is Status.UNSUPPORTED else status
        reason = next((each.reason for each in deviations if each.status is decisive), None)
        if status is Status.UNSUPPORTED:
            return self._coverage(clause, status, reason)
        paths = tuple(f"{self.target}/{path}" for path in artifacts)
        return self._coverage(clause, status, reason, paths, deviations=deviations)

    def _coverage(
        self,
        clause: str,
        status: Status,
        reason: Reason | None,
        artifacts: tuple[str, ...] = (),
        *,
        deviations: tuple[Deviation, ...] = (),
    ) -> Coverage:
        return Coverage(
            self.ruling.id, clause, self.target, ON_NETWORK, status, reason, artifacts, deviations
        )


Obligation = Callable[[Case, str, str], Coverage | None]
"""What a target does about a clause with a value; None when lists of hosts cannot do anything."""


def nothing_else(_: Case, __: str, ___: str) -> Coverage | None:
    """That a target carries out no obligation of its own."""
    return None


def coverage(
    ir: Ir, target: str, placed: Sequence[Placed], obligation: Obligation = nothing_else
) -> tuple[Coverage, ...]:
    """One record for every clause of every ruling."""
    known: dict[tuple[int, ...], tuple[str, ...]] = {}
    cases = (
        Case(
            ir,
            target,
            ruling,
            hosts_behind(ir.apps[ruling.app], ruling.surface),
            tuple(_seats(ir, placed, ruling)),
            known,
        )
        for ruling in ir.rulings
    )
    return tuple(record for case in cases for record in _of_ruling(case, obligation))


def _of_ruling(case: Case, obligation: Obligation) -> Iterator[Coverage]:
    effect = _effect(case)
    reason = _out_of_reach(case)
    obligations = tuple(case.ruling.obligations.items())
    # Where hosts are blocked that should not be, that is worth more than what cannot be done.
    if reason and not effect.stricter():
        yield case.aside(reason, effect)
        for clause, _ in obligations:
            yield case.record(clause, Status.UNSUPPORTED, reason)
        return
    yield case.summed(EFFECT_CLAUSE, effect, _files(case))
    for clause, value in obligations:
        yield (
            _via(case, value, effect)
            if clause == "via"
            else obligation(case, clause, value)
            or case.record(clause, Status.UNSUPPORTED, reasons.BEYOND_LISTS[clause])
        )


def _seats(ir: Ir, placed: Sequence[Placed], ruling: Ruling) -> Iterator[Seat]:
    for each in placed:
        people = ir.universe.both(ruling.audience.region, seated(each.segment))
        known = any((ruling.app, ruling.surface) in path.uses for path in each.paths)
        # Where all addresses are somebody's, none is left for the default segment.
        if people != NOBODY and known and each.segment.samples:
            yield Seat(each, people)


def _out_of_reach(case: Case) -> Reason | None:
    surface = case.ruling.surface
    if surface in _OFF_NETWORK:
        return reasons.NOT_ON_NETWORK
    if surface in _LOCAL and case.ir.apps[case.ruling.app].app.category == "local-runner":
        return reasons.RUNS_LOCALLY
    if not case.claims:
        return reasons.NO_HOSTS
    return None if case.seats else reasons.NOBODY_SEATED


# --- the effect -----------------------------------------------------------------------------------


def _effect(case: Case) -> Tally:
    tally = Tally(case.ir)
    for seat in case.seats:
        paths = seat.placed.paths
        if all(_as_ruled(case, path) for path in paths):
            tally.carried = True
            continue
        for claim in case.claims:
            found = [tuple(_answers(case, seat, path, claim)) for path in paths]
            if all(answers == found[0] for answers in found):
                for value, finding in found[0]:
                    tally.add(finding, seat.people, value)
                continue
            for path, answers in zip(paths, found, strict=True):
                for value, finding in answers:
                    for client in path.clients:
                        tally.add(finding, seat.people, value, client)
    return tally


def _as_ruled(case: Case, path: Path) -> bool:
    """Whether a path does to every host just what the ruling says."""
    whole = path.written
    if whole is not path.wanted or not isinstance(whole, HostTrie):
        return False
    return uniform(whole, case.claims) is case.ruling.direct


def _answers(
    case: Case, seat: Seat, path: Path, claim: Claim
) -> Iterator[tuple[str, Finding | None]]:
    """How a path differs from the ruling on a claimed host, and on what is below it."""
    at_host = _finding(case, seat, path, claim, probe_of(claim))
    yield claim.named, at_host
    if claim.address:
        return
    if claim.intent is Intent.SUBTREE:
        # A tenant header, or a format, may open a host and not what is below it.
        below = _finding(case, seat, path, claim, f"any.{claim.host}")
        if below != at_host:
            yield f"*.{claim.host}", below
    if path.levels is not None and claim.intent is not Intent.EXACT:
        yield from _deeper(case, seat, path, claim, path.levels + 1)
    # No entry has this label, so what is found is found in the claimed name itself.
    if path.longer and path.written.blocked(f"{probe_of(claim)}.*"):
        yield f"{claim.host}{LONGER}", (Status.STRICTER, path.longer)
    yield from _through(case, path, claim)
    if path.written is path.wanted:
        return
    if claim.intent is Intent.EXACT:
        yield from _beyond(path, claim)
        return
    for place in path.places:
        if place.removeprefix("*.").endswith(f".{claim.host}"):
            probed = f"any{place[1:]}" if place.startswith("*") else place
            yield place, _finding(case, seat, path, claim, probed)


def _deeper(
    case: Case, seat: Seat, path: Path, claim: Claim, labels: int
) -> Iterator[tuple[str, Finding | None]]:
    """How a path differs so many labels below a host, where its entries reach no further."""
    beyond = _finding(case, seat, path, claim, "any." * labels + claim.host)
    if beyond != _finding(case, seat, path, claim, f"any.{claim.host}"):
        if beyond and path.beyond and beyond[1] is path.short:
            beyond = beyond[0], path.beyond
        yield "*." * labels + claim.host, beyond


def _beyond(path: Path, claim: Claim) -> Iterator[tuple[str, Finding | None]]:
    """What is blocked with one host and below it, where a format cannot block the host alone."""
    below = f"any.{claim.host}"
    if path.wide and path.written.blocked(below) and not path.wanted.blocked(below):
        yield f"*.{claim.host}", (Status.STRICTER, path.wide)


def _through(case: Case, path: Path, claim: Claim) -> Iterator[tuple[str, Finding | None]]:
    """What is let through below a blocked host, where a format finds an exception anywhere."""
    if (
        path.through is None
        or claim.intent is Intent.EXACT
        or case.ruling.direct is not Effect.BLOCK
    ):
        return
    names, reason = path.through
    if path.written.blocked(f"any.{claim.host}"):
        hosts = (f"{name}.{claim.host}" for name in names)
        if any(path.wanted.blocked(host) and not path.written.blocked(host) for host in hosts):
            yield EXCEPTED, (Status.LOOSER, reason)


def _finding(case: Case, seat: Seat, path: Path, claim: Claim, host: str) -> Finding | None:
    """How a path differs on one host: where it opens one, a header may stop other accounts."""
    ruling, open_for = case.ruling, path.unshut(claim) if claim.address else None
    shut = bool(claim.address) and open_for is None
    blocked = path.written.blocked(host) or shut
    if ruling.direct is (Effect.BLOCK if blocked else Effect.ALLOW):
        return None
    personal = (
        not claim.address and ruling.account is Account.PERSONAL and ruling.direct is Effect.BLOCK
    )
    if personal and not blocked and _held(case, seat, path, claim):
        return (Status.LOOSER, reasons.AROUND_OPEN) if path.loophole(claim) else None
    use = path.uses[ruling.app, ruling.surface]
    if blocked and path.wide and not path.wanted.blocked(host):
        return Status.STRICTER, path.wide
    if blocked:
        carried = use.carried.direct is Effect.BLOCK
        return Status.STRICTER, _mixed(case, path, use) if carried else reasons.OTHER_APPS_HOST
    if claim.shared and not claim.address:
        return Status.LOOSER, SHARED_HOST
    if ruling.direct is not Effect.BLOCK:
        return Status.LOOSER, NO_PROMPT
    if open_for and use.carried.direct is Effect.BLOCK:
        return Status.LOOSER, open_for
    if path.short and path.wanted.blocked(host):
        return Status.LOOSER, path.short
    if use.carried.direct is Effect.BLOCK:
        return Status.LOOSER, NEEDED_ELSEWHERE
    return Status.LOOSER, _mixed(case, path, use)


def _mixed(case: Case, path: Path, use: Use) -> Reason:
    """Why a path carries out another ruling; groups' networks do not help one that sees none."""
    found = mixed(case, use)
    told_apart = path.by_source or found in {ACCOUNT_UNSEEN, reasons.TENANT_UNKNOWN}
    return found if told_apart else reasons.PEOPLE_UNTOLD


def _held(case: Case, seat: Seat, path: Path, claim: Claim) -> bool:
    """Whether the host's header admits exactly the accounts these people may use."""
    sent = path.tenants(claim)
    wanted = {
        other.tenants
        for other in case.ir.by_use[case.ruling.app, case.ruling.surface]
        if other.account is Account.CORPORATE
        and other.effect is not Effect.BLOCK
        and case.ir.universe.overlap(other.audience.region, seat.people)
    }
    return sent is not None and wanted == {sent}


def mixed(case: Case, use: Use) -> Reason:
    """Why the segment carries out another ruling: for another account, or for other people."""
    ir, ruling = case.ir, case.ruling
    own = use.personal if ruling.account is Account.PERSONAL else use.corporate
    if own.direct is ruling.direct:
        known = own.direct is not Effect.BLOCK or use.corporate.tenants
        restricted = ir.apps[ruling.app].app.tenant_restriction is not None
        return reasons.TENANT_UNKNOWN if restricted and not known else ACCOUNT_UNSEEN
    named = (*ruling.audience.include, *ruling.audience.exclude)
    carried = (*use.carried.audience.include, *use.carried.audience.exclude)
    groups = (ir.groups[name] for name in sorted({*named, *carried}) if name in ir.groups)
    return reasons.indistinct(
        tuple(group.name for group in groups if not group.networks and not group.everyone)
    )


def _files(case: Case) -> tuple[str, ...]:
    paths = tuple(path for seat in case.seats for path in seat.placed.paths)
    # By identity: surfaces with the same hosts share one tuple of claims, and all of it outlives
    # the account.
    key = (id(case.claims), *map(id, paths))
    if key not in case.known_files:
        found = {file for path in paths for file in path.files(case.claims)}
        case.known_files[key] = tuple(sorted(found))
    return case.known_files[key]


# --- the way through a gateway --------------------------------------------------------------------


def _via(case: Case, gateway: str, effect: Tally) -> Coverage:
    known = case.ir.gateways.get(gateway)
    if known is None:
        return case.record("via", Status.UNSUPPORTED, reasons.UNKNOWN_GATEWAY)
    tally = Tally(case.ir, dict(effect.people), effect.carried)
    people = case.ruling.audience.region
    if not known.networks:
        tally.add((Status.STRICTER, reasons.GATEWAY_UNPLACED), people, ALL)
        return case.summed("via", tally, _files(case))
    untold = _untold(seat.placed for seat in case.seats)
    for client, reason in sorted(untold.items()):
        tally.add((Status.STRICTER, reason), people, ALL, client)
    return case.summed("via", tally, _files(case))


def indistinct(placed: Iterable[Placed]) -> tuple[str, ...]:
    """The paths, or one family's part of them, on which gateways get what everybody gets."""
    return tuple(sorted(_untold(placed)))


def _untold(placed: Iterable[Placed]) -> dict[str, Reason]:
    """The paths that do not leave the gateways' own addresses alone, or not those of IPv6."""
    found: dict[str, Reason] = {}
    for path in (path for each in placed for path in each.paths):
        for client in {client.partition("/")[0] for client in path.clients}:
            if not path.by_source:
                found[client] = reasons.GATEWAY_UNTOLD
            elif path.gateway:
                found[f"{client}{SIX}"] = path.gateway
    return found
