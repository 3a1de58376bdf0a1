"""Turns what a segment's lists decide into coverage: what they mean for every ruling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from aipol.audience import NOBODY, Region
from aipol.hosts import (
    ACCOUNT_UNSEEN,
    NEEDED_ELSEWHERE,
    NO_PROMPT,
    SHARED_HOST,
    Claim,
    hosts_behind,
    probe_of,
)
from aipol.ir import Ir, Ruling
from aipol.segments import Use, seated
from aipol.target import EFFECT_CLAUSE, Coverage, Deviation, Reason, Status
from aipol.vocabulary import ON_NETWORK, Account, Effect, Surface
from aipol_targets.egress import reasons
from aipol_targets.egress.decided import Decided
from aipol_targets.egress.model import SQUID_CONF

TARGET_ID = "egress"
PROXY_CLIENTS = ("squid", "squid-sni")

_LOCAL = frozenset({Surface.DESKTOP, Surface.CLI})
_OFF_NETWORK = frozenset({Surface.BUILTIN, Surface.CONNECTOR})
_ALL = "*"

Finding = tuple[Status, Reason]


@dataclass(frozen=True, slots=True)
class _Seat:
    """A segment with the people of a ruling who sit there."""

    decided: Decided
    people: Region


@dataclass(slots=True)
class _Tally:
    """What the lists do about one clause, host by host."""

    ir: Ir
    people: dict[tuple[Status, Reason, str, str], Region] = field(default_factory=dict)
    carried: bool = False
    """Whether any host answers at least as strictly as it should."""

    def add(self, finding: Finding | None, people: Region, value: str, client: str = _ALL) -> None:
        """Note one answer; None when it is as it should be."""
        # A use that is let through without its warning is still the use that was ruled.
        kept = finding is None or finding[0] is Status.STRICTER or finding[1] is NO_PROMPT
        self.carried = self.carried or kept
        if finding:
            key = (*finding, value, client)
            self.people[key] = self.ir.universe.either(self.people.get(key, NOBODY), people)

    def deviations(self) -> tuple[Deviation, ...]:
        """All answers that differ, in a fixed order."""
        found = (
            Deviation(status, reason, people, value, client)
            for (status, reason, value, client), people in self.people.items()
        )
        return tuple(sorted(found, key=_order))

    def stricter(self) -> bool:
        """Whether any answer is stricter than it should be."""
        return any(status is Status.STRICTER for status, *_ in self.people)

    def status(self) -> Status:
        """Looser outweighs stricter; nothing carried out at all is no enforcement."""
        found = {status for status, *_ in self.people}
        if Status.LOOSER in found:
            return Status.LOOSER if self.carried else Status.UNSUPPORTED
        return Status.STRICTER if found else Status.ENFORCED


def _order(deviation: Deviation) -> tuple[str, str, str, str, str]:
    return (
        deviation.value,
        deviation.client,
        deviation.status,
        deviation.reason.code,
        deviation.reason.text,
    )


def coverage(ir: Ir, outputs: tuple[str, ...], segments: Sequence[Decided]) -> tuple[Coverage, ...]:
    """One record for every clause of every ruling."""
    return tuple(
        record for ruling in ir.rulings for record in _of_ruling(ir, outputs, segments, ruling)
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One ruling with the hosts it is about and where its people sit."""

    ir: Ir
    outputs: tuple[str, ...]
    ruling: Ruling
    claims: tuple[Claim, ...]
    seats: tuple[_Seat, ...]


def _of_ruling(
    ir: Ir, outputs: tuple[str, ...], segments: Sequence[Decided], ruling: Ruling
) -> Iterator[Coverage]:
    claims = tuple(hosts_behind(ir.apps[ruling.app], ruling.surface))
    case = _Case(ir, outputs, ruling, claims, tuple(_seats(ir, segments, ruling)))
    effect = _effect(case)
    reason = _out_of_reach(case)
    # Where hosts are blocked that should not be, that is worth more than what cannot be done.
    if reason and not effect.stricter():
        for clause in (EFFECT_CLAUSE, *(name for name, _ in ruling.obligations.items())):
            yield _record(ruling, clause, Status.UNSUPPORTED, reason)
        return
    yield _summed(ruling, EFFECT_CLAUSE, effect, _files(case))
    for clause, value in ruling.obligations.items():
        yield _obligation(case, clause, value, effect)


