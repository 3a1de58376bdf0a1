"""What a device that sees connections does about obligations, and for whom it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aipol.claims import Claim
from aipol.domains import HostTrie
from aipol.hosts import SHARED_HOST, names_claimed
from aipol.target import Coverage, Reason, Status
from aipol_targets.common.network import reasons
from aipol_targets.common.network.account import Case, mixed
from aipol_targets.common.network.placed import Uses
from aipol_targets.common.network.spared import spares
from aipol_targets.common.network.tally import ALL, Finding, Tally


class Carried(Protocol):
    """What a device does on the connections of one segment."""

    @property
    def uses(self) -> Uses:
        """What the segment does about every use."""
        ...

    @property
    def proxied(self) -> HostTrie:
        """The hosts it blocks."""
        ...

    @property
    def spared(self) -> tuple[str, ...]:
        """Hosts that are never decrypted, whatever is owed there."""
        ...

    def inspects(self, claim: Claim) -> bool:
        """Whether it decrypts the host."""
        ...

    def logs(self, claim: Claim) -> bool:
        """Whether it records connections to the host."""
        ...


@dataclass(frozen=True, slots=True)
class Proxied:
    """Accounts for `inspect_tls` and `log`; `written` is by segment."""

    written: Mapping[str, Carried]
    inspects: bool
    """Whether the policy lets anything be decrypted."""
    files: tuple[str, ...]
    """The files that say so, relative to the target's folder."""

    def __call__(self, case: Case, clause: str, value: str) -> Coverage | None:
        """The account of a clause, None when the device does not carry it out."""
        match clause:
            case "inspect_tls" if self.inspects:
                tally = self._carried(case, _undecrypted)
            case "log":
                tally = self._carried(case, _unrecorded)
                if value != "metadata" and tally.carried:
                    finding = (Status.LOOSER, reasons.METADATA_ONLY)
                    tally.add(finding, case.ruling.audience.region, ALL)
            case _:
                return None
        return case.summed(clause, tally, self.files)

    def _carried(self, case: Case, short: Callable[[Case, Carried, Claim], Reason | None]) -> Tally:
        """Whether the device does what is asked on every host that it does not block."""
        tally = Tally(case.ir)
        for seat in case.seats:
            written = self.written[seat.placed.segment.id]
            for claim in case.claims:
                blocked = all(map(written.proxied.blocked, names_claimed(claim)))
                reason = None if blocked else short(case, written, claim)
                finding: Finding | None = (Status.LOOSER, reason) if reason else None
                tally.add(finding, seat.people, claim.host)
        return tally


def _undecrypted(case: Case, written: Carried, claim: Claim) -> Reason | None:
    """Why connections to the host are not decrypted, None when they are."""
    if written.inspects(claim):
        return None
    if spares(claim, written.spared):
        return reasons.NEVER_INSPECTED
    return _otherwise(case, written, claim)


def _unrecorded(case: Case, written: Carried, claim: Claim) -> Reason | None:
    """Why connections to the host are not recorded, None when they are."""
    return None if written.logs(claim) else _otherwise(case, written, claim)


def _otherwise(case: Case, written: Carried, claim: Claim) -> Reason:
    use = written.uses[case.ruling.app, case.ruling.surface]
    return SHARED_HOST if claim.shared else mixed(case, use)
