"""Counts what a target does about one clause, host by host, and sums it up as a status."""

from __future__ import annotations

from dataclasses import dataclass, field

from aipol.audience import NOBODY, Region
from aipol.hosts import NO_PROMPT
from aipol.ir import Ir
from aipol.target import LONGER, Deviation, Reason, Status

ALL = "*"
"""Every identifier of a ruling, or every enforcement path of a target."""

Finding = tuple[Status, Reason]
"""How an answer differs from what the ruling says, and why."""


@dataclass(slots=True)
class Tally:
    """What the lists do about one clause, host by host."""

    ir: Ir
    people: dict[tuple[Status, Reason, str, str], Region] = field(default_factory=dict)
    carried: bool = False
    """Whether any host answers at least as strictly as it should."""

    def add(self, finding: Finding | None, people: Region, value: str, client: str = ALL) -> None:
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
        """Whether any answer about its own hosts, or below them, is stricter than it should be."""
        return any(
            status is Status.STRICTER and not value.endswith(LONGER)
            for status, _, value, _ in self.people
        )

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