def _seats(ir: Ir, segments: Sequence[Decided], ruling: Ruling) -> Iterator[_Seat]:
    for decided in segments:
        people = ir.universe.both(ruling.audience.region, seated(decided.segment))
        if people != NOBODY and (ruling.app, ruling.surface) in decided.uses:
            yield _Seat(decided, people)


def _out_of_reach(case: _Case) -> Reason | None:
    surface = case.ruling.surface
    if surface in _OFF_NETWORK:
        return reasons.NOT_ON_NETWORK
    if surface in _LOCAL and case.ir.apps[case.ruling.app].app.category == "local-runner":
        return reasons.RUNS_LOCALLY
    if not case.claims:
        return reasons.NO_HOSTS
    return None if case.seats else reasons.NOBODY_SEATED


def _record(
    ruling: Ruling,
    clause: str,
    status: Status,
    reason: Reason | None,
    artifacts: tuple[str, ...] = (),
    *,
    deviations: tuple[Deviation, ...] = (),
) -> Coverage:
    return Coverage(ruling.id, clause, TARGET_ID, ON_NETWORK, status, reason, artifacts, deviations)


def _summed(ruling: Ruling, clause: str, tally: _Tally, artifacts: tuple[str, ...]) -> Coverage:
    status, deviations = tally.status(), tally.deviations()
    decisive = Status.LOOSER if status is Status.UNSUPPORTED else status
    reason = next((each.reason for each in deviations if each.status is decisive), None)
    if status is Status.UNSUPPORTED:
        return _record(ruling, clause, status, reason)
    return _record(ruling, clause, status, reason, artifacts, deviations=deviations)


# --- the effect -----------------------------------------------------------------------------------


def _effect(case: _Case) -> _Tally:
    ir, ruling = case.ir, case.ruling
    tally = _Tally(ir)
    listed = tuple(output for output in case.outputs if output != "squid")
    for seat in case.seats:
        for claim in case.claims:
            by_list = _listed(ir, ruling, claim, seat.decided)
            by_proxy = by_list if seat.decided.uniform else _proxied(ir, ruling, claim, seat)
            if "squid" not in case.outputs or by_list == by_proxy:
                tally.add(by_list, seat.people, claim.host)
            elif not listed:
                tally.add(by_proxy, seat.people, claim.host)
            else:
                for client in listed:
                    tally.add(by_list, seat.people, claim.host, client)
                for client in PROXY_CLIENTS:
                    tally.add(by_proxy, seat.people, claim.host, client)
    return tally


def _listed(ir: Ir, ruling: Ruling, claim: Claim, decided: Decided) -> Finding | None:
    """How a list without tenant headers differs from the ruling on one host."""
    return _differs(ir, ruling, claim, decided, blocked=decided.plain.blocked(probe_of(claim)))


def _proxied(ir: Ir, ruling: Ruling, claim: Claim, seat: _Seat) -> Finding | None:
    """How the proxy differs: on a host it opens, the header stops other accounts."""
    blocked = seat.decided.squid.blocked(probe_of(claim))
    personal = ruling.account is Account.PERSONAL and ruling.direct is Effect.BLOCK
    if personal and not blocked and _held(ir, ruling, claim, seat):
        return None
    return _differs(ir, ruling, claim, seat.decided, blocked=blocked)


def _held(ir: Ir, ruling: Ruling, claim: Claim, seat: _Seat) -> bool:
    """Whether the host's header admits exactly the accounts these people may use."""
    sent = seat.decided.tenants(claim)
    wanted = {
        other.tenants
        for other in ir.by_use[ruling.app, ruling.surface]
        if other.account is Account.CORPORATE
        and other.effect is not Effect.BLOCK
        and ir.universe.overlap(other.audience.region, seat.people)
    }
    return sent is not None and wanted == {sent}


