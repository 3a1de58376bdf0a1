"""What `aipol publish` says of a plan, whichever way it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from aipol.pipeline import Build, Opened
from aipol.publishing.places import Place
from aipol.publishing.plan import Plan
from aipol.publishing.served import addresses, rooms
from aipol.report.publishing import addresses_text, rooms_json, rooms_text, tally
from aipol.report.words import count


@dataclass(frozen=True, slots=True)
class Forward:
    """What is said of a publish."""

    policy: Opened
    build: Build
    files: tuple[str, ...]

    def head(self, place: Place, plan: Plan, *, dry: bool) -> str:
        """What was done, in a sentence."""
        what = f"{self.policy.path} as of {self.build.ir.as_of}"
        if plan.settled:
            files = count(plan.untouched, "file")
            return f"{place.name} is what {what} gives to devices: {files}, none touched."
        done = "Would publish" if dry else "Published"
        cut = "an earlier publish was cut short, or one is under way"
        resumed = f" ({cut if dry else 'an earlier publish had been cut short'})"
        resumed = resumed if plan.resumes else ""
        return f"{done} {what} to {place.name}{resumed}: {tally(plan)}."

    def details(self, place: Place, plan: Plan) -> Iterator[str]:
        """What devices have to be told, and what they may not hold."""
        yield from rooms_text(rooms(self.build, self._targets))
        new = [change.path for change in plan.changes if change.before is None]
        yield from addresses_text(place, addresses(self.build, new))

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        found = addresses(self.build, self.files)
        return {
            "policy": self.policy.path,
            "as_of": self.build.ir.as_of.isoformat(),
            "capacity": rooms_json(rooms(self.build, self._targets)),
            "addresses": [asdict(each) for each in found],
        }

    @property
    def _targets(self) -> set[str]:
        return {name.partition("/")[0] for name in self.files}


@dataclass(frozen=True, slots=True)
class Back:
    """What is said of going back."""

    def head(self, place: Place, plan: Plan, *, dry: bool) -> str:
        """What was done, in a sentence."""
        done = "Would put back" if dry else "Put back"
        day = plan.record.current.as_of
        what = f"what was published as of {day}" if day else "what was there before"
        return f"{done} {what} in {place.name}: {tally(plan)}."

    def details(self, place: Place, plan: Plan) -> Iterator[str]:
        """What the next publish would do."""
        del place, plan
        yield "The next publish puts the newer files there again: change the policy before."

    def as_json(self) -> Mapping[str, Any]:
        """The same for a program."""
        return {"rollback": True}
