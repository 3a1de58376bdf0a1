"""What the filters do about obligations, and for whom they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aipol.hosts import SHARED_HOST, names_claimed
from aipol.segments import Segment
from aipol.target import Coverage, Status
from aipol_targets.common.network import reasons
from aipol_targets.common.network.account import Case, mixed
from aipol_targets.common.network.placed import Uses
from aipol_targets.common.network.tally import ALL, Finding, Tally
from aipol_targets.fortigate.filters import Filter
from aipol_targets.fortigate.model import SegmentFilter


@dataclass(frozen=True, slots=True)
class Filtered:
    """One segment's filter with what it was made from."""

    segment: Segment
    uses: Uses
    filter: Filter
    written: SegmentFilter


@dataclass(frozen=True, slots=True)
class Recorded:
    """Accounts for `log`; `filtered` is by segment."""

    filtered: Mapping[str, Filtered]
    files: tuple[str, ...]

    def __call__(self, case: Case, clause: str, value: str) -> Coverage | None:
        """The account of a clause, None when the filters do not carry it out."""
        if clause != "log":
            return None
        tally = Tally(case.ir)
        for seat in case.seats:
            made = self.filtered[seat.placed.segment.id]
            for claim in case.claims:
                finding: Finding | None = None
                if not all(map(made.filter.records, names_claimed(claim))):
                    use = made.uses[case.ruling.app, case.ruling.surface]
                    finding = (Status.LOOSER, SHARED_HOST if claim.shared else mixed(case, use))
                tally.add(finding, seat.people, claim.host)
        if value != "metadata" and tally.carried:
            finding = (Status.LOOSER, reasons.METADATA_ONLY)
            tally.add(finding, case.ruling.audience.region, ALL)
        return case.summed(clause, tally, self.files)
