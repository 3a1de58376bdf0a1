"""What goes wrong, and the applies in which nothing does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aipol.plan.model import Action
from aipol.remote import Wanted
from aipol_targets.standins import faults as wrong
from aipol_targets.standins.faults import Fault
from tests.reliability.office import Scene, office
from tests.reliability.scenes import before
from tests.reliability.vendors import ANSWER, SUBJECTS

FAULTS: dict[str, Fault] = {
    each.name: each
    for each in (
        wrong.throttled(2),
        wrong.throttled(None),
        wrong.unavailable(2),
        wrong.unavailable(None),
        wrong.broken(),
        wrong.broken_after(),
        wrong.cut(),
        wrong.cut_after(),
        wrong.late(2 * ANSWER),
        wrong.expired(),
        wrong.conflict(),
        wrong.precondition_failed(),
    )
}
KILLS: dict[str, bool] = {"killed-before": False, "killed-after": True}
NAMES = (*FAULTS, *KILLS)


@dataclass(frozen=True)
class Quiet:
    """An apply in which nothing goes wrong: what was there before, and how many writes it takes."""

    earlier: tuple[Wanted, ...]
    first: int
    """How many writes came before it."""
    writes: int
    ours: Counter[tuple[str, str]]
    actions: frozenset[tuple[str, Action]]


@cache
def quiet(target: str, scene: str) -> Quiet:
    """The apply of a scene, once."""
    subject = SUBJECTS[target]
    with TemporaryDirectory() as folder:
        with office(subject, Path(folder) / "asked") as nothing:
            wanted = nothing.wanted()
        earlier = before(scene, subject, wanted)
        with office(subject, Path(folder) / "quiet", Scene(earlier)) as found:
            first = len(found.running.writes)
            actions = frozenset((each.kind, each.action) for each in found.plan().writes)
            assert found.until_done() == 1
            writes = len(found.running.writes) - first
            return Quiet(earlier, first, writes, found.ours(), actions)
