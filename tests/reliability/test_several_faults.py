"""Three faults in one apply, and at times its end, at vendors that are slow to show what is new.

Drawn: two applies for each vendor by default, fifty where `AIPOL_FAULTS=all` is set.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from aipol_targets.standins.faults import Faults
from aipol_targets.standins.graph.tenant import Tenant
from tests.reliability.office import Scene, office
from tests.reliability.scenes import SCENES
from tests.reliability.trouble import FAULTS, Quiet, quiet
from tests.reliability.vendors import ALL, SUBJECTS, TENANT, Dies, Intune, Killed, Subject

APPLIES = 50 if ALL else 2
KILLED = 0.4
# What takes its time, a real second each, is tried alone.
QUICK = [each for name, each in FAULTS.items() if name != "late"]
# The other two are slow already.
SLOW: Mapping[str, Subject] = {
    **SUBJECTS,
    "intune": Intune(Tenant(id=TENANT, invisible_for=2, stale_for=2)),
}


def schedule(drawn: random.Random, made: Quiet) -> Faults:
    """Faults at three writes of an apply, or of the one that goes on with it."""
    first = drawn.randint(1, made.writes)
    second = first + drawn.randint(1, 3)
    places = (first, second, second + drawn.randint(1, 6))
    return Faults(at_write={made.first + each: drawn.choice(QUICK) for each in places})


def death(drawn: random.Random, made: Quiet) -> Dies:
    """The end of the process at some write, or never."""
    dies = drawn.random() < KILLED
    number, answered = drawn.randint(1, made.writes), drawn.random() < 1 / 2
    return lambda at, said: dies and (at, said) == (number, answered)


@pytest.mark.parametrize("seed", range(APPLIES))
@pytest.mark.parametrize("target", SUBJECTS)
def test_several_faults_leave_nothing_twice_and_nothing_lost(
    target: str, seed: int, tmp_path: Path
) -> None:
    """After going on: each object once, the next plan empty, others' objects as they were."""
    drawn = random.Random(f"{target} {seed}")  # noqa: S311 - to be drawn again
    made = quiet(target, drawn.choice(SCENES))
    scene = Scene(made.earlier, schedule(drawn, made))
    with office(SLOW[target], tmp_path, scene) as found:
        with suppress(Killed):
            found.apply(dies=death(drawn, made))
        found.until_done(6)
        assert found.ours() == made.ours
        assert found.plan().writes == ()
        assert found.others() == found.before != []