def _differs(
    ir: Ir, ruling: Ruling, claim: Claim, decided: Decided, *, blocked: bool
) -> Finding | None:
    if ruling.direct is (Effect.BLOCK if blocked else Effect.ALLOW):
        return None
    use = decided.uses[ruling.app, ruling.surface]
    if blocked:
        carried = use.carried.direct is Effect.BLOCK
        return Status.STRICTER, _mixed(ir, ruling, use) if carried else reasons.OTHER_APPS_HOST
    if claim.shared:
        return Status.LOOSER, SHARED_HOST
    if ruling.direct is not Effect.BLOCK:
        return Status.LOOSER, NO_PROMPT
    if use.carried.direct is Effect.BLOCK:
        return Status.LOOSER, NEEDED_ELSEWHERE
    return Status.LOOSER, _mixed(ir, ruling, use)


def _mixed(ir: Ir, ruling: Ruling, use: Use) -> Reason:
    """Why the segment carries out another ruling: for another account, or for other people."""
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


def _files(case: _Case) -> tuple[str, ...]:
    found = {
        file
        for seat in case.seats
        for output in case.outputs
        for file in seat.decided.files(output, case.claims)
    }
    if "squid" in case.outputs and case.ruling.account is not Account.ANY:
        sent = (seat.decided.tenants(claim) for seat in case.seats for claim in case.claims)
        found |= {SQUID_CONF} if any(sent) else set()
    return tuple(sorted(f"{TARGET_ID}/{file}" for file in found))


# --- obligations ----------------------------------------------------------------------------------


def _obligation(case: _Case, name: str, value: str, effect: _Tally) -> Coverage:
    ruling = case.ruling
    proxied = "squid" in case.outputs
    conf = (f"{TARGET_ID}/{SQUID_CONF}",)
    match name:
        case "inspect_tls" if proxied and case.ir.inspect_tls != "none":
            return _summed(ruling, name, _carried(case, Decided.inspects), conf)
        case "inspect_tls":
            return _record(ruling, name, Status.UNSUPPORTED, reasons.NOT_INSPECTED)
        case "log" if proxied:
            return _summed(ruling, name, _logged(case, value), conf)
        case "log":
            return _record(ruling, name, Status.UNSUPPORTED, reasons.NOT_LOGGED)
        case "via":
            return _via(case, value, effect)
        case _:
            return _record(ruling, name, Status.UNSUPPORTED, reasons.BEYOND_LISTS[name])


def _carried(case: _Case, done: Callable[[Decided, Claim], bool]) -> _Tally:
    """Whether the proxy does what is asked on every host that it does not block."""
    tally = _Tally(case.ir)
    for seat in case.seats:
        for claim in case.claims:
            finding: Finding | None = None
            if not (done(seat.decided, claim) or seat.decided.squid.blocked(probe_of(claim))):
                use = seat.decided.uses[case.ruling.app, case.ruling.surface]
                reason = SHARED_HOST if claim.shared else _mixed(case.ir, case.ruling, use)
                finding = (Status.LOOSER, reason)
            tally.add(finding, seat.people, claim.host)
    return tally


def _logged(case: _Case, value: str) -> _Tally:
    tally = _carried(case, Decided.logs)
    if value != "metadata" and tally.carried:
        tally.add((Status.LOOSER, reasons.METADATA_ONLY), case.ruling.audience.region, _ALL)
    return tally


def _via(case: _Case, gateway: str, effect: _Tally) -> Coverage:
    ruling = case.ruling
    known = case.ir.gateways.get(gateway)
    if known is None:
        return _record(ruling, "via", Status.UNSUPPORTED, reasons.UNKNOWN_GATEWAY)
    tally = _Tally(case.ir, dict(effect.people), effect.carried)
    if not known.networks:
        tally.add((Status.STRICTER, reasons.GATEWAY_UNPLACED), ruling.audience.region, _ALL)
    return _summed(ruling, "via", tally, _files(case))
